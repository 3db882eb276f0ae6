"""How much of what tells pictures apart is drawn again."""

from __future__ import annotations

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.models.latents.examples import Pictures


def explained(pictures: Pictures, drawn: Pictures, middle: Array) -> float:
    """The share of the pictures' variance around a mean picture that their reconstructions explain.

    1 if they are the pictures, 0 if they are as far from them as the mean picture is, below 0 if they are farther; 1
    where nothing varies.

    Args:
        pictures: (n, H, W, C).
        drawn: (n, H, W, C) their reconstructions.
        middle: (H, W, C) the mean of these and more pictures.

    Raises:
        ShapeError: shapes differ.
    """
    if pictures.shape != drawn.shape or pictures.shape[1:] != middle.shape:
        raise ShapeError(f"{pictures.shape} pictures, {drawn.shape} drawn, {middle.shape} the mean", field="drawn")
    whole = float(((pictures - middle) ** 2).sum())
    left = float(((pictures.astype(float) - drawn) ** 2).sum())
    return 1 - left / whole if whole else 1.0
