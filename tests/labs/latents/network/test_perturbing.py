"""One latent coordinate moved: the decoder draws what it draws, and the path says which question it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.labs.latents.network.perturbing import delta_tag
from pilotage.models.latents.reading import decode


@pytest.mark.parametrize(("kind", "key"), [("ae", "z"), ("gmvae", "mu"), ("gmvae", "z_sample")])
def test_a_moved_coordinate_is_decoded(lab_of: Any, shown: Any, kind: str, key: str) -> None:
    lab = lab_of(kind)
    answer = lab.perturb(2, 8, key, 1, -2.5)
    base = f"network/perturb/epoch_2/idx_8/vector_{key}/dim_1/delta_m2.5/"
    assert answer.files == (base + "recon.png", base + "meta.json")
    vector = np.array(shown(lab, lab.forward(2, 8), "latent.json")["data"][key])
    meta = shown(lab, answer, "meta.json")
    assert (meta["delta"], meta["vector"], meta["dim"], meta["path"]) == (-2.5, key, 1, f"decode({key})")
    assert meta["base_value"] == pytest.approx(vector[1], rel=1e-5)
    assert meta["new_value"] == pytest.approx(vector[1] - 2.5, rel=1e-4)
    vector[1] -= 2.5
    drawn = decode(lab.model, vector[None])[0, :, :, 0]
    assert np.abs(shown(lab, answer, "recon.png").astype(int) - drawn).max() <= 1


def test_a_moved_spread_is_decoded_with_the_noise_of_the_sample(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    latent = {key: np.array(value) for key, value in shown(lab, lab.forward(2, 8), "latent.json")["data"].items()}
    meta = shown(lab, lab.perturb(2, 8, "logvar", 2, 1.0), "meta.json")
    wanted = latent["z_sample"].copy()
    wanted[2] = latent["mu"][2] + (latent["z_sample"][2] - latent["mu"][2]) * np.exp(0.5)
    np.testing.assert_allclose(meta["decoded"], wanted, rtol=1e-4, atol=1e-5)


def test_nothing_moved_draws_the_reconstruction(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    still = shown(lab, lab.perturb(2, 8, "z_sample", 0, 0.0), "recon.png")
    np.testing.assert_array_equal(still, shown(lab, lab.forward(2, 8), "recon.png"))


@given(st.integers(-1_000_000, 1_000_000))
def test_a_tag_says_all_of_its_delta(thousandths: int) -> None:
    tag = delta_tag(thousandths / 1000)
    assert round({"p": 1, "m": -1}[tag[0]] * float(tag[1:]) * 1000) == thousandths
    assert delta_tag(float(np.nextafter(thousandths / 1000, 1e9))) == tag


@pytest.mark.parametrize("delta", [float("nan"), float("inf"), 1000.001, -5000, 0.0005, 1e-9 + 0.0001])
def test_a_delta_that_no_tag_can_tell_is_refused(delta: float) -> None:
    with pytest.raises(InvalidInputError) as refused:
        delta_tag(delta)
    assert refused.value.field == "delta"


@pytest.mark.parametrize(
    ("kind", "key", "d", "error", "field"),
    [
        ("ae", "mu", 0, UnsupportedInputError, "key"),
        ("gmvae", "z", 0, UnsupportedInputError, "key"),
        ("gmvae", "qc_probs", 0, UnsupportedInputError, "key"),
        ("gmvae", "../mu", 0, UnsupportedInputError, "key"),
        ("gmvae", "mu", 3, InvalidInputError, "d"),
        ("gmvae", "mu", -1, InvalidInputError, "d"),
    ],
)
def test_what_the_decoder_does_not_read_is_refused(
    lab_of: Any, kind: str, key: str, d: int, error: type, field: str
) -> None:
    with pytest.raises(error) as refused:
        lab_of(kind).perturb(2, 0, key, d, 1.0)
    assert (type(refused.value), refused.value.field) == (error, field)
