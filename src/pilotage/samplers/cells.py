"""An archive: what was shown, sorted into cells of how it looks or where it lies, and the best of each cell.

Source: MAP-Elites, Mouret and Clune 2015 (arXiv 1504.04909); CVT-MAP-Elites, Vassiliades et al. 2018
(arXiv 1610.05729); novelty, Lehman and Stanley 2011. Tested against the package `ribs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import View
from pilotage.spaces import Region

N_PLACES = 1024  # fixed places of the region that stand for all of it
RIDGE = 1e-3
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


@dataclass(frozen=True, slots=True)
class Looks:
    """From places to behaviours: the identity, or a straight-line fit of how pictures look.

    Attributes:
        weights: (d + 1, p) of the fit on (1, u); None for the identity.
    """

    weights: Array | None = None

    @classmethod
    def fit(cls, u: Array, descriptors: Array) -> Looks:
        """Ridge regression of (m, p) on (m, d), the mean left free."""
        design = np.hstack([np.ones((len(u), 1)), u])
        penalty = np.diag([0.0, *np.full(u.shape[1], RIDGE * len(u))])
        return cls(np.linalg.solve(design.T @ design + penalty, design.T @ descriptors))

    def __call__(self, u: Array) -> Array:
        """(n, p) the behaviours to expect at (n, d)."""
        return u if self.weights is None else self.weights[0] + u @ self.weights[1:]


def shown_once(view: View) -> tuple[Array, Array, Looks]:
    """(m, d) places and (m, p) behaviours of what was shown, each sample once, and how to foretell behaviours.

    Behaviours are what pictures look like where the view describes every sample; else they are the places.
    """
    items = {item.sample: item.u for judgement in view.history for item in judgement.items}
    places = np.array(list(items.values()), dtype=np.float64).reshape(-1, view.region.dim)
    if not items or not items.keys() <= view.descriptors.keys():
        return places, places, Looks()
    looks = np.array([view.descriptors[sample] for sample in items], dtype=np.float64)
    return places, looks, Looks.fit(places, looks)


def centroids(region: Region, k: int, looks: Looks) -> Array:
    """(k, p) a centroidal Voronoi tessellation of the behaviours that the region is expected to have."""
    return lloyd(looks(_fixed_places(region)), k)


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


@cache
def _fixed_places(region: Region) -> Array:
    return region.sobol(N_PLACES, rng=np.random.default_rng(0))
