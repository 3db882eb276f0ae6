from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers")

from pilotage.core.errors import GenerationError, ModelUnavailableError, UnsupportedInputError
from pilotage.core.progress import Step
from pilotage.models import DiffusionModel, GenerationRequest, Row
from pilotage.models.diffusion.families import FAMILIES, probe
from pilotage.models.diffusion.loading import Lora
from pilotage.spaces import Conditioning
from pilotage.testing import tiny_diffusion as tiny

REQUEST = GenerationRequest(prompt="a red fox", steps=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save(tiny.sd_pipeline(version=2), tmp_path_factory.mktemp("sd2"))


@pytest.fixture(scope="module")
def model(folder: Path) -> DiffusionModel:
    built = DiffusionModel("tiny", folder, device="cpu")
    built.load()
    return built


def pictures(model: DiffusionModel, request: GenerationRequest = REQUEST, seeds: tuple[int, ...] = (1,)) -> Any:
    point = model.encode(request)
    outputs = model.generate(request, [Row(point, seed) for seed in seeds])
    return np.stack([output.media.pixels() for output in outputs]).astype(int)


@pytest.mark.parametrize("build", [tiny.sd_pipeline, lambda: tiny.sd_pipeline(version=2), tiny.sdxl_pipeline])
def test_the_table_of_families_says_what_pipelines_really_do(build: Any) -> None:
    pipeline = build()
    assert probe(pipeline) is FAMILIES[type(pipeline).__name__]


def test_a_pipeline_of_another_kind_is_no_family() -> None:
    class Odd:
        _execution_device = "cpu"

        def encode_prompt(self, prompt: str, **kwargs: Any) -> tuple[int]:
            return (1,)

        def __call__(self, prompt: str) -> None: ...

    with pytest.raises(ModelUnavailableError):
        probe(Odd())


def test_shapes_sizes_and_schedulers_come_from_the_configs(model: DiffusionModel) -> None:
    taken = model.info.capabilities
    assert taken.size == (32, 32)
    assert taken.schedulers[0] == "ddim"
    assert {name: array.shape for name, array in model.encode(REQUEST).items()} == {
        "prompt_embeds": (16, 32),
        "negative_prompt_embeds": (16, 32),
    }
    assert pictures(model, REQUEST.model_copy(update={"width": 48, "height": 24})).shape == (1, 24, 48, 3)


def test_a_batch_is_one_pipeline_call(model: DiffusionModel, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, calls = type(model._loaded.pipeline), []
    original = kind.__call__

    def counted(self: Any, **arguments: Any) -> Any:
        calls.append(arguments["prompt_embeds"].shape)
        return original(self, **arguments)

    monkeypatch.setattr(kind, "__call__", counted)
    pictures(model, seeds=(1, 2, 3))
    assert calls == [(3, 16, 32)]


def test_a_row_s_noise_is_its_own_whatever_the_other_rows_are(model: DiffusionModel) -> None:
    together, alone = pictures(model, seeds=(5, 9)), pictures(model, seeds=(9,))
    assert np.abs(together[1] - alone[0]).max() <= 1  # rounding of another batch size
    assert np.abs(together[0] - together[1]).mean() > 1


@pytest.mark.parametrize("name", ["dpmpp_2m", "euler", "euler_a", "ddim", "unipc", "pndm"])
def test_every_scheduler_draws_and_leaves_the_model_as_it_was(model: DiffusionModel, name: str) -> None:
    before = pictures(model)
    drawn = pictures(model, REQUEST.model_copy(update={"scheduler": name}))
    assert (np.abs(drawn - before).max() == 0) == (name == "ddim")
    np.testing.assert_array_equal(pictures(model), before)


def test_the_negative_prompt_and_guidance_matter(model: DiffusionModel) -> None:
    plain = pictures(model)
    for update in ({"negative_prompt": "rain"}, {"guidance": 1.0}, {"guidance": 12.0}):
        assert np.abs(pictures(model, REQUEST.model_copy(update=update)) - plain).max() > 0


def test_content_marks_words_alone(model: DiffusionModel) -> None:
    plain, longer = model.embed(["a red fox", "a red fox, a house"])
    assert plain.content.tolist() == [False] + [True] * 3 + [False] * 12
    assert longer.content.sum() > 3
    assert "negative_prompt_embeds" not in plain.conditioning


def test_many_captions_keep_their_order(model: DiffusionModel) -> None:
    captions = [f"a {word} {'b ' * (index % 5)}" for index, word in enumerate(["fox", "house", "rain"] * 50)]
    embedded = model.embed(captions)
    assert len(embedded) == 150
    one = model.embed(captions[97:98])[0]
    np.testing.assert_allclose(embedded[97].conditioning["prompt_embeds"], one.conditioning["prompt_embeds"], atol=1e-5)


@pytest.mark.parametrize(("steps", "shown"), [(2, 2), (5, 5), (20, 5), (23, 5)])
def test_about_five_previews_a_run_the_last_at_the_end(model: DiffusionModel, steps: int, shown: int) -> None:
    seen: list[Step] = []
    point = model.encode(REQUEST)
    model.generate(REQUEST.model_copy(update={"steps": steps}), [Row(point, 1)], progress=seen.append)
    withs = [step for step in seen if step.previews]
    assert len(withs) == shown
    assert withs[-1].done == steps
    assert withs[-1].previews[0][1].pixels().shape == (16, 16, 3)


def test_conditioning_of_another_model_is_refused_by_field(model: DiffusionModel) -> None:
    point = model.encode(REQUEST)
    with pytest.raises(UnsupportedInputError) as caught:
        model.generate(REQUEST, [Row(point, 1), Row(Conditioning({"prompt_embeds": np.zeros((7, 32))}), 1)])
    assert caught.value.field == "rows.1.conditioning"


def test_a_batch_that_fails_as_a_whole_says_why(model: DiffusionModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no more memory")

    monkeypatch.setattr(model._loaded.pipeline.unet, "forward", fail)
    with pytest.raises(GenerationError, match="no more memory"):
        pictures(model)


def test_loading_and_drawing_say_nothing_on_stderr(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pictures(DiffusionModel("tiny", folder, device="cpu"))
    assert capfd.readouterr() == ("", "")


def test_half_precision_files_are_computed_in_single_precision_on_a_cpu(tmp_path: Path) -> None:
    pipeline = tiny.sd_pipeline()
    pipeline.to(__import__("torch").float16)
    model = DiffusionModel("half", tiny.save(pipeline, tmp_path, variant="fp16"), device="cpu")
    assert pictures(model).any()
    assert model.info.dtype == "float32"
    assert all(path.name.endswith(".fp16.safetensors") for path in model._source.checkpoint.weights)


def test_a_device_that_is_absent_is_an_error_not_another_device(folder: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    for device in ("cuda", "cuda:3", "npu"):
        with pytest.raises(ModelUnavailableError) as caught:
            DiffusionModel("tiny", folder, device=device).load()
        assert caught.value.field == "device"


def test_settings_and_vocabulary_of_a_folder_are_read(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "own"))
    (copy / "pilotage.json").write_text(json.dumps({"name": "Mine", "steps": 4, "guidance": 2.0, "scheduler": "euler"}))
    (copy / "vocabulary.json").write_text(json.dumps({"objects": ["fox"], "attributes": {}, "closed": True}))
    info = DiffusionModel("own", copy).info
    assert info.name == "Mine"
    assert info.vocabulary.unknown_words("fox house") == ("house",)
    taken = info.capabilities
    assert (taken.default_steps, taken.default_guidance, taken.schedulers[0]) == (4, 2.0, "euler")
    assert DiffusionModel("own", copy, scheduler="ddim").info.capabilities.schedulers[0] == "ddim"


@pytest.mark.parametrize(
    ("file", "text"),
    [("pilotage.json", '{"stepz": 3}'), ("pilotage.json", "{"), ("vocabulary.json", "[]"), ("model_index.json", "{")],
)
def test_broken_files_are_named(folder: Path, tmp_path: Path, file: str, text: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "own"))
    (copy / file).write_text(text)
    with pytest.raises(ModelUnavailableError, match=file):
        DiffusionModel("own", copy)


def lora_file(model: DiffusionModel, folder: Path) -> Path:
    """A LoRA of random weights for the model's UNet, as diffusers writes it."""
    import torch
    from diffusers import StableDiffusionPipeline
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    torch.manual_seed(0)
    pipeline = StableDiffusionPipeline.from_pretrained(model.info.path, local_files_only=True)
    pipeline.unet.add_adapter(LoraConfig(r=2, init_lora_weights="gaussian", target_modules=["to_k", "to_v"]))
    state = {key: torch.randn_like(value) for key, value in get_peft_model_state_dict(pipeline.unet).items()}
    StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=state, weight_name="style.safetensors")
    return folder / "style.safetensors"


def test_a_lora_changes_pictures_and_fingerprint_by_its_weight(model: DiffusionModel, tmp_path: Path) -> None:
    path = lora_file(model, tmp_path)
    drawn, prints = [pictures(model)], [model.fingerprint()]
    for weight in (0.0, 1.0):
        added = DiffusionModel("tiny", model.info.path, device="cpu", loras=[Lora(path, weight)])
        drawn.append(pictures(added))
        prints.append(added.info.fingerprint)
    assert len(set(prints)) == 3
    assert np.abs(drawn[1] - drawn[0]).max() <= 1
    assert np.abs(drawn[2] - drawn[0]).max() > 1
