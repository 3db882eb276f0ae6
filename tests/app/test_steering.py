"""Doses to pushes: of the packs that fit a model, and of no others."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from pilotage.app.steering import Steering
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, UnsupportedInputError
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageModel
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    model = LanguageModel("tiny", tiny_language.save("llama", tmp_path_factory.mktemp("tiny")), device="cpu")
    model.load()
    return model


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    model = LanguageModel("other", tiny_language.save("llama", tmp_path_factory.mktemp("other"), seed=1), device="cpu")
    model.load()
    return model


@pytest.fixture(params=["disk", "memory"])
def steering(request: pytest.FixtureRequest, tmp_path: Path) -> Steering:
    return Steering(tmp_path / "vectors" if request.param == "disk" else None)


def test_doses_become_pushes_through_the_curve_of_each_sign(steering: Steering, tiny: LanguageModel) -> None:
    pack = tiny_pack(tiny, "formality", strength=2.0)
    far = pack.card.positive.model_copy(update={"strengths": (0.0, 3.0)}) if pack.card.positive else None
    steering.keep(tiny_pack(tiny, "formality", strength=2.0, negative=far))
    pushes, directions = steering.resolve(tiny, {"formality": 1.0})
    assert pushes == {"formality": 2.0}
    assert directions["formality"].layer == 1
    assert np.linalg.norm(directions["formality"].vector) == pytest.approx(8.0, rel=1e-5)
    assert steering.resolve(tiny, {"formality": -1.0})[0] == {"formality": -3.0}
    assert steering.resolve(tiny, {"formality": 0.0}) == ({}, {})


def test_axes_that_overlap_can_be_turned_to_leave_each_other_alone(steering: Steering, tiny: LanguageModel) -> None:
    first, second = tiny_pack(tiny, "formality"), tiny_pack(tiny, "warmth", seed=1)
    mixed = first.vectors + second.vectors
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    for pack in (first, VectorPack(second.card, mixed)):
        steering.keep(pack)

    def cosine(orthogonal: bool) -> float:
        _, found = steering.resolve(tiny, {"formality": 1.0, "warmth": 0.5}, orthogonal)
        one, two = (found[name].vector / np.linalg.norm(found[name].vector) for name in ("formality", "warmth"))
        return float(one @ two)

    assert cosine(False) > 0.5
    assert cosine(True) == pytest.approx(0, abs=1e-6)


def test_of_a_profile_counts_what_the_model_can_be_steered_by(
    steering: Steering, tiny: LanguageModel, other: LanguageModel
) -> None:
    bare = tiny_pack(tiny, "bare", positive=None, negative=None)
    for pack in (tiny_pack(tiny, "formality"), bare, tiny_pack(other, "wit")):
        steering.keep(pack)
    assert steering.fitting(tiny, {"formality": 0.5, "bare": 1, "wit": 1, "nothing": 1}) == {"formality": 0.5}


def test_a_model_that_is_not_loaded_is_known_by_its_files(
    steering: Steering, tiny: LanguageModel, tmp_path: Path
) -> None:
    steering.keep(tiny_pack(tiny, "formality"))
    again = LanguageModel("again", tiny.info.path or "", device="cpu")
    assert steering.resolve(again, {"formality": 1})[0] == {"formality": 2.0}
    assert not again.loaded


@pytest.mark.parametrize("dose", [math.nan, math.inf, 1.51, -1.51, "1"])
def test_a_dose_that_is_no_number_in_range_is_refused(steering: Steering, tiny: LanguageModel, dose: float) -> None:
    steering.keep(tiny_pack(tiny, "formality"))
    with pytest.raises(InvalidInputError) as caught:
        steering.resolve(tiny, {"formality": dose})
    assert caught.value.field == "steering.formality"


def test_an_axis_without_vectors_is_not_found_even_at_dose_0(steering: Steering, tiny: LanguageModel) -> None:
    steering.keep(tiny_pack(tiny, "formality"))
    for name in ("wit", "../formality", "formality.safetensors"):
        with pytest.raises(NotFoundError) as caught:
            steering.resolve(tiny, {name: 0.0})
        assert caught.value.field == f"steering.{name}"
        assert "formality" in caught.value.hint


def test_a_pack_of_another_model_is_refused(steering: Steering, tiny: LanguageModel, other: LanguageModel) -> None:
    steering.keep(tiny_pack(tiny, "wit"))
    with pytest.raises(UnsupportedInputError, match="not to other") as caught:
        steering.resolve(other, {"wit": 0.5})
    assert caught.value.field == "steering.wit"


def test_a_file_in_the_wrong_folder_or_under_the_wrong_name_steers_nothing(
    tmp_path: Path, tiny: LanguageModel, other: LanguageModel
) -> None:
    steering, pack = Steering(tmp_path), tiny_pack(tiny, "wit")
    pack.save(tmp_path / str(other.info.fingerprint)[:16] / "wit.safetensors")
    pack.save(tmp_path / str(tiny.info.fingerprint)[:16] / "formality.safetensors")
    (tmp_path / str(tiny.info.fingerprint)[:16] / "broken.safetensors").write_bytes(b"no such thing")
    assert steering.own(str(other.info.fingerprint)) == {}
    assert steering.own(str(tiny.info.fingerprint)) == {}


def test_vectors_that_push_everywhere_take_no_dose_and_say_why(steering: Steering, tiny: LanguageModel) -> None:
    pack = tiny_pack(tiny, "formality")
    steering.keep(VectorPack(pack.card.model_copy(update={"positions": "all"}), pack.vectors))
    with pytest.raises(UnsupportedInputError, match="at all positions") as raised:
        steering.resolve(tiny, {"formality": 0.5})
    assert raised.value.field == "steering.formality"


def test_vectors_that_are_not_calibrated_take_no_dose(steering: Steering, tiny: LanguageModel) -> None:
    steering.keep(tiny_pack(tiny, "formality", positive=None, negative=None))
    with pytest.raises(ConflictError) as caught:
        steering.resolve(tiny, {"formality": 0.5})
    assert caught.value.field == "steering.formality"


def test_what_another_process_wrote_counts_from_then_on(tmp_path: Path, tiny: LanguageModel) -> None:
    here, there = Steering(tmp_path), Steering(tmp_path)
    there.keep(tiny_pack(tiny, "formality", seed=0))
    before = here.resolve(tiny, {"formality": 1})[1]["formality"].vector
    there.keep(tiny_pack(tiny, "formality", seed=1))
    after = here.resolve(tiny, {"formality": 1})[1]["formality"].vector
    assert not np.allclose(before, after)
    assert there.remove("formality") == 1
    assert here.own(str(tiny.info.fingerprint)) == {}
    assert there.remove("formality") == 0


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "complex64"])
def test_one_file_of_odd_numbers_is_left_out_and_the_rest_steers(
    tmp_path: Path, tiny: LanguageModel, dtype: str
) -> None:
    import torch
    from safetensors import safe_open
    from safetensors.torch import save_file

    steering = Steering(tmp_path)
    steering.keep(tiny_pack(tiny, "formality"))
    steering.keep(tiny_pack(tiny, "wit"))
    (odd,) = tmp_path.rglob("wit.safetensors")
    with safe_open(odd, framework="pt") as file:
        metadata, tensors = file.metadata(), {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    save_file({key: tensor.to(getattr(torch, dtype)) for key, tensor in tensors.items()}, odd, metadata)
    assert list(steering.own(tiny.fingerprint())) == ["formality"]


def test_the_hint_for_vectors_of_another_model_names_this_one_as_it_can_be_named(
    steering: Steering, tiny: LanguageModel, other: LanguageModel
) -> None:
    steering.keep(tiny_pack(other, "warmth"))
    with pytest.raises(UnsupportedInputError) as caught:
        steering.resolve(tiny, {"warmth": 0.5})
    assert caught.value.hint.endswith("--model tiny")
