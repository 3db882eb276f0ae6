"""What guides beside words do: is an outline followed, is a picture as a prompt understood."""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from training.starter.attributes import foreground
from training.starter.captions import Caption
from training.starter.controlnet import guides
from training.starter.embedding import embed
from training.starter.export import ADAPTER, CONTROL, processor
from training.starter.gallery import Gallery
from training.starter.ip_adapter import FILE
from training.starter.metrics import ranks
from training.starter.painter import Painter
from training.starter.scores import Score

_SHOWN = 48  # of the gallery's real pictures, for outlines
_AT_ONCE = 16
Pictures = NDArray[np.uint8]
__all__ = ["after_outlines", "after_pictures", "judge_guides"]


def judge_guides(painter: Painter, gallery: Gallery, folder: Path) -> dict[str, Score]:
    """Figures of the ControlNet and of the IP-Adapter, each where the folder has one."""
    outlined = _outlined(painter, gallery, folder) if (folder / CONTROL).is_dir() else {}
    return outlined | (_pictured(painter, gallery, folder) if (folder / ADAPTER / FILE).is_file() else {})


def after_outlines(painter: Painter, folder: Path, outlines: torch.Tensor, words: Sequence[str]) -> Pictures:
    """(n, 64, 64, 3) of words and the (n, 3, 64, 64) guides of `controlnet.guides`, by the folder's ControlNet."""
    control = diffusers.ControlNetModel.from_pretrained(str(folder / CONTROL), variant="fp16", dtype=torch.float32)
    guided: Any = diffusers.StableDiffusionControlNetPipeline(**painter.pipeline.components, controlnet=control)
    guided.set_progress_bar_config(disable=True)
    return _draw(painter, len(words), lambda part: (guided, {"prompt": list(words[part]), "image": outlines[part]}))


def after_pictures(painter: Painter, folder: Path, pictures: Pictures) -> Pictures:
    """(n, 64, 64, 3) of other pictures as prompts, with no word at all, by the folder's IP-Adapter.

    One picture at a time: the stock pipeline gives every prompt of a batch all of its pictures.
    """
    parts = painter.pipeline.components
    unet = diffusers.UNet2DConditionModel.from_pretrained(str(folder / "unet"), variant="fp16", dtype=torch.float32)
    seeing: Any = diffusers.StableDiffusionPipeline(
        **{**parts, "unet": unet, "feature_extractor": processor()}, requires_safety_checker=False
    )
    seeing.set_progress_bar_config(disable=True)
    seeing.load_ip_adapter(
        str(folder), subfolder=ADAPTER, weight_name=FILE, image_encoder_folder="image_encoder", local_files_only=True
    )
    shown = [Image.fromarray(one) for one in pictures]
    return _draw(painter, len(shown), lambda part: (seeing, {"prompt": "", "ip_adapter_image": shown[part][0]}), 1)


def _outlined(painter: Painter, gallery: Gallery, folder: Path) -> dict[str, Score]:
    """How far a picture's shape is the guide's, which may be small or shifted and no word says so; and without one.

    Shape is the foreground's area shared with the guide's, as a part of what either covers.
    """
    pictures = gallery.pictures[:_SHOWN]
    drawn = torch.from_numpy(guides(pictures, np.arange(len(pictures)) % 2 == 0))
    words = [str(Caption(str(gallery.things[row[0]]))) for row in gallery.shown[:_SHOWN]]
    without = _draw(painter, len(words), lambda part: (painter.pipeline, {"prompt": words[part]}))
    return {
        "shape of the guide": Score(_shared(pictures, after_outlines(painter, folder, drawn, words)), len(pictures)),
        "shape without a guide": Score(_shared(pictures, without), len(pictures)),
    }


def _pictured(painter: Painter, gallery: Gallery, folder: Path) -> dict[str, Score]:
    """Is the object of a real picture found among all: in it, in what is drawn after it, and after its mirror image.

    Tinted, small and on grounds, not even all real ones are found. No training on a CPU shows a mirrored picture: the
    last figure is of prompts that no network has seen.
    """
    pictures, truth = gallery.pictures, [int(row[0]) for row in gallery.shown]
    middles = gallery.centroids([str(name) for name in gallery.things])
    judged = {
        "R@1 of real pictures": pictures,
        "R@1 of picture prompts": after_pictures(painter, folder, pictures),
        "R@1 of mirrored picture prompts": after_pictures(painter, folder, pictures[:, :, ::-1]),
    }
    return {
        name: Score(float((ranks(gallery.white(embed(shown)), middles, truth) < 1).mean()), len(truth))
        for name, shown in judged.items()
    }


def _draw(
    painter: Painter, n: int, of: Callable[[slice], tuple[Any, dict[str, Any]]], at_once: int = _AT_ONCE
) -> Pictures:
    """(n, 64, 64, 3) with a stock pipeline and its arguments for a part, one seed each."""
    drawn = []
    for start in range(0, n, at_once):
        pipeline, arguments = of(slice(start, start + at_once))
        luck = [torch.Generator().manual_seed(seed) for seed in range(start, min(n, start + at_once))]
        with torch.inference_mode():
            found = pipeline(
                **arguments, generator=luck, num_inference_steps=painter.steps, guidance_scale=painter.guidance,
                height=64, width=64, output_type="np",
            ).images  # fmt: skip
        drawn.append((found * 255).round().astype(np.uint8))
    return np.concatenate(drawn)


def _shared(pictures: Pictures, others: Pictures) -> float:
    one, other = foreground(pictures), foreground(others)
    either = (one | other).sum((1, 2))
    return float(np.mean((one & other).sum((1, 2)) / np.maximum(either, 1)))
