"""Pools of places to choose from, and what keeps a round free of repeats."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import View, distance_to_nearest
from pilotage.spaces.region import unit_directions

MIN_GAP = 1e-6  # closer than this is the same place


def distinct(u: Array, view: View, *, n: int, rng: np.random.Generator) -> Array:
    """(n, d) the first `n` rows of `u` that lie inside and repeat nothing; drawn afresh where `u` runs out."""
    taken = list(view.shown)
    chosen: list[Array] = []
    queue = list(view.region.clip(u))
    while len(chosen) < n:
        place = queue.pop(0) if queue else view.region.sample(1, rng=rng)[0]
        if np.linalg.norm(np.array(taken) - place, axis=1).min() > MIN_GAP:
            chosen.append(place)
            taken.append(place)
    return np.array(chosen)


def shell(centre: Array, radius: float, n: int, *, rng: np.random.Generator) -> Array:
    """(n, d) steps of about `radius` from `centre`, in opposite pairs of near-orthogonal directions.

    Lengths vary by 15 % so that a line, too, has more than two places to go.
    """
    half = unit_directions(n, len(centre), rng=rng)
    for i in range(1, min(n, len(centre))):  # Gram-Schmidt: no two steps tell the same
        half[i] -= half[:i].T @ (half[:i] @ half[i])
        half[i] /= max(float(np.linalg.norm(half[i])), 1e-12)
    lengths = radius * rng.uniform(0.85, 1.15, size=(n, 1))
    return centre + lengths * half


def around(view: View, centre: Array, radius: float, n: int, *, rng: np.random.Generator) -> Array:
    """(n, d) points of the ball of `radius` about `centre`, clipped to the region, at all scales.

    Half fill the ball evenly; half lie at log-uniform distances down to a hundredth of the radius.
    """
    even = centre + radius * view.region.sobol(n - n // 2, rng=rng)
    scales = radius * 10 ** rng.uniform(-2.0, 0.0, size=(n // 2, 1))
    near = centre + scales * unit_directions(n // 2, len(centre), rng=rng)
    return view.region.clip(np.vstack([even, near]))


def everywhere(view: View, n: int, *, rng: np.random.Generator) -> Array:
    """(about n, d) distinct places not yet shown: half fill the region, half lie about the incumbent at all scales."""
    scales = 10 ** rng.uniform(-2.0, 0.0, size=(n // 2, 1))
    near = view.centre + scales * unit_directions(n // 2, view.region.dim, rng=rng)
    return unseen(view, np.vstack([view.region.sobol(n - n // 2, rng=rng), near]))


def unseen(view: View, places: Array) -> Array:
    """(m, d) those of (n, d) `places`, clipped to the region, that are neither shown yet nor twice the same."""
    inside = np.unique(view.region.clip(places), axis=0)
    return inside[distance_to_nearest(inside, view.shown) > MIN_GAP]
