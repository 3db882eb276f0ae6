"""Shape checks at a room's door: the message names the argument."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ShapeError

Array = NDArray[np.float64]


def require_matrix(name: str, value: Any, columns: int) -> Array:
    """`value` as a finite (n, columns) float64 array.

    Raises:
        ShapeError: another rank, another number of columns, or a value that is not finite.
    """
    array = np.asarray(value, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ShapeError(f"{name} must be (n, {columns}), got {array.shape}", field=name)
    if not np.isfinite(array).all():
        raise ShapeError(f"{name} must be finite", field=name)
    return array


def require_vector(name: str, value: Any, length: int) -> Array:
    """`value` as a finite (length,) float64 array.

    Raises:
        ShapeError: another rank, another length, or a value that is not finite.
    """
    array = np.asarray(value, dtype=np.float64)
    if array.shape != (length,):
        raise ShapeError(f"{name} must be ({length},), got {array.shape}", field=name)
    if not np.isfinite(array).all():
        raise ShapeError(f"{name} must be finite", field=name)
    return array
