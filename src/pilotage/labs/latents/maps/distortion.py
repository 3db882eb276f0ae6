"""Where a map stretches what lies close together, and where it squeezes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array, require_matrix
from pilotage.labs.latents.maps.grids import Grid
from pilotage.labs.latents.maps.neighbours import Neighbours
from pilotage.labs.latents.maps.shapes import require_same_length

METRIC = "knn_mean_ratio"
NEAR = 0.5  # of a kernel's peak: where less than that reaches a cell, no point is near and nothing is said


@dataclass(frozen=True, slots=True, eq=False)
class Distortion:
    """Ratios of distances on a map to distances in latent space, at the points and on a grid.

    Attributes:
        grid: where.
        k: neighbours of each point.
        ratios: (n,) mean distance on the map over mean latent distance, of the same neighbours; NaN where all
            neighbours coincide in latent space.
        values: (ny, nx) mean ratio near each cell; NaN where no point is near.
    """

    grid: Grid
    k: int
    ratios: Array
    values: Array

    def fields(self) -> dict[str, object]:
        """The fields that the artifact has at its top level, `meta.compute_ms` apart; what is unknown is None.

        `stats` are of the cells that say something, None where none does.
        """
        known = self.values[np.isfinite(self.values)]
        stats = {name: float(of(known)) if known.size else None
                 for name, of in (("min", np.min), ("max", np.max), ("median", np.median))}  # fmt: skip
        return {
            "metric": METRIC, "k": self.k, **self.grid.fields(), "values": _with_gaps(self.values.ravel()),
            "stats": stats, "ratios": _with_gaps(self.ratios), "meta": {"subset_n": len(self.ratios)},
        }  # fmt: skip


def distances_on(layout: Array, latent: Neighbours) -> Array:
    """(n, k) distances on a map of each point to its neighbours in latent space, in the order of those.

    Args:
        layout: (n, dims): the formula is that of its dimension.
        latent: of the same n points.

    Raises:
        ShapeError: another number of points, or a value that is not finite.
    """
    layout = require_same_length("layout", layout, len(latent.ids))
    return np.asarray(np.linalg.norm(layout[:, None] - layout[latent.ids], axis=2))


def distortion(layout: Array, latent: Neighbours, grid: Grid, kernel: Array) -> Distortion:
    """The ratio `mean(d_proj(i, nn_j)) / mean(d_latent(i, nn_j))` of each point, and its mean near each cell.

    Args:
        layout: (n, 2).
        latent: neighbours in latent space of the same points.
        grid: where to read it.
        kernel: (2,) standard deviation along x and y of what counts as near.

    Raises:
        ShapeError: shapes differ, or a value is not finite.
    """
    layout = require_matrix("layout", layout, 2)
    apart, there = distances_on(layout, latent).mean(axis=1), latent.distances.mean(axis=1)
    ratios = np.divide(apart, there, out=np.full(len(there), np.nan), where=there > 0)
    known = np.isfinite(ratios)
    reach = grid.smooth(layout[known], np.ones(known.sum()), kernel)
    sums = grid.smooth(layout[known], ratios[known], kernel)
    values = np.divide(sums, reach, out=np.full(reach.shape, np.nan), where=reach >= NEAR)
    return Distortion(grid, latent.k, ratios, values)


def _with_gaps(values: Array) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]
