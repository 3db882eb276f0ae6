"""How dense points lie on a map: of what was encoded, or of what the model's prior draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array, require_matrix, require_vector
from pilotage.labs.latents.maps.grids import Grid

PriorKind = Literal["uniform", "empirical"]
NARROWER = 0.35  # of Scott's rule, which is meant for one hill and blurs a map's clusters into each other
LEAST = 1.0  # cells: a narrower kernel falls between the middles of the cells


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """A probability density on a grid.

    Attributes:
        grid: where.
        values: (ny, nx) probability per unit of area, at the middles of the cells.
        bandwidth: (2,) standard deviation of the kernel along x and y.
        count: how many points it was made of.
    """

    grid: Grid
    values: Array
    bandwidth: Array
    count: int

    def fields(self, prior_kind: PriorKind | None = None, weights: Array | None = None) -> dict[str, object]:
        """The fields that a density artifact has at its top level, `meta.compute_ms` apart.

        Args:
            prior_kind: None for the density of what was encoded.
            weights: (K,) of the prior's components, where the prior has any.
        """
        width, height = self.grid.cell
        meta: dict[str, object] = {
            "subset_n": self.count, "bandwidth": self.bandwidth.tolist(),
            "mass": float(self.values.sum() * width * height),
        }  # fmt: skip
        if weights is not None:
            meta["prior_weights"] = _summary(weights)
        return {
            "source": "posterior" if prior_kind is None else "prior", "prior_kind": prior_kind, **self.grid.fields(),
            "values": self.values.ravel().tolist(),
            "stats": {"min": float(self.values.min()), "max": float(self.values.max())}, "meta": meta,
        }  # fmt: skip


def bandwidth(points: Array, grid: Grid) -> Array:
    """(2,) kernel width along x and y for (n, 2) points; no narrower than a cell of `grid`.

    Source: Scott 1992, Multivariate Density Estimation: n^(-1/6) standard deviations in the plane.
    Differs: a third as wide. Left-out points of PCA maps with ten clusters are likeliest at .2 to .5 of Scott's width,
    those of UMAP maps at less than a cell.
    """
    points = require_matrix("points", points, 2)
    return np.maximum(NARROWER * len(points) ** (-1 / 6) * points.std(axis=0), LEAST * np.array(grid.cell))


def density(points: Array, grid: Grid, kernel: Array, *, weights: Array | None = None) -> Density:
    """The density of points on a grid. Maps are comparable if grid and kernel are the same.

    Args:
        points: (n, 2), n >= 1; those outside of the grid count, too: what lies there is missing from the mass.
        grid: where to read it.
        kernel: (2,) standard deviation along x and y, as `bandwidth` gives it.
        weights: (n,) >= 0, of any sum > 0; equal ones if None. Draws from the components of a prior, weighted by
            the components' weights over their numbers of draws, give the mixture's density.

    Raises:
        ShapeError: an array is of another shape or not finite.
        InvalidInputError: no point, a kernel or a sum of weights that is not positive, or a weight below 0.

    Source: Parzen 1962, Annals of Mathematical Statistics 33, 1065-1076; a Gaussian product kernel.
    """
    points, kernel = require_matrix("points", points, 2), require_vector("kernel", kernel, 2)
    if not len(points) or (kernel <= 0).any():
        raise InvalidInputError("a density needs a point or more and a kernel of a width", field="points")
    given = np.ones(len(points)) if weights is None else require_vector("weights", weights, len(points))
    if (given < 0).any() or given.sum() <= 0:
        raise InvalidInputError("weights must be 0 or more, and not all 0", field="weights")
    values = grid.smooth(points, given / given.sum(), kernel) / (2 * np.pi * kernel[0] * kernel[1])
    return Density(grid, values, kernel, len(points))


def _summary(weights: Array) -> dict[str, object]:
    """How many components, how many of them count, and the largest."""
    shares = np.asarray(weights, dtype=np.float64) / np.sum(weights)
    some = shares[shares > 0]
    return {"components": len(shares), "neff": float(np.exp(-(some * np.log(some)).sum())), "max": float(shares.max())}
