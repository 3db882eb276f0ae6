"""Stage `export`: the pipeline folder in fp16, with its ControlNet, IP-Adapter, words, settings and `recipe.json`."""

# mypy: allow-untyped-calls

from __future__ import annotations

import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import diffusers
import safetensors.torch
import torch
import transformers

from training.starter.attributes import SIDE
from training.starter.decoder import read_decoded_vae
from training.starter.icons import LABELS, PACKAGES
from training.starter.ip_adapter import FILE
from training.starter.noise import SCHEDULER
from training.starter.paths import Workspace
from training.starter.tokenizer import read_tokenizer
from training.starter.unet import read_text_encoder, read_unet
from training.starter.vocabulary import HERE

CONTROL: Final = "controlnet-edge"
ADAPTER: Final = "ip-adapter"
GALLERY: Final = "metrics/gallery.npz"
_LICENCE = "Apache-2.0; trained on Noto Emoji (Apache-2.0), Twemoji (CC-BY-4.0), Fluent Emoji (MIT)"
_STAGES = (
    "data", "pictures", "tokenizer", "clip", "vae", "latents", "unet", "controlnet", "resampler", "ip_adapter",
    "decoder",
)  # fmt: skip
__all__ = ["assemble", "export", "processor", "weight_sums"]


def assemble(space: Workspace) -> Any:
    """The stock pipeline of the trained parts."""
    return diffusers.StableDiffusionPipeline(
        vae=read_decoded_vae(space), text_encoder=read_text_encoder(space), unet=read_unet(space),
        tokenizer=read_tokenizer(space.of("tokenizer"), space.profile.words.tokens),
        scheduler=diffusers.DPMSolverMultistepScheduler(**SCHEDULER),
        safety_checker=None, feature_extractor=None, image_encoder=None, requires_safety_checker=False,
    )  # fmt: skip


def processor() -> Any:
    """How pictures come into the vision tower: 64 pixels, -1 to 1."""
    half = [0.5, 0.5, 0.5]
    return transformers.CLIPImageProcessor(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, image_mean=half, image_std=half
    )


def export(space: Workspace) -> None:
    """Write the folder anew, complete under another name first."""
    folder = space.folder / "pipeline.part"
    shutil.rmtree(folder, ignore_errors=True)
    assemble(space).to("cpu", torch.float16).save_pretrained(str(folder), variant="fp16", safe_serialization=True)
    _control(space, folder / CONTROL)
    _adapter(space, folder / ADAPTER)
    gallery = space.folder / "gallery" / "gallery.npz"
    if gallery.is_file():
        (folder / GALLERY).parent.mkdir()
        shutil.copyfile(gallery, folder / GALLERY)
    shutil.copyfile(HERE / space.profile.data.vocabulary, folder / "vocabulary.json")
    _forget_origins(folder)
    _write(folder / "pilotage.json", _settings(space))
    _write(folder / "recipe.json", _recipe(space, folder))
    shutil.rmtree(space.pipeline, ignore_errors=True)
    folder.rename(space.pipeline)
    weights = [path.stat().st_size for path in space.pipeline.rglob("*.safetensors")]
    space.finish("export", megabytes=round(sum(weights) / 1e6, 2), files=len(weights))


def _forget_origins(folder: Path) -> None:
    """Take the folders of this training out of the networks' configurations."""
    for path in folder.rglob("config.json"):
        told = json.loads(path.read_text(encoding="utf-8"))
        _write(path, {key: value for key, value in told.items() if key != "_name_or_path"})


def _control(space: Workspace, folder: Path) -> None:
    if space.done("controlnet"):
        control = diffusers.ControlNetModel.from_pretrained(str(space.of("controlnet") / "controlnet"))
        control.half().save_pretrained(str(folder), variant="fp16")


def _adapter(space: Workspace, folder: Path) -> None:
    """The adapter's file, and both towers: vision for the adapter, and with text for scores offline."""
    from training.starter.clip import read_towers  # noqa: PLC0415  (towers are large: read when they are written)

    tokens = len(read_tokenizer(space.of("tokenizer"), space.profile.words.tokens))
    towers = read_towers(space, tokens).cpu().half()
    towers.vision.save_pretrained(str(folder / "image_encoder"))  # no variant: `load_ip_adapter` asks for none
    towers.text.save_pretrained(str(folder.parent / "clip-text"))
    processor().save_pretrained(str(folder / "image_encoder"))
    if space.done("ip_adapter"):
        tensors = safetensors.torch.load_file(str(space.of("ip_adapter") / FILE))
        halves = {name: one.half() for name, one in tensors.items()}
        safetensors.torch.save_file(halves, str(folder / FILE), metadata={"format": "pt"})


def _settings(space: Workspace) -> dict[str, Any]:
    judged = space.profile.evaluation
    return {
        "name": "Pilotage starter (icons)", "licence": _LICENCE, "size": [SIDE, SIDE], "max_size": 2 * SIDE,
        "steps": judged.steps, "guidance": judged.guidance, "max_batch": 16,
    }  # fmt: skip


def _recipe(space: Workspace, folder: Path) -> dict[str, Any]:
    """Seeds, versions and sums: what made these weights, and which they are."""
    used = {*space.profile.sets.values(), LABELS}
    return {
        "profile": space.profile.model_dump(mode="json"),
        "data": {name: dict(zip(("version", "sha256"), PACKAGES[name], strict=True)) for name in sorted(used)},
        "stages": {stage: space.facts(stage) for stage in _STAGES},
        "versions": {name: version(name) for name in ("torch", "diffusers", "transformers", "tokenizers")},
        "vocabulary": _sum(folder / "vocabulary.json"),
        "weights": weight_sums(folder),
    }


def weight_sums(folder: Path) -> dict[str, str]:
    """sha256 of every file of weights in a pipeline's folder."""
    return {path.relative_to(folder).as_posix(): _sum(path) for path in sorted(folder.rglob("*.safetensors"))}


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
