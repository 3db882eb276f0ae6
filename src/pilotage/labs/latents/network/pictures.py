"""Numbers as pictures: maps, grids of maps, vectors, kernels and heat, as PNGs whose bytes follow from the numbers."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Pixels = NDArray[np.uint8]

HEAT = np.array([[14, 12, 42], [88, 28, 120], [190, 54, 98], [244, 128, 52], [252, 236, 164]], np.float64)
SIGNED = np.array([[38, 88, 168], [140, 178, 216], [244, 244, 244], [236, 164, 120], [182, 62, 24]], np.float64)
GAP = 1  # pixels between the maps of a grid
CELL = 12  # pixels a number of a vector or a kernel


def png(pixels: Pixels) -> bytes:
    """A PNG of (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) bytes; equal pixels give equal bytes."""
    from PIL import Image  # noqa: PLC0415  (40 ms that a terminal without pictures need not pay)

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)).save(buffer, "PNG")
    return buffer.getvalue()


def ramp(values: Floats, colours: Floats, low: float, high: float) -> Pixels:
    """(...,) numbers to (..., 3) colours of a ramp from `low` to `high`; the middle of it where both are equal."""
    share = np.clip((values - low) / (high - low), 0, 1) if high > low else np.full(values.shape, 0.5)
    place = share * (len(colours) - 1)
    channels = [np.interp(place, np.arange(len(colours)), colours[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def signed(values: Floats) -> Pixels:
    """(...,) numbers to (..., 3) colours: blue below zero, red above, zero in the middle."""
    bound = float(np.abs(values).max(initial=0)) or 1.0
    return ramp(values, SIGNED, -bound, bound)


def grey(values: Floats) -> Pixels:
    """(h, w) numbers to bytes: the least is black, the greatest white, all equal are black."""
    low, high = float(values.min()), float(values.max())
    return np.rint((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8)


def grid(maps: Floats) -> Pixels:
    """(n, h, w) maps side by side, nearly square, on one scale so that they can be compared; (H, W, 3)."""
    colours = ramp(maps, HEAT, float(maps.min()), float(maps.max()))
    return tiled(colours)


def tiled(pictures: Pixels) -> Pixels:
    """(n, h, w, c) pictures side by side, row by row, nearly square, `GAP` white pixels apart; (H, W, c)."""
    count, height, width, channels = pictures.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 255, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // columns * (height + GAP), place % columns * (width + GAP)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def cells(values: Floats) -> Pixels:
    """(h, w) signed numbers as cells of `CELL` pixels a side; (h * CELL, w * CELL, 3)."""
    return signed(values).repeat(CELL, axis=0).repeat(CELL, axis=1)


def vector(values: Floats) -> Pixels:
    """(n,) signed numbers as cells, row by row, nearly square; what is left of the last row is white."""
    columns = math.ceil(math.sqrt(len(values)))
    rows = math.ceil(len(values) / columns)
    sheet = np.full((rows * columns, 3), 255, np.uint8)
    sheet[: len(values)] = signed(values)
    return sheet.reshape(rows, columns, 3).repeat(CELL, axis=0).repeat(CELL, axis=1)


def heat(values: Floats, height: int, width: int) -> Pixels:
    """An (h, w) map stretched over a picture, cell by cell: (height, width, 4), clear where the map is least."""
    low, high = float(values.min()), float(values.max())
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    stretched = values[np.ix_(rows, columns)]
    alpha = np.rint((stretched - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return np.dstack([ramp(stretched, HEAT, low, high), alpha])


def overlay(picture: Pixels, over: Pixels) -> Pixels:
    """An (h, w, 4) heat on an (h, w, 1 or 3) picture at seven tenths of its strength; (h, w, 3)."""
    under = np.broadcast_to(picture, (*picture.shape[:2], 3)).astype(np.float64)
    share = over[..., 3:] / 255 * 0.7
    return np.rint(under * (1 - share) + over[..., :3] * share).astype(np.uint8)
