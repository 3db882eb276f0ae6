"""One layout turned onto another, so that points don't jump from epoch to epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array, require_matrix
from pilotage.core.threads import one_blas_thread
from pilotage.labs.latents.maps.shapes import require_points, require_same_length


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A rigid motion; distances stay as they are, and with them all that is measured on a map.

    Attributes:
        centre: (dims,) what goes to `target`.
        rotation: (dims, dims) orthogonal; may mirror.
        target: (dims,).
    """

    centre: Array
    rotation: Array
    target: Array

    def apply(self, layout: Array) -> Array:
        """(n, dims) points, moved."""
        with one_blas_thread():
            moved = (require_matrix("layout", layout, len(self.centre)) - self.centre) @ self.rotation
        return np.asarray(moved + self.target)


def align(layout: Array, reference: Array) -> Alignment:
    """The rigid motion that brings `layout` nearest to `reference`, by the sum of squared distances.

    Args:
        layout: (n, dims).
        reference: (n, dims) of the same points, row by row.

    Raises:
        ShapeError: shapes differ, or a value is not finite.

    Source: Schönemann 1966, Psychometrika 31, 1-10.
    Differs: no scaling, so that a map's distances keep their unit.
    """
    reference = require_points("reference", reference)
    layout = require_matrix("layout", require_same_length("layout", layout, len(reference)), reference.shape[1])
    centre, target = layout.mean(axis=0), reference.mean(axis=0)
    with one_blas_thread():
        left, _, right = np.linalg.svd((layout - centre).T @ (reference - target))
        return Alignment(centre, left @ right, target)
