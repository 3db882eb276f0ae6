"""The catalog and settings: what a person types becomes one model, or a clear error; nothing is swapped in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pilotage.app.catalog import ModelCatalog, split_loras, starter_path
from pilotage.app.lab import raise_if_failed
from pilotage.app.settings import Settings
from pilotage.core.errors import (
    InvalidInputError,
    ModelUnavailableError,
    NotFoundError,
    PilotageError,
    UnsafeModelError,
)


@pytest.fixture
def catalog(tmp_path: Path) -> ModelCatalog:
    return ModelCatalog(Settings(home=tmp_path))


def test_a_model_is_built_once(catalog: ModelCatalog) -> None:
    assert catalog.get("analytic") is catalog.get("analytic")
    assert catalog.get("starter") is catalog.get("starter")


def test_ours_are_listed_without_being_loaded(catalog: ModelCatalog) -> None:
    listed = {info.ref: info for info in catalog.infos()}
    assert {"starter", "analytic"} <= set(listed)
    assert not catalog.get("starter").loaded
    assert listed["starter"].capabilities.size == (64, 64)


@pytest.mark.parametrize("ref", ["./no/such", "/no/such/model", "~/no/such", "", "a b", "owner/name/part", "../x"])
def test_what_is_no_model_is_refused_with_a_way_out(catalog: ModelCatalog, ref: str) -> None:
    with pytest.raises(PilotageError) as caught:
        catalog.get(ref)
    assert isinstance(caught.value, NotFoundError | ModelUnavailableError)
    assert caught.value.hint
    assert caught.value.field == "model"


@pytest.mark.parametrize("name", ["old.ckpt", "weights.pt", "model.bin", "model.pkl"])
def test_a_pickle_is_refused_before_it_is_opened(catalog: ModelCatalog, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(UnsafeModelError) as caught:
        catalog.get(str(tmp_path / name))
    assert "safetensors" in caught.value.hint


def test_broken_folders_are_refused_and_left_out_of_the_list(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "broken"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{not json")
    (tmp_path / "models" / "old.ckpt").write_bytes(b"pickle")
    catalog = ModelCatalog(Settings(home=tmp_path))
    with pytest.raises(ModelUnavailableError):
        catalog.get("broken")
    assert {info.ref for info in catalog.infos()} == {"starter", "analytic"}


def test_a_folder_without_its_weights_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "empty"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text((starter_path() / "model_index.json").read_text())
    with pytest.raises(ModelUnavailableError):
        ModelCatalog(Settings(home=tmp_path)).get("empty")


def test_a_name_cannot_leave_the_models_folder(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "outside").mkdir()
    with pytest.raises(PilotageError):
        ModelCatalog(Settings(home=tmp_path)).get("../outside")


@pytest.mark.starter
def test_a_device_that_is_not_there_is_an_error_and_no_other_is_used(steer: Any, tmp_path: Path) -> None:
    import torch

    from pilotage.app.wiring import memory_lab

    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    lab = memory_lab(Settings(device="cuda"))
    session = steer(lab=lab, model="starter", request={"prompt": "a red fox"})
    job = session.try_step()
    assert (job.state, job.error["code"], job.error["field"]) == ("failed", "model_unavailable", "device")
    assert job.error["hint"]
    assert session.last().state == "failed"
    with pytest.raises(ModelUnavailableError, match="cuda"):
        raise_if_failed(job)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_PORT", "9000")
    monkeypatch.setenv("PILOTAGE_ALLOWED_HOSTS", json.dumps(["lab.local"]))
    settings = Settings()
    assert (settings.port, settings.allowed_hosts) == (9000, ("lab.local",))


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("PORT", "x"), ("DTYPE", "int8"), ("PRELOAD", "maybe")])
def test_settings_out_of_range_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"PILOTAGE_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_words_that_a_model_does_not_know_are_named(lab: Any) -> None:
    assert list(lab.unknown_words("starter", "a red dragonfruit fox")) == ["dragonfruit"]
    assert list(lab.unknown_words("analytic", "anything")) == []


@pytest.mark.parametrize(
    ("ref", "base", "loras"),
    [
        ("starter", "starter", ()),
        ("starter+ink.safetensors", "starter", (("ink.safetensors", 1.0),)),
        ("/m/sd.safetensors+a/ink.safetensors@0.5+b.safetensors@-1", "/m/sd.safetensors",
         (("a/ink.safetensors", 0.5), ("b.safetensors", -1.0))),
        ("owner/c++", "owner/c++", ()),
    ],
)  # fmt: skip
def test_a_reference_may_add_loras(ref: str, base: str, loras: tuple[tuple[str, float], ...]) -> None:
    assert split_loras(ref) == (base, loras)


@pytest.mark.parametrize("weight", ["much", "nan", "9"])
def test_a_lora_weight_is_a_sane_number(weight: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        split_loras(f"starter+ink.safetensors@{weight}")
    assert caught.value.field == "model"


def test_a_file_keeps_its_kind_under_another_name(catalog: ModelCatalog, tmp_path: Path) -> None:
    (tmp_path / "old.gguf").write_bytes(b"GGUF")
    assert catalog.take_in(tmp_path / "old.gguf", "new") == "new.gguf"
    assert catalog.take_in(tmp_path / "old.gguf", "other.gguf") == "other.gguf"
    assert {"new.gguf", "other.gguf"} <= {info.ref for info in catalog.language_infos()}


@pytest.mark.parametrize("name", ["starter", "analytic", "smollm2"])
def test_a_model_cannot_take_a_name_of_ours(catalog: ModelCatalog, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        catalog.take_in(starter_path(), name)
    assert (caught.value.field, bool(caught.value.hint)) == ("name", True)
    assert not (tmp_path / "models").exists()


def test_a_lora_that_is_not_there_is_refused_before_anything_is_loaded(catalog: ModelCatalog, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        catalog.get(f"starter+{tmp_path}/no.safetensors")
    assert "no.safetensors" in str(caught.value)
