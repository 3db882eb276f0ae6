"""Numbers as pictures: grids of maps, vectors and kernels, as PNGs whose bytes follow from the numbers."""

from __future__ import annotations

import io
import math

import numpy as np

from pilotage.labs.latents.network.colours import HEAT, Floats, Pixels, ramp, signed

GAP = 1  # pixels between the maps of a grid
CELL = 12  # pixels a number of a vector or a kernel


def png(pixels: Pixels) -> bytes:
    """A PNG of (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) bytes; equal pixels give equal bytes."""
    from PIL import Image  # noqa: PLC0415  (40 ms that a terminal without pictures need not pay)

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)).save(buffer, "PNG")
    return buffer.getvalue()


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
