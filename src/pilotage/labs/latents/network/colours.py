"""Numbers as colours: heat for what only grows, blue and red for what has a sign."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Pixels = NDArray[np.uint8]

HEAT = np.array([[14, 12, 42], [88, 28, 120], [190, 54, 98], [244, 128, 52], [252, 236, 164]], np.float64)
SIGNED = np.array([[38, 88, 168], [140, 178, 216], [244, 244, 244], [236, 164, 120], [182, 62, 24]], np.float64)
_STRENGTH = 0.7  # of the heat over a picture, at most


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


def heat(values: Floats, height: int, width: int) -> Pixels:
    """An (h, w) map stretched over a picture, cell by cell: (height, width, 4), clear where the map is least."""
    low, high = float(values.min()), float(values.max())
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    stretched = values[np.ix_(rows, columns)]
    alpha = np.rint((stretched - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return np.dstack([ramp(stretched, HEAT, low, high), alpha])


def overlay(picture: Pixels, over: Pixels) -> Pixels:
    """An (h, w, 4) heat on an (h, w, 1 or 3) picture the picture shining through; (h, w, 3)."""
    under = np.broadcast_to(picture, (*picture.shape[:2], 3)).astype(np.float64)
    share = over[..., 3:] / 255 * _STRENGTH
    return np.rint(under * (1 - share) + over[..., :3] * share).astype(np.uint8)
