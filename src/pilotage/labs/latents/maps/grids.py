"""A grid over a map, and Gaussian kernels on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array, require_matrix
from pilotage.core.threads import one_blas_thread

CELLS = 64  # a side
MARGIN = 0.1  # of the points' extent, on each side: room for the tails
BLOCK = 8192  # points a matrix product


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of one size over a rectangle of a map.

    Attributes:
        x_min, x_max, y_min, y_max: the rectangle, edges of the outer cells.
        nx, ny: columns and rows.
    """

    x_min: float
    x_max: float
    y_min: float
    y_max: float
    nx: int = CELLS
    ny: int = CELLS

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell."""
        return (self.x_max - self.x_min) / self.nx, (self.y_max - self.y_min) / self.ny

    def fields(self) -> dict[str, object]:
        """`grid` and `bounds` as artifacts have them; rows of values run from `y_min` up, columns from `x_min`."""
        return {
            "grid": {"nx": self.nx, "ny": self.ny},
            "bounds": {"x_min": self.x_min, "x_max": self.x_max, "y_min": self.y_min, "y_max": self.y_max},
        }

    def smooth(self, points: Array, amounts: Array, bandwidth: Array) -> Array:
        """Amounts spread by a Gaussian about each point, read at the middles of the cells.

        Args:
            points: (n, 2).
            amounts: (n,) what stands at the peak of each Gaussian.
            bandwidth: (2,) standard deviation along x and y, > 0.

        Returns:
            (ny, nx) sums over the points. A Gaussian is a product of one along x and one along y, so that the whole
            grid is one matrix product.
        """
        points, values = require_matrix("points", points, 2), np.zeros((self.ny, self.nx))
        width, height = self.cell
        across = self.x_min + width * (np.arange(self.nx) + 0.5)
        along = self.y_min + height * (np.arange(self.ny) + 0.5)
        with one_blas_thread():
            for start in range(0, len(points), BLOCK):
                rows = slice(start, start + BLOCK)
                x = np.exp(-0.5 * ((points[rows, :1] - across) / bandwidth[0]) ** 2)
                y = np.exp(-0.5 * ((points[rows, 1:] - along) / bandwidth[1]) ** 2)
                values += y.T @ (x * amounts[rows, None])
        return values


def grid_over(points: Array, *, cells: int = CELLS) -> Grid:
    """The grid of `cells` a side over (n, 2) points and a margin; where they don't spread it is 1 wide."""
    points = require_matrix("points", points, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, MARGIN * (high - low), 0.5)
    (x_min, y_min), (x_max, y_max) = (low - room).tolist(), (high + room).tolist()
    return Grid(x_min, x_max, y_min, y_max, cells, cells)
