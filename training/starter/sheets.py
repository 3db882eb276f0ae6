"""Stage `sheets`: contact sheets and steering strips, to be looked at with one's own eyes before anything is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from training.starter.captions import Caption
from training.starter.controlnet import guides
from training.starter.export import ADAPTER, CONTROL, GALLERY
from training.starter.gallery import read_gallery
from training.starter.guidance import after_outlines, after_pictures
from training.starter.ip_adapter import FILE
from training.starter.painter import Painter, open_painter
from training.starter.paths import Workspace

_COLUMNS, _STEPS, _AXES = 24, 9, 4
_SHOWN = 8  # objects of a strip
Pictures = NDArray[np.uint8]
__all__ = ["grid", "paint_sheets"]


def grid(pictures: Pictures, columns: int) -> Image.Image:
    """(n, h, w, 3) pictures side by side, `columns` a row, on white."""
    n, height, width = pictures.shape[:3]
    rows = -(-n // columns)
    sheet = np.full((rows * height, columns * width, 3), 255, np.uint8)
    for i, one in enumerate(pictures):
        top, left = i // columns * height, i % columns * width
        sheet[top : top + height, left : left + width] = one
    return Image.fromarray(sheet)


def paint_sheets(space: Workspace) -> None:
    """All sheets of the exported pipeline, as PNG files."""
    painter, folder = open_painter(space.pipeline), space.of("sheets")
    _objects(painter, folder)
    things = _some(painter)
    words = painter.words
    _sheet(
        painter,
        [Caption(t, None, c) for t in things for c in words.colours],
        folder / "colours.png",
        len(words.colours),
    )
    grounds = [Caption(t, None, None, g) for t in things for g in words.backgrounds]
    _sheet(painter, grounds, folder / "backgrounds.png", len(words.backgrounds))
    ends: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "red-to-blue": ({"colour": "red"}, {"colour": "blue"}),
        "white-to-black": ({"background": "white"}, {"background": "black"}),
        "style-to-style": ({"style": words.styles[0]}, {"style": words.styles[-1]}),
    }
    for name, (one, other) in ends.items():
        pairs = [(Caption(thing, **one), Caption(thing, **other)) for thing in things]
        _strip(painter, pairs, folder / f"{name}.png")
    _principal(painter, folder / "caption-axes.png")
    _guided(painter, space.pipeline, folder)
    space.finish("sheets", files=sorted(path.name for path in folder.glob("*.png")))


def _objects(painter: Painter, folder: Path) -> None:
    """Every object in every style, one sheet a style."""
    for style in painter.words.styles:
        asked = [Caption(icon.object, style) for icon in painter.words.objects]
        _sheet(painter, asked, folder / f"objects-{style}.png", _COLUMNS)


def _principal(painter: Painter, path: Path) -> None:
    """Sweeps by two deviations along the first principal axes of caption embeddings: the space that users steer in."""
    words = painter.words
    captions = [
        Caption(i.object, s, c) for i in words.objects for s, c in zip(words.styles, words.colours, strict=False)
    ]
    cloud = painter.embed([str(one) for one in captions]).flatten(1)
    _, scale, axes = torch.linalg.svd(cloud - cloud.mean(0), full_matrices=False)
    origin = painter.embed([str(Caption(_some(painter)[0]))]).flatten(1)
    deviations = scale / (len(cloud) - 1) ** 0.5
    sweep = torch.linspace(-2, 2, _STEPS)[:, None]
    points = torch.cat(
        [origin + sweep * deviation * axis for deviation, axis in zip(deviations[:_AXES], axes[:_AXES], strict=True)]
    )
    shape = (len(points), _tokens(painter), -1)
    grid(painter.draw(points.reshape(shape), [1] * len(points)), _STEPS).save(path)


def _guided(painter: Painter, pipeline: Path, folder: Path) -> None:
    """Real pictures above, and below each what is drawn after its outline with its object's word, or after itself."""
    gallery = read_gallery(pipeline / GALLERY)
    prompts, words = gallery.pictures[:_COLUMNS], [str(Caption(str(gallery.things[i]))) for i in gallery.shown[:, 0]]
    if (pipeline / CONTROL).is_dir():
        outlines = guides(prompts, np.zeros(len(prompts), bool))
        drawn = after_outlines(painter, pipeline, torch.from_numpy(outlines), words[: len(prompts)])
        above = (outlines.transpose(0, 2, 3, 1) * 255).astype(np.uint8)
        grid(np.concatenate([above, drawn]), len(prompts)).save(folder / "after-outlines.png")
    if (pipeline / ADAPTER / FILE).is_file():
        drawn = after_pictures(painter, pipeline, prompts)
        grid(np.concatenate([prompts, drawn]), len(prompts)).save(folder / "after-pictures.png")


def _tokens(painter: Painter) -> int:
    """Tokens of an embedding."""
    return int(painter.pipeline.tokenizer.model_max_length)


def _some(painter: Painter) -> list[str]:
    things = [icon.object for icon in painter.words.objects]
    return [things[i] for i in np.linspace(0, len(things) - 1, min(_SHOWN, len(things))).astype(int)]


def _sheet(painter: Painter, asked: Sequence[Caption], path: Path, columns: int) -> None:
    grid(painter.draw([str(one) for one in asked], range(len(asked))), columns).save(path)


def _strip(painter: Painter, pairs: Sequence[tuple[Caption, Caption]], path: Path) -> None:
    """One row a pair: from one caption's embedding to the other's, at one seed."""
    ends = [painter.embed([str(pair[end]) for pair in pairs])[:, None] for end in (0, 1)]
    points = torch.lerp(ends[0], ends[1], torch.linspace(0, 1, _STEPS)[:, None, None])
    seeds = [seed for seed in range(len(pairs)) for _ in range(_STEPS)]
    grid(painter.draw(points.flatten(0, 1), seeds), _STEPS).save(path)
