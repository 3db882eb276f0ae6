"""Directions of a line or a plane: orthonormal, and always turned the same way."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array

FLAT = 1e-6  # unit coordinates: farther than this from a sheet is not on it


def upright(basis: Array) -> Array:
    """(k, d) the same directions turned: first the axis that leads most within them, then up, by its main axis.

    The basis of a span, whatever vectors it was given by.
    """
    within = basis.T @ basis
    right = within[int(np.round(np.diag(within), 9).argmax())]
    right = right / np.linalg.norm(right)
    if len(basis) == 1:
        return right[None]
    rest = within - np.outer(right, right)
    up = rest[int(np.round(np.diag(rest), 9).argmax())]
    return np.array([right, up / np.linalg.norm(up)])


def orthonormal(steps: Array, k: int) -> Array | None:
    """(k, d) Gram-Schmidt of the first k independent rows of (n, d) `steps`; None if there are fewer."""
    basis: list[Array] = []
    for step in steps:
        rest = step - sum((direction * (direction @ step) for direction in basis), np.zeros(steps.shape[1]))
        length = float(np.linalg.norm(rest))
        if len(basis) < k and length > max(FLAT, 1e-3 * float(np.linalg.norm(step))):
            basis.append(rest / length)
    return np.array(basis) if len(basis) == k else None
