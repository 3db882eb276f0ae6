"""Does a direction between captions steer: smoothly, and on objects that it was not taken from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from training.starter.attributes import COLOURS, SIDE, foreground
from training.starter.captions import Caption
from training.starter.looks import mean_colour
from training.starter.metrics import monotone
from training.starter.painter import Painter
from training.starter.scores import Score, spread

_STEPS = 7  # points along a direction
_ESTIMATED, _TRIED = 12, 6  # objects that a direction is estimated on, and others that it is tried on
Pictures = NDArray[np.uint8]
__all__ = ["judge_smoothness"]


def _shade(one: str, other: str) -> Callable[[Pictures], float]:
    """How far the foreground is from one colour towards the other."""
    way = np.subtract(COLOURS[other], COLOURS[one], dtype=np.float32)
    return lambda picture: float(mean_colour(picture) @ way)


def _darkness(picture: Pictures) -> float:
    return -float(picture[[0, 0, -1, -1], [0, -1, 0, -1]].mean())


def _smallness(picture: Pictures) -> float:
    return -float(foreground(picture).mean())


_DIRECTIONS: Mapping[str, tuple[Caption, Caption, Callable[[Pictures], float]]] = {
    "red to blue": (Caption("", colour="red"), Caption("", colour="blue"), _shade("red", "blue")),
    "green to purple": (Caption("", colour="green"), Caption("", colour="purple"), _shade("green", "purple")),
    "yellow to brown": (Caption("", colour="yellow"), Caption("", colour="brown"), _shade("yellow", "brown")),
    "white to black ground": (Caption("", background="white"), Caption("", background="black"), _darkness),
    "large to small": (Caption(""), Caption("", small=True), _smallness),
}


def judge_smoothness(painter: Painter) -> dict[str, Score]:
    """Spearman's correlation along directions averaged over some objects, on others; the worst of five decides."""
    things = [icon.object for icon in painter.words.objects if not icon.object.startswith("red ")]
    tried = spread(things[1::2], _TRIED)
    estimated = spread([thing for thing in things[::2] if thing not in tried], _ESTIMATED)
    found = {}
    for name, (start, end, measure) in _DIRECTIONS.items():
        ends = [painter.embed([str(_about(one, thing)) for thing in estimated]) for one in (start, end)]
        direction = (ends[1] - ends[0]).mean(0)
        origin = painter.embed([str(_about(start, thing)) for thing in tried])
        steps = torch.linspace(0, 1, _STEPS)
        points = origin[:, None] + steps[:, None, None] * direction
        seeds = [seed for seed in range(len(tried)) for _ in steps]
        pictures = painter.draw(points.flatten(0, 1), seeds).reshape(len(tried), _STEPS, SIDE, SIDE, 3)
        found[name] = float(np.mean([monotone([measure(one) for one in row]) for row in pictures]))
    scores = {f"smoothness {name}": Score(value, len(tried)) for name, value in found.items()}
    return {"smoothness": Score(min(found.values()), len(tried) * len(found)), **scores}


def _about(caption: Caption, thing: str) -> Caption:
    return Caption(thing, None, caption.colour, caption.background, caption.small)
