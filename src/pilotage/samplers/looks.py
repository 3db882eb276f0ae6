"""What an archive tells kinds apart by: how pictures look, or, without pictures, where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import View
from pilotage.samplers.cells import lloyd
from pilotage.spaces import Region

N_PLACES = 1024  # fixed places of the region that stand for all of it
RIDGE = 1e-3


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


@cache
def _fixed_places(region: Region) -> Array:
    return region.sobol(N_PLACES, rng=np.random.default_rng(0))
