"""What is asked of the arrays at the door of every map."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array, require_matrix


def require_points(name: str, value: Any) -> Array:
    """`value` as a finite (n, d) float64 array of one point or more.

    Raises:
        ShapeError: another rank, no point, no dimension, or a value that is not finite.
    """
    array = np.asarray(value)
    if array.ndim != 2 or not array.size:
        raise ShapeError(f"{name} must be (n, d) with n and d of 1 or more, got {array.shape}", field=name)
    return require_matrix(name, array, array.shape[1])


def require_same_length(name: str, value: Any, length: int) -> Array:
    """`value` as `require_points` has it, with `length` rows.

    Raises:
        ShapeError: as there, or another number of rows.
    """
    points = require_points(name, value)
    if len(points) != length:
        raise ShapeError(f"{name} must have {length} rows, got {len(points)}", field=name)
    return points
