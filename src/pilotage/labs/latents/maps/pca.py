"""Principal components: the plane or space in which points vary most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array, require_matrix
from pilotage.core.threads import one_blas_thread
from pilotage.labs.latents.maps.shapes import require_points


@dataclass(frozen=True, slots=True, eq=False)
class Pca:
    """A projection that can be applied to further points.

    Attributes:
        mean: (d,) of the points that it was made of.
        axes: (dims, d) orthonormal rows, by falling variance; rows of zeros beyond d.
        shares: (dims,) each axis's share of the whole variance; zeros if nothing varies.
    """

    mean: Array
    axes: Array
    shares: Array

    def transform(self, z: Array) -> Array:
        """(n, dims) coordinates of (n, d) points.

        Raises:
            ShapeError: another number of columns, or a value that is not finite.
        """
        with one_blas_thread():
            return np.asarray((require_matrix("z", z, len(self.mean)) - self.mean) @ self.axes.T)

    def arrays(self) -> dict[str, Array]:
        """All of it, by name: `Pca(**arrays)` is the same again."""
        return {"mean": self.mean, "axes": self.axes, "shares": self.shares}


def pca(z: Array, dims: int) -> Pca:
    """The first `dims` principal axes of (n, d) points; the largest entry of each axis is positive.

    Raises:
        ShapeError: `z` is not (n, d) or not finite.

    Source: Pearson 1901, Philosophical Magazine 2(11), 559-572; by the eigenvectors of the covariance.
    """
    z = require_points("z", z)
    mean, wide = z.mean(axis=0), max(dims, z.shape[1])
    with one_blas_thread():
        away = z - mean
        variances, vectors = np.linalg.eigh(away.T @ away / max(len(z) - 1, 1))
    axes, shares = np.zeros((wide, z.shape[1])), np.zeros(wide)
    axes[: z.shape[1]] = vectors.T[::-1]
    signs = np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], 1))
    total = float(variances.sum())
    if total > 0:
        shares[: z.shape[1]] = variances[::-1].clip(min=0) / total
    return Pca(mean, (axes * signs)[:dims], shares[:dims])
