"""What a pipeline obeys: objects, styles, colours, grounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from training.starter.captions import Caption
from training.starter.clip import as_input
from training.starter.embedding import embed
from training.starter.gallery import Gallery
from training.starter.looks import ground
from training.starter.metrics import decibels, ranks
from training.starter.painter import Painter
from training.starter.scores import Score, spread

Pictures = NDArray[np.uint8]
__all__ = ["judge_attributes", "judge_objects", "judge_vae", "score_objects"]


def judge_vae(painter: Painter, gallery: Gallery) -> dict[str, Score]:
    """Fidelity on real augmented pictures of the gallery."""
    found = decibels(gallery.pictures, painter.reconstruct(gallery.pictures))
    return {"VAE PSNR": Score(found, len(gallery.pictures))}


def judge_objects(painter: Painter, gallery: Gallery, folder: Path) -> dict[str, Score]:
    """Every object in every style: is it found among all, and is the style told right."""
    things = [icon.object for icon in painter.words.objects]
    asked = [Caption(thing, style) for thing in things for style in painter.words.styles]
    pictures = painter.draw([str(one) for one in asked], range(len(asked)))
    return score_objects(pictures, asked, things, gallery) | _by_clip(folder, pictures, asked, things)


def score_objects(
    pictures: Pictures, asked: Sequence[Caption], things: list[str], gallery: Gallery
) -> dict[str, Score]:
    """R@1 and R@5 against the real icons' centroids, the style by a classifier fitted on real icons.

    The classifier is strict: it calls 0.69 of real icons right once they went through a VAE of 27 dB. `style of
    the nearest` is that of the nearest real icon, whatever it shows (0.90 there); `style of three` asks least: is the
    picture nearer to the real icon in its style than to the same in the others (0.88 there).
    """
    features, n = embed(pictures), len(asked)
    white = gallery.white(features)
    places = ranks(white, gallery.centroids(things), [things.index(one.thing) for one in asked])
    told = np.array([got == one.style for got, one in zip(gallery.style_of(features), asked, strict=True)])
    rows = [list(gallery.things).index(one.thing) for one in asked]
    nearest = np.einsum("nk,nsk->ns", white, gallery.icons[rows].astype(np.float32)).argmax(1)
    every = gallery.icons.astype(np.float32)
    closest = (white @ every.reshape(-1, every.shape[-1]).T).argmax(1) % len(gallery.styles)
    alike = np.array([gallery.styles[i] == one.style for i, one in zip(closest, asked, strict=True)])
    near = np.array([gallery.styles[i] == one.style for i, one in zip(nearest, asked, strict=True)])
    return {
        "R@1": Score(float((places < 1).mean()), n), "R@5": Score(float((places < 5).mean()), n),
        "style": Score(float(told.mean()), n), "style of the nearest": Score(float(alike.mean()), n),
        "style of three": Score(float(near.mean()), n),
    }  # fmt: skip


def _by_clip(folder: Path, pictures: Pictures, asked: Sequence[Caption], things: list[str]) -> dict[str, Score]:
    """R@1 by the model's own tiny CLIP, where the folder has one; it was taught by the same icons, so only beside."""
    seeing, reading = folder / "ip-adapter" / "image_encoder", folder / "clip-text"
    if not (seeing.is_dir() and reading.is_dir()):
        return {}
    vision = transformers.CLIPVisionModelWithProjection.from_pretrained(seeing, dtype=torch.float32)
    text = transformers.CLIPTextModelWithProjection.from_pretrained(reading, dtype=torch.float32)
    tokenizer = transformers.CLIPTokenizer.from_pretrained(folder / "tokenizer")
    captions = [str(Caption(thing, one)) for thing in things for one in dict.fromkeys(a.style for a in asked)]
    ids = tokenizer(captions, padding="max_length", truncation=True, return_tensors="pt").input_ids
    with torch.inference_mode():
        words = torch.nn.functional.normalize(text(ids).text_embeds, dim=-1)
        seen = torch.nn.functional.normalize(vision(as_input(pictures)).image_embeds, dim=-1)
    middle = torch.nn.functional.normalize(words.reshape(len(things), -1, words.shape[-1]).mean(1), dim=-1)
    places = ranks(seen.numpy(), middle.numpy(), [things.index(one.thing) for one in asked])
    return {"R@1 by the tiny CLIP": Score(float((places < 1).mean()), len(asked))}


def judge_attributes(painter: Painter, gallery: Gallery) -> dict[str, Score]:
    """Is a colour word seen in the foreground, and a background word in the corners."""
    things, styles = [icon.object for icon in painter.words.objects], painter.words.styles
    plain = [thing for thing in things if not thing.startswith("red ")]  # "a blue red apple" asks for two colours
    tinted = [
        Caption(t, styles[i % len(styles)], c) for i, t in enumerate(spread(plain, 12)) for c in painter.words.colours
    ]
    grounds = painter.words.backgrounds
    placed = [Caption(t, styles[i % len(styles)], None, g) for i, t in enumerate(spread(things, 16)) for g in grounds]
    pictures = painter.draw([str(one) for one in (*tinted, *placed)], range(len(tinted) + len(placed)))
    shades = [gallery.colour_of(one) for one in pictures[: len(tinted)]]
    found = [ground(one) for one in pictures[len(tinted) :]]
    hits = [got == one.colour for got, one in zip(shades, tinted, strict=True)]
    placed_right = [got == one.background for got, one in zip(found, placed, strict=True)]
    return {
        "colour": Score(float(np.mean(hits)), len(hits)),
        "background": Score(float(np.mean(placed_right)), len(placed_right)),
    }
