"""The lab of a run asks checkpoints alone: those that are there, of the pictures that it learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, UnsupportedInputError
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.network import lab as lab_module
from pilotage.labs.latents.network.lab import NetworkLab
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents.reading import decode, encode


def test_an_epoch_without_a_checkpoint_is_not_found_and_those_with_one_are_named(lab_of: Any) -> None:
    with pytest.raises(NotFoundError) as refused:
        lab_of().forward(3, 0)
    assert refused.value.field == "epoch"
    assert "2" in refused.value.hint


def test_a_damaged_checkpoint_is_refused(lab_of: Any) -> None:
    lab = lab_of("ae", "conv", "colour")
    lab.folder.write("checkpoint", 1, b"\x80\x04pickled")
    with pytest.raises(InvalidInputError) as refused:
        lab.forward(1, 0)
    assert refused.value.field == "checkpoint"


def test_a_checkpoint_of_pictures_of_another_size_is_refused(lab_of: Any) -> None:
    lab = lab_of("ae", "conv", "colour")
    other = lab_of("ae", "conv", "grey").folder.file("checkpoints/epoch_2.safetensors")
    lab.folder.write("checkpoint", 1, other.read_bytes())
    with pytest.raises(ConflictError) as refused:
        lab.forward(1, 0)
    assert refused.value.field == "epoch"


def test_other_pictures_than_the_run_learned_from_are_refused(lab_of: Any) -> None:
    lab = lab_of()
    other = type(lab.images)("other", 255 - lab.images.images)
    with pytest.raises(ConflictError):
        NetworkLab(lab.folder, other)


def test_an_answer_of_other_weights_is_made_anew(lab_of: Any, shown: Any) -> None:
    lab = lab_of("gmvae", "mlp")
    said = []
    for seed in (5, 6, 6):
        lab.put(5, seed=seed)
        answer = lab.perturb(5, 1, "mu", 0, 0.5)
        said.append((len(answer.made), shown(lab, answer, "meta.json")["base_value"]))
    assert said[0] != said[1]
    assert [made for made, _ in said] == [2, 2, 0]
    assert said[1][1] == said[2][1]


def test_two_models_are_kept_loaded_and_no_more(lab_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = lab_of("ae", "mlp")
    loads: list[int] = []
    load = lab_module.load
    monkeypatch.setattr(lab_module, "load", lambda path: loads.append(1) or load(path))
    for epoch in (3, 4):
        made.put(epoch, seed=epoch)
    lab = NetworkLab(made.folder, made.images)
    for epoch in (2, 3, 2, 3, 4, 3):
        lab.topk(epoch, "enc.fc1", 0, n=4, k=1)
    assert len(loads) == 3
    lab.topk(2, "enc.fc1", 0, n=4, k=1)
    assert len(loads) == 4


def test_what_was_made_can_be_told_of_by_the_writer_and_the_run_stays_in_order(lab_of: Any) -> None:
    lab = lab_of("ae", "mlp")
    answers = [lab.forward(2, 2), lab.topk(2, "enc.fc1", 3, n=9, k=2), lab.perturb(2, 2, "z", 0, 1)]
    with RunWriter(lab.folder) as run:
        for artifact in (artifact for answer in answers for artifact in answer.made):
            run.announce(artifact)
    assert faults(lab.folder) == ()


def test_pictures_from_around_a_latent_follow_the_posterior(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    answer = lab.posterior_local(2, 5, m=4)
    assert answer.files == (
        "samples/posterior_local_epoch_2_idx_5_m_4.png", "samples/posterior_local_epoch_2_idx_5_m_4.json",
    )  # fmt: skip
    said = shown(lab, answer, ".json")
    assert (said["kind"], said["epoch"], said["idx"], said["m"], said["seed_override"]) == (
        "posterior_local", 2, 5, 4, False
    )  # fmt: skip
    assert said["compute_ms"] >= 0
    found = encode(lab.model, lab.images.images[5:6])
    noise = np.random.default_rng(said["seed"]).standard_normal((4, 3), dtype=np.float32)
    z = found.z + noise * np.exp(found.logvar / 2)
    np.testing.assert_allclose(said["data"]["z"], z, rtol=1e-4, atol=1e-5)
    sheet = shown(lab, answer, ".png")
    assert sheet.shape == (28 * 2 + 1, 26 * 2 + 1)
    drawn = decode(lab.model, z)[..., 0]
    np.testing.assert_array_equal(sheet[29:, :26], drawn[2])


def test_pictures_of_a_component_follow_its_gaussian_whose_statistics_they_have(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    drawn = [
        np.array(shown(lab, lab.prior_component(2, 4, m=64, seed=seed), ".json")["data"]["z"]) for seed in range(4)
    ]
    mu, logvar = (part[4].numpy() for part in lab.model.prior)
    z = np.concatenate(drawn)
    np.testing.assert_allclose(z.mean(0), mu, atol=4 * np.exp(logvar / 2).max() / 16)
    np.testing.assert_allclose(z.std(0), np.exp(logvar / 2), rtol=0.2)


def test_a_seed_is_the_same_at_each_call_and_one_of_your_own_lies_apart(lab_of: Any, shown: Any) -> None:
    lab = lab_of()
    few = shown(lab, lab.posterior_local(2, 6, m=2), ".json")
    many = shown(lab, lab.posterior_local(2, 6, m=9), ".json")
    assert few["seed"] == many["seed"]
    assert many["data"]["z"][:2] == few["data"]["z"], "the first ones are the same for every larger number"
    own = lab.posterior_local(2, 6, m=2, seed=77)
    assert own.path == "samples/posterior_local_epoch_2_idx_6_m_2_seed_77.json"
    said = shown(lab, own, ".json")
    assert (said["kind"], said["seed"], said["seed_override"]) == ("posterior_local", 77, True)
    assert said["data"]["z"] != few["data"]["z"]
    assert lab.posterior_local(2, 6, m=2).made == ()
    assert shown(lab, lab.posterior_local(2, 6, m=2), ".json") == few


@pytest.mark.parametrize(
    ("kind", "ask", "error", "field"),
    [
        ("ae", lambda lab: lab.posterior_local(2, 0), UnsupportedInputError, "kind"),
        ("ae", lambda lab: lab.prior_component(2, 0), UnsupportedInputError, "kind"),
        ("gmvae", lambda lab: lab.prior_component(2, 10), InvalidInputError, "c"),
        ("gmvae", lambda lab: lab.prior_component(2, -1), InvalidInputError, "c"),
        ("gmvae", lambda lab: lab.prior_component(2, 0, m=0), InvalidInputError, "m"),
        ("gmvae", lambda lab: lab.posterior_local(2, 0, m=65), InvalidInputError, "m"),
        ("gmvae", lambda lab: lab.posterior_local(2, 99), InvalidInputError, "i"),
        ("gmvae", lambda lab: lab.posterior_local(2, 0, seed=-1), InvalidInputError, "seed"),
    ],
)
def test_samples_that_cannot_be_drawn_are_refused(lab_of: Any, kind: str, ask: Any, error: type, field: str) -> None:
    with pytest.raises(error) as refused:
        ask(lab_of(kind))
    assert (type(refused.value), refused.value.field) == (error, field)
