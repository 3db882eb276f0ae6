"""An archive: what was shown, sorted into cells of how it looks or where it lies, and the best of each cell.

Source: MAP-Elites, Mouret and Clune 2015 (arXiv 1504.04909); CVT-MAP-Elites, Vassiliades et al. 2018
(arXiv 1610.05729); novelty, Lehman and Stanley 2011. Tested against the package `ribs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array

LLOYD_STEPS = 8
NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Archive:
    """What was shown, by cell.

    Attributes:
        centroids: (k, p) middles of the cells, in the space of behaviours.
        behaviours: (m, p) what was shown looks like, or where it lies.
        values: (m,) how much each is liked.
    """

    centroids: Array
    behaviours: Array
    values: Array

    def cells_of(self, behaviours: Array) -> Array:
        """(n,) index of the cell of each of (n, p)."""
        return nearest(behaviours, self.centroids)

    @property
    def elites(self) -> dict[int, int]:
        """Occupied cell -> index of the best of what was shown there."""
        best: dict[int, int] = {}
        for index, cell in enumerate(self.cells_of(self.behaviours).tolist()):
            if cell not in best or self.values[index] > self.values[best[cell]]:
                best[cell] = index
        return best

    @property
    def peaks(self) -> list[int]:
        """Elites that are better than the elites nearest to them, best first."""
        elites = np.array(list(self.elites.values()))
        away = np.linalg.norm(self.behaviours[elites][:, None] - self.behaviours[elites][None], axis=2)
        around = self.values[elites][np.argsort(away, axis=1, kind="stable")[:, : NEIGHBOURS + 1]]  # itself first
        tops = elites[around.argmax(axis=1) == 0]
        return [int(index) for index in tops[np.argsort(-self.values[tops], kind="stable")]]

    @property
    def coverage(self) -> float:
        """Share of the cells that hold something."""
        return len(self.elites) / len(self.centroids)

    @property
    def qd_score(self) -> float:
        """Sum over the elites of their value above the worst that was shown."""
        return float(sum(self.values[index] - self.values.min() for index in self.elites.values()))

    def novelty(self, behaviours: Array, *, k: int = 3) -> Array:
        """(n,) mean distance of each of (n, p) to its `k` nearest among what was shown."""
        away = np.linalg.norm(behaviours[:, None] - self.behaviours[None], axis=2)
        return np.sort(away, axis=1)[:, :k].mean(axis=1)


def lloyd(points: Array, k: int) -> Array:
    """(k, p) cluster means of (n, p) points, from their first k; a cell that loses all its points stays.

    Source: Lloyd 1982.
    """
    means = points[:k].copy()
    for _ in range(LLOYD_STEPS):
        cell = nearest(points, means)
        for index in np.unique(cell):
            means[index] = points[cell == index].mean(axis=0)
    return means


def nearest(points: Array, means: Array) -> Array:
    """(n,) index of the nearest of (k, p) `means` to each of (n, p)."""
    return ((means**2).sum(axis=1) - 2.0 * points @ means.T).argmin(axis=1)
