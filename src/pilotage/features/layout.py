"""`layout`: an embedding without weights, of where light, colour and edges are in a picture."""

from __future__ import annotations

import itertools
from typing import Literal

import numpy as np

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features.base import FeatureConfig, Features, luma, unit_pixels

SIDE = 32  # pictures are reduced to this square first
_FREQUENCIES = 8
_COLOUR_FREQUENCIES = 4
_CELLS, _ANGLES = 4, 8


class LayoutConfig(FeatureConfig, frozen=True):
    """Where light, colour and edges are: low frequencies and edge directions on a coarse grid; no weights."""

    kind: Literal["layout"] = "layout"


class Layout(Features):
    """Low frequencies of brightness (8 x 8) and of two colour differences (4 x 4 each), and a 4 x 4 grid of edges.

    It sees composition, colour and shape down to a thirty-second of the side. It does not see meaning: a cat that
    moved across the picture is far from itself, and a cat and a dog in one place are near. Use `clip` for those.

    Source: low-frequency DCT as in perceptual hashes (Zauner 2010); oriented edge histograms on a grid as in HOG
    (Dalal and Triggs 2005). Differs: one block for normalisation, the whole picture, so that faint edges stay faint.
    """

    def __init__(self, config: LayoutConfig | None = None) -> None:
        self.config = config or LayoutConfig()

    @property
    def names(self) -> tuple[str, ...]:
        """64 + 2 x 16 + 128."""
        light = [f"light {i},{j}" for i, j in itertools.product(range(_FREQUENCIES), repeat=2)]
        colour = [f"{name} {i},{j}" for name in ("yellow-blue", "red-green")
                  for i, j in itertools.product(range(_COLOUR_FREQUENCIES), repeat=2)]  # fmt: skip
        edges = [f"edge {i},{j} {180 * a // _ANGLES}°" for i, j in itertools.product(range(_CELLS), repeat=2)
                 for a in range(_ANGLES)]  # fmt: skip
        return (*light, *colour, *edges)

    def describe(self, media: Media) -> Array:
        """(224,) distances in it are about those of the reduced pictures in 0..1, root mean square, and of edges."""
        small = reduced(unit_pixels(media), SIDE)
        grey = luma(small)
        yellow_blue = (small[..., 0] + small[..., 1]) / 2 - small[..., 2]
        return np.concatenate([
            low_frequencies(grey, _FREQUENCIES),
            low_frequencies(yellow_blue, _COLOUR_FREQUENCIES),
            low_frequencies(small[..., 0] - small[..., 1], _COLOUR_FREQUENCIES),
            edge_directions(grey).ravel(),
        ])  # fmt: skip


def reduced(pixels: Array, side: int) -> Array:
    """(side, side, ...) area means of a (height, width, ...) picture of any size; smaller ones are stretched."""
    rows, columns = (_area_weights(length, side) for length in pixels.shape[:2])
    return np.einsum("ah,bw,hw...->ab...", rows, columns, pixels, optimize=True)


def low_frequencies(plane: Array, n: int) -> Array:
    """(n * n,) first orthonormal DCT-II coefficients of a square plane, over its side: the first is its mean."""
    side = len(plane)
    index = np.arange(side)
    cosines = np.cos(np.pi * (index + 0.5) * np.arange(n)[:, None] / side) * np.sqrt(2 / side)
    cosines[0] /= np.sqrt(2)
    return (cosines @ plane @ cosines.T / side).ravel()


def edge_directions(grey: Array) -> Array:
    """(4, 4, 8) mean gradient length by cell and direction, over the root of the cells: flat is all 0.

    Directions are modulo half a turn, each gradient shared between its two nearest.
    """
    down, across = np.gradient(grey)
    angle = (np.arctan2(down, across) % np.pi) * _ANGLES / np.pi
    low = np.floor(angle).astype(int)
    cell = np.arange(len(grey)) * _CELLS // len(grey)
    found = np.zeros((_CELLS, _CELLS, _ANGLES))
    places = np.broadcast_to(cell[:, None], grey.shape), np.broadcast_to(cell[None, :], grey.shape)
    length = np.hypot(down, across)
    np.add.at(found, (*places, low % _ANGLES), length * (1 - (angle - low)))
    np.add.at(found, (*places, (low + 1) % _ANGLES), length * (angle - low))
    return found * _CELLS / grey.size


def _area_weights(length: int, side: int) -> Array:
    """(side, length) rows that sum to 1: how much of each pixel lies in each of `side` equal parts."""
    ends = np.linspace(0, length, side + 1)
    pixel = np.arange(length)
    shared = np.minimum(ends[1:, None], pixel + 1) - np.maximum(ends[:-1, None], pixel)
    return np.clip(shared, 0, None) * side / length
