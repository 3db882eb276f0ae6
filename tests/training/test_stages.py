"""Every network trained for a few steps on made-up icons, exported, and loaded by the stock pipelines and the app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_workspace

pytest.importorskip("diffusers")

from training.starter import clip, controlnet, decoder, export, ip_adapter, resampler, unet, vae
from training.starter.data import Bank
from training.starter.denoising import Latents
from training.starter.loop import Turn
from training.starter.painter import open_painter
from training.starter.parallel import alone
from training.starter.paths import Workspace
from training.starter.tokenizer import read_tokenizer

from pilotage.models import DiffusionModel, GenerationRequest, Row

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")
pytestmark = pytest.mark.starter


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory, icons: np.ndarray) -> Workspace:
    space = tiny_workspace.workspace(tmp_path_factory.mktemp("starter"), icons)
    clip.teach(space, alone())
    vae.teach(space, alone())
    vae.encode_bank(space)
    unet.teach(space, alone())
    controlnet.teach(space, alone())
    resampler.teach(space, alone())
    ip_adapter.teach(space, alone())
    decoder.teach(space, alone())
    export.export(space)
    return space


@pytest.fixture(scope="module")
def pipeline(space: Workspace) -> Any:
    return diffusers.StableDiffusionPipeline.from_pretrained(
        str(space.pipeline), variant="fp16", dtype=torch.float32, local_files_only=True, safety_checker=None
    )


def test_the_bank_has_as_many_pictures_of_each_icon_and_knows_what_they_show(space: Workspace) -> None:
    bank = Bank.open(space)
    assert np.bincount(bank.facts[:, 0]).tolist() == [space.profile.data.augmentations] * 9
    assert str(bank.caption(0)) == "a fox, noto style, on a white background"


def test_whitening_changes_no_reconstruction_and_makes_latents_unit(space: Workspace) -> None:
    torch.manual_seed(0)
    raw = diffusers.AutoencoderKL.from_pretrained(str(space.of("vae") / "raw"))
    white = vae.read_vae(space)
    pictures = clip.as_input(Bank.open(space).pictures[:8])
    with torch.no_grad():
        before = raw.decode(raw.encode(pictures).latent_dist.mean).sample
        latents = white.encode(pictures).latent_dist.mean
        after = white.decode(latents).sample
    assert (before - after).abs().max() < 1e-5 * max(1, float(before.abs().max()))
    stored = np.load(space.of("latents") / "latents.npy")
    assert np.abs(stored[:8] - latents.numpy()).max() < 1e-2
    cloud = np.moveaxis(stored.astype(float), 1, 0).reshape(4, -1)
    assert np.abs(cloud.mean(1)).max() < 1e-2
    assert np.linalg.eigvalsh(np.cov(cloud)).max() < 1.02


def test_a_run_goes_on_to_the_bit_as_if_it_had_never_stopped(space: Workspace, tmp_path: Path) -> None:
    from training.starter.loop import train
    from training.starter.tokenizer import Encoder, read_tokenizer

    def fresh() -> unet.UnetTask:
        torch.manual_seed(1)
        nets = (unet.read_unet(space), unet.read_text_encoder(space))
        encode = Encoder(read_tokenizer(space.of("tokenizer"), 24), 24)
        return unet.UnetTask(nets, Bank.open(space), Latents.open(space), encode, space)

    def run(folder: Path, stop: int | None = None, every: float = 1e-9) -> unet.UnetTask:
        folder.mkdir(exist_ok=True)
        budget = space.profile.unet.model_copy(update={"steps": 5, "minutes": None, "checkpoint": every})
        task = fresh()
        train(task, space.profile, budget, folder, ranks=alone(), stop_after=stop)
        return task

    whole = run(tmp_path / "whole", every=1e9)
    run(tmp_path / "cut", stop=3)
    resumed = run(tmp_path / "cut")
    for part in ("unet", "text"):
        one, two = (task.trained[part].state_dict() for task in (whole, resumed))
        assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_kill_while_a_checkpoint_is_written_leaves_the_previous_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.starter import checkpoints

    path = tmp_path / "checkpoint.pt"
    checkpoints.save(path, {"step": 1, "weights": {"w": torch.ones(3)}})

    def killed(_: int) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", killed)
        with pytest.raises(SystemExit):
            checkpoints.save(path, {"step": 2, "weights": {"w": torch.zeros(3)}})
    found = checkpoints.load(path)
    assert found is not None
    assert found["step"] == 1
    assert checkpoints.load(tmp_path / "none.pt") is None


def test_the_app_loads_the_exported_folder_and_draws(space: Workspace) -> None:
    model = DiffusionModel("trained", space.pipeline, device="cpu")
    request = GenerationRequest(prompt="a red fox, noto style")
    point = model.encode(request)
    assert point["prompt_embeds"].shape == (24, space.profile.towers.width)
    (output,) = model.generate(request, [Row(point, 3)])
    assert output.media.pixels().shape == (64, 64, 3)
    assert model.info.vocabulary.unknown_words("a small blue tulip, fluent style") == ()
    assert model.info.capabilities.default_steps == space.profile.evaluation.steps


def test_the_painter_draws_what_the_app_would_and_the_same_twice(space: Workspace) -> None:
    painter = open_painter(space.pipeline)
    one, two = (painter.draw(["a fox", "a blue house"], [1, 2]) for _ in range(2))
    assert one.shape == (2, 64, 64, 3)
    assert (one == two).all()


def test_the_recipe_beside_the_weights_says_what_made_them(space: Workspace) -> None:
    recipe = json.loads((space.pipeline / "recipe.json").read_text())
    assert not any(str(space.root) in path.read_text() for path in space.pipeline.rglob("*.json"))
    assert recipe["profile"]["seed"] == space.profile.seed
    assert recipe["stages"]["unet"]["steps"] == space.profile.unet.steps
    assert all(len(one["sha256"]) == 64 for one in recipe["data"].values())
    weights = {path.relative_to(space.pipeline).as_posix() for path in space.pipeline.rglob("*.safetensors")}
    assert set(recipe["weights"]) == weights


def test_the_stage_of_the_decoder_moves_the_decoder_alone(space: Workspace) -> None:
    before, after = vae.read_vae(space).state_dict(), decoder.read_decoded_vae(space).state_dict()
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"decoder", "post_quant_conv"}


def test_the_controlnet_fits_latents_of_factor_four_in_the_stock_pipeline(space: Workspace, pipeline: Any) -> None:
    control = diffusers.ControlNetModel.from_pretrained(
        str(space.pipeline / export.CONTROL), variant="fp16", dtype=torch.float32
    )
    guided = diffusers.StableDiffusionControlNetPipeline(**pipeline.components, controlnet=control)
    guided.set_progress_bar_config(disable=True)
    filled = np.array([True, False])
    guide = torch.from_numpy(controlnet.guides(Bank.open(space).pictures[:2], filled))
    assert guide.shape == (2, 3, 64, 64)
    assert guide[0].sum() > guide[1].sum()
    out = guided(["a fox"] * 2, image=guide, num_inference_steps=2, height=64, width=64, output_type="np").images
    assert out.shape == (2, 64, 64, 3)


def test_the_ip_adapter_loads_in_the_stock_pipeline_with_the_weights_that_were_trained(
    space: Workspace, pipeline: Any
) -> None:
    from PIL import Image

    seeing = diffusers.StableDiffusionPipeline(
        **{**pipeline.components, "unet": unet.read_unet(space), "feature_extractor": export.processor()}
    )
    seeing.set_progress_bar_config(disable=True)
    seeing.load_ip_adapter(
        str(space.pipeline), subfolder=export.ADAPTER, weight_name=ip_adapter.FILE,
        image_encoder_folder="image_encoder", local_files_only=True,
    )  # fmt: skip
    names = [name for name in seeing.unet.attn_processors if name.endswith("attn2.processor")]
    modules = {f"ip_adapter.{2 * i + 1}": seeing.unet.attn_processors[name] for i, name in enumerate(names)}
    modules["image_proj"] = seeing.unet.encoder_hid_proj.image_projection_layers[0]
    import safetensors.torch

    file = safetensors.torch.load_file(str(space.pipeline / export.ADAPTER / ip_adapter.FILE))
    loaded = ip_adapter.stored_weights(modules)
    assert set(loaded) == set(file)
    assert all(torch.equal(loaded[name].half(), file[name]) for name in file)
    picture = Image.fromarray(Bank.open(space).pictures[0])
    out = seeing("", ip_adapter_image=picture, num_inference_steps=2, height=64, width=64, output_type="np").images
    assert out.shape == (1, 64, 64, 3)


def test_a_blank_picture_says_what_an_empty_caption_says(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = len(read_tokenizer(space.of("tokenizer"), space.profile.words.tokens))
    vision = clip.read_towers(space, tokens).vision
    seen, turn = resampler.Seen(vision, Bank.open(space), "cpu"), Turn(np.random.default_rng(0), torch.Generator())
    monkeypatch.setattr(resampler, "_UNSEEN", 1.0)
    blank, nothing = seen.look([0, 9], turn)
    assert nothing == ["", ""]
    asked = vision(torch.zeros(2, 3, 64, 64), output_hidden_states=True).hidden_states[-2]  # by guidance
    assert torch.equal(blank, asked)
    monkeypatch.setattr(resampler, "_UNSEEN", 0.0)
    states, captions = seen.look([0, 9], turn)
    assert captions[0] == "a fox, noto style, on a white background"
    assert not torch.equal(states, blank)


def test_a_stage_that_is_done_is_not_done_again(space: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    from training.starter.__main__ import run_stage

    run_stage("unet", space, [])
    assert "done before" in capsys.readouterr().out
