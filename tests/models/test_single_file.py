from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("diffusers")

from ldm_layout import ldm_state

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.models import DiffusionModel, GenerationRequest, Row
from pilotage.models.diffusion import single_file
from pilotage.models.diffusion.single_file import LAYOUTS, open_single_file, tokenizers
from pilotage.testing import tiny_diffusion as tiny

save_file = pytest.importorskip("safetensors.torch").save_file
FAMILIES = ("sd1", "sd2", "sdxl")
PARAMETERS = {  # as their releases state them
    ("sd1", "unet"): 859_520_964, ("sd1", "vae"): 83_653_863, ("sd1", "text_encoder"): 123_060_480,
    ("sd2", "unet"): 865_910_724, ("sd2", "vae"): 83_653_863, ("sd2", "text_encoder"): 340_387_840,
    ("sdxl", "unet"): 2_567_463_684, ("sdxl", "vae"): 83_653_863, ("sdxl", "text_encoder"): 123_060_480,
    ("sdxl", "text_encoder_2"): 694_659_840,
}  # fmt: skip


def pipeline_of(family: str) -> Any:
    words = tokenizers(LAYOUTS / family)
    for tokens in words.values():
        tokens.model_max_length = 16
    if family == "sdxl":
        return tiny.sdxl_pipeline(tokens=(words["tokenizer"], words["tokenizer_2"]))
    return tiny.sd_pipeline(version=int(family[-1]), tokens=words["tokenizer"])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_single_file_draws_what_its_folder_draws(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = pipeline_of(family)
    folder = tiny.save(pipeline, tmp_path / "layouts" / family)
    save_file(ldm_state(pipeline), tmp_path / "model.safetensors")
    monkeypatch.setattr(single_file, "LAYOUTS", tmp_path / "layouts")

    request = GenerationRequest(prompt="a red fox, at night", steps=2)
    pictures = []
    for path in (folder, tmp_path / "model.safetensors"):
        model = DiffusionModel("x", path, device="cpu")
        pictures.append(model.generate(request, [Row(model.encode(request), seed) for seed in (1, 2)]))
    assert pictures[0] == pictures[1]
    assert pictures[0][0].media is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_the_family_shows_in_the_header(family: str, tmp_path: Path) -> None:
    save_file(ldm_state(pipeline_of(family)), tmp_path / "m.safetensors")
    assert open_single_file(tmp_path / "m.safetensors").config == LAYOUTS / family


def test_info_of_a_single_file_needs_its_header_alone(tmp_path: Path) -> None:
    save_file(ldm_state(pipeline_of("sdxl")), tmp_path / "painterly.safetensors")
    info = DiffusionModel("painterly", tmp_path / "painterly.safetensors").info
    assert (info.name, info.family, info.capabilities.size) == ("painterly", "sdxl", (1024, 1024))


@pytest.mark.parametrize(("family", "part"), PARAMETERS)
def test_the_layouts_have_the_released_sizes(family: str, part: str) -> None:
    import diffusers
    import torch
    import transformers

    library, name = json.loads((LAYOUTS / family / "model_index.json").read_text())[part]
    kind = getattr({"diffusers": diffusers, "transformers": transformers}[library], name)
    with torch.device("meta"):
        if library == "diffusers":
            module = kind.from_config(kind.load_config(LAYOUTS / family / part))
        else:
            module = kind(kind.config_class.from_pretrained(LAYOUTS / family / part))
    assert sum(value.numel() for value in module.parameters()) == PARAMETERS[family, part]


def test_clip_words_have_the_published_numbers() -> None:
    words = tokenizers(LAYOUTS / "sdxl")
    assert len(words["tokenizer"]) == 49408
    assert words["tokenizer"]("a photo of a cat")["input_ids"] == [49406, 320, 1125, 539, 320, 2368, 49407]
    padded = words["tokenizer_2"]("a cat", padding="max_length", max_length=6)
    assert padded["input_ids"] == [49406, 320, 2368, 49407, 0, 0]


@pytest.mark.parametrize(("marks", "prediction"), [({}, "epsilon"), ({"v_pred": 1, "ztsnr": 1}, "v_prediction")])
def test_a_file_says_what_it_predicts(marks: dict[str, int], prediction: str, tmp_path: Path) -> None:
    import torch

    state = ldm_state(pipeline_of("sdxl")) | {name: torch.zeros(0) for name in marks}
    save_file(state, tmp_path / "m.safetensors")
    config = open_single_file(tmp_path / "m.safetensors").component("scheduler")
    assert config["prediction_type"] == prediction
    assert config.get("rescale_betas_zero_snr", False) is bool(marks)


def test_settings_beside_a_file_go_before_its_layout(tmp_path: Path) -> None:
    save_file(ldm_state(pipeline_of("sd2")), tmp_path / "m.safetensors")
    (tmp_path / "m.pilotage.json").write_text('{"prediction": "epsilon", "steps": 7, "size": [512, 512]}')
    checkpoint = open_single_file(tmp_path / "m.safetensors")
    assert checkpoint.component("scheduler")["prediction_type"] == "epsilon"
    taken = DiffusionModel("m", tmp_path / "m.safetensors").info.capabilities
    assert (taken.default_steps, taken.size) == (7, (512, 512))


def test_what_is_no_whole_model_is_named(tmp_path: Path) -> None:
    import torch

    save_file({"lora_unet_x.lora_up.weight": torch.zeros(2, 2)}, tmp_path / "lora.safetensors")
    (tmp_path / "half.safetensors").write_bytes(b"\xff" * 40)
    nine = ldm_state(pipeline_of("sd1"))
    nine["model.diffusion_model.input_blocks.0.0.weight"] = torch.zeros(16, 9, 3, 3)
    save_file(nine, tmp_path / "inpaint.safetensors")
    for name, word in (("lora", "no whole"), ("half", "safetensors file"), ("inpaint", "inpainting")):
        with pytest.raises(ModelUnavailableError, match=word):
            DiffusionModel("x", tmp_path / f"{name}.safetensors")


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin", ".pkl", ".onnx"])
def test_pickles_are_refused_unread(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x80\x04never read")
    with pytest.raises(UnsafeModelError) as caught:
        DiffusionModel("x", path)
    assert caught.value.hint
