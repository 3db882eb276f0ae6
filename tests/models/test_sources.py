from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("diffusers")

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.models import DiffusionModel
from pilotage.models.diffusion.loading import Lora
from pilotage.testing import tiny_diffusion as tiny


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save(tiny.sd_pipeline(), tmp_path_factory.mktemp("sd1"))


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "model"))


def as_pickle(folder: Path) -> None:
    for path in folder.glob("*.safetensors"):
        path.rename(path.with_suffix(".bin"))


def test_a_part_as_pickle_only_is_unsafe(folder: Path) -> None:
    as_pickle(folder / "unet")
    with pytest.raises(UnsafeModelError, match="unet"):
        DiffusionModel("x", folder)


def test_a_pickle_beside_safetensors_is_never_read(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04boom")
    DiffusionModel("x", folder, device="cpu").load()


def test_a_folder_of_pickles_alone_is_unsafe(tmp_path: Path) -> None:
    (tmp_path / "model.ckpt").write_bytes(b"\x80")
    with pytest.raises(UnsafeModelError):
        DiffusionModel("x", tmp_path)


def test_a_folder_that_asks_for_its_own_code_is_unsafe(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    index["unet"] = ["my_unet", "MyUNet"]
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "unet" / "my_unet.py").write_text("raise SystemExit('ran')")
    with pytest.raises(UnsafeModelError, match="code of its own"):
        DiffusionModel("x", folder)


def test_a_safety_checker_is_neither_needed_nor_read(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "safety_checker").mkdir()
    (folder / "safety_checker" / "pytorch_model.bin").write_bytes(b"\x80")
    DiffusionModel("x", folder, device="cpu").load()


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "scheduler"])
def test_a_missing_part_is_named(folder: Path, part: str) -> None:
    shutil.rmtree(folder / part)
    with pytest.raises(ModelUnavailableError, match=part) as caught:
        DiffusionModel("x", folder)
    assert not isinstance(caught.value, UnsafeModelError)
    assert caught.value.field == "model"
    assert caught.value.hint


def test_weights_that_are_cut_short_cannot_be_loaded(folder: Path) -> None:
    weights = next((folder / "unet").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelUnavailableError):
        DiffusionModel("x", folder, device="cpu").load()


def test_a_pipeline_of_another_kind_is_refused(folder: Path) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps({**index, "_class_name": "FluxPipeline"}))
    with pytest.raises(ModelUnavailableError, match="FluxPipeline"):
        DiffusionModel("x", folder)


@pytest.mark.parametrize("path", ["no/such/folder/here", "nothing", Path("owner/name")])
def test_a_place_that_holds_nothing_is_named(path: Path | str) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        DiffusionModel("x", path)
    assert (caught.value.field, bool(caught.value.hint)) == ("model", True)


def test_a_hub_id_is_known_before_and_fetched_at_load(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    model = DiffusionModel("owner/name", "owner/name")
    assert (model.info.name, model.info.family, model.info.size_mb) == ("owner/name", "unknown", None)
    with pytest.raises(ModelUnavailableError, match="owner/name"):
        model.load()


def test_the_fingerprint_follows_weights_and_configs_not_place_or_name(saved: Path, folder: Path) -> None:
    def fingerprint(path: Path, ref: str = "x") -> str:
        return DiffusionModel(ref, path).fingerprint()

    first = fingerprint(saved)
    assert fingerprint(folder, "another") == first
    (folder / "pilotage.json").write_text('{"name": "Renamed"}')
    assert fingerprint(folder) == first
    config = folder / "scheduler" / "scheduler_config.json"
    config.write_text(config.read_text().replace("0.012", "0.013"))
    assert fingerprint(folder) != first


@pytest.mark.parametrize(("name", "error"), [("l.pt", UnsafeModelError), ("l.safetensors", ModelUnavailableError)])
def test_a_lora_that_is_unsafe_or_missing_is_refused(name: str, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error):
        Lora(tmp_path / name)
