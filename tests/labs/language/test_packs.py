"""Packs: what they hold survives the disk, doses follow the measured curve, other models are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pilotage.core.errors import ConflictError, InvalidInputError, ShapeError, UnsupportedInputError
from pilotage.labs.language.cards import Damage, Reach
from pilotage.labs.language.packs import VectorPack, read_pack
from pilotage.models.language import LanguageInfo

MakePack = Callable[..., VectorPack]
NONE = Damage(perplexity=1, kl=0, distinct=1)


def test_a_pack_survives_the_disk_bit_for_bit(make_pack: MakePack, tmp_path: Path) -> None:
    pack = make_pack()
    pack.save(tmp_path / "packs" / "formality.safetensors")
    read = read_pack(tmp_path / "packs" / "formality.safetensors")
    assert read.card == pack.card
    np.testing.assert_array_equal(read.vectors, pack.vectors)
    assert read.to_bytes() == pack.to_bytes()
    assert [path.name for path in (tmp_path / "packs").iterdir()] == ["formality.safetensors"]


def test_steerlab_defect_5_metadata_that_is_no_text_is_written(make_pack: MakePack, tmp_path: Path) -> None:
    """Its route of vectors handed numbers to a format that takes texts, and failed each time."""
    from safetensors import safe_open

    make_pack(seed=7).save(tmp_path / "a.safetensors")
    with safe_open(tmp_path / "a.safetensors", framework="numpy") as file:
        metadata = file.metadata()
    assert all(isinstance(value, str) for value in metadata.values())
    assert json.loads(metadata["pilotage.vector_pack"])["layer"] == 2


def test_steerlab_defect_4_vectors_that_do_not_say_what_they_are_of_are_refused(tmp_path: Path) -> None:
    """It never read the metadata, called the preference unknown and steered a default model with it."""
    from safetensors.numpy import save_file

    save_file({"layer_3": np.zeros(8, dtype=np.float32)}, tmp_path / "vectors.safetensors")
    with pytest.raises(InvalidInputError, match="does not say which axis and model"):
        read_pack(tmp_path / "vectors.safetensors")


def test_another_models_vectors_are_refused_with_both_fingerprints(make_pack: MakePack, info: LanguageInfo) -> None:
    pack = make_pack()
    pack.require(info)
    with pytest.raises(UnsupportedInputError) as caught:
        pack.require(info.model_copy(update={"fingerprint": "0" * 64, "name": "other"}))
    assert caught.value.field == "doses.formality"
    assert caught.value.facts == {"pack_model": "f" * 64, "model": "0" * 64}


@pytest.mark.parametrize("spoil", [b"", b"\x00" * 40, None])
def test_a_damaged_file_is_refused(make_pack: MakePack, tmp_path: Path, spoil: bytes | None) -> None:
    path = tmp_path / "a.safetensors"
    make_pack().save(path)
    path.write_bytes(path.read_bytes()[:-5] if spoil is None else spoil)
    with pytest.raises(InvalidInputError):
        read_pack(path)


def test_vectors_of_another_shape_than_the_card_says_are_refused(make_pack: MakePack) -> None:
    pack = make_pack()
    for wrong in (
        pack.vectors[:3],
        pack.vectors[:, :5],
        pack.vectors.astype(np.float64),
        pack.vectors * np.float32("nan"),
    ):
        with pytest.raises(ShapeError):
            VectorPack(pack.card, wrong)


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    steps = draw(st.lists(st.floats(0.01, 1), min_size=1, max_size=6))
    rises = draw(st.lists(st.floats(0, 3), min_size=len(steps), max_size=len(steps)))
    strengths, effects = np.cumsum([0.0, *steps]), np.cumsum([0.0, *rises])
    return Reach(strengths=tuple(strengths), effects=tuple(effects), ended_by="range", damage=NONE)


@given(reaches(), st.floats(0, 1.5), st.floats(0, 1.5))
def test_more_dose_is_never_less_strength(reach: Reach, one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert 0 <= reach.strength(low) <= reach.strength(high) + 1e-12
    assert reach.strength(0) == 0
    assert reach.strength(1) == pytest.approx(reach.strengths[-1])


def test_equal_steps_of_dose_are_equal_steps_of_effect(make_pack: MakePack) -> None:
    """Half the effect of 2 lies at a third of the strength: the slider follows the curve, not the strength."""
    reach = make_pack().card.positive
    assert reach is not None
    doses = np.linspace(0, 1, 9)
    effects = np.interp([reach.strength(dose) for dose in doses], reach.strengths, reach.effects)
    np.testing.assert_allclose(effects, 2 * doses, atol=0.04)


@pytest.mark.parametrize(
    ("strengths", "effects"),
    [((0, 0.1), (0, 1, 2)), ((0.1, 0.2), (0, 1)), ((0, 0.2, 0.1), (0, 1, 2)), ((0, 0.1), (0, -1))],
)
def test_curves_that_do_not_rise_from_0_are_refused(strengths: tuple[float, ...], effects: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        Reach(strengths=strengths, effects=effects, ended_by="range", damage=NONE)


def test_a_dose_follows_the_curve_of_its_own_side(make_pack: MakePack) -> None:
    pack = make_pack()
    assert pack.push(1) == pytest.approx(0.2)
    assert pack.push(-1) == pytest.approx(-0.3)
    assert pack.push(1.5) == pytest.approx(0.3)
    assert pack.push(0) == pack.push(-0.0) == 0


@pytest.mark.parametrize("dose", [float("nan"), float("inf"), 1.6, -1.51, "0.5", None])
def test_a_dose_that_is_none_is_refused_by_name(make_pack: MakePack, dose: float) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make_pack().push(dose)
    assert caught.value.field == "doses.formality"


def test_without_calibration_a_dose_means_nothing(make_pack: MakePack) -> None:
    with pytest.raises(ConflictError, match="not calibrated"):
        make_pack(positive=None).push(0.5)
    with pytest.raises(ConflictError, match="not calibrated"):
        _ = make_pack(layer=None).direction


def test_one_unit_of_push_is_as_long_as_the_layers_states(make_pack: MakePack) -> None:
    direction = make_pack().direction
    assert direction.layer == 2
    assert np.linalg.norm(direction.vector) == pytest.approx(5.0)
