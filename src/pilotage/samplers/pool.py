"""Pools of places to choose from, and what keeps a round free of repeats."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import View, distance_to_nearest
from pilotage.spaces.region import unit_directions

MIN_GAP = 1e-6  # closer than this is the same place
TOWARDS_IDEAL, BY_FORMER = 0.42, 0.18  # shares of a promising pool; the rest lies about its centre
N_FORMER = 16  # places shown before that may be better than they seemed


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


def promising(view: View, centre: Array, radius: float, n: int, *, rng: np.random.Generator) -> Array:
    """(n, d) places worth scoring: about the centre, towards where the ideal may lie, and by what was shown before.

    Places about a centre fill a ball of many dimensions too thinly to meet the few directions that answers have told
    of; the belief about the ideal knows them. And a favourite that one slip lost is found again beside where it was.
    """
    towards, beside = int(TOWARDS_IDEAL * n), int(BY_FORMER * n)
    return np.vstack([
        around(view, centre, radius, n - towards - beside, rng=rng),
        _towards_ideal(view, centre, radius, towards, rng=rng),
        _beside_former(view, beside, rng=rng),
    ])  # fmt: skip


def _towards_ideal(view: View, centre: Array, radius: float, n: int, *, rng: np.random.Generator) -> Array:
    """(n, d) places on the ways from the centre to `n` draws of the ideal, no farther than `radius`."""
    mean, cov = view.posterior.ideal()
    ideals = rng.multivariate_normal(mean, cov, size=n, method="eigh")
    return view.region.clip(centre + _no_longer(rng.random((n, 1)) * (ideals - centre), radius))


def _beside_former(view: View, n: int, *, rng: np.random.Generator) -> Array:
    """(n, d) places a hundredth to a fifth away from those shown before that may be best."""
    mean, cov = view.posterior.mean_cov(view.shown)
    bound = mean + np.sqrt(np.maximum(np.diag(cov), 0.0))
    former = view.shown[np.argsort(-bound, kind="stable")[:N_FORMER]]
    steps = 10 ** rng.uniform(-2.0, -0.7, size=(n, 1)) * unit_directions(n, view.region.dim, rng=rng)
    return view.region.clip(former[rng.integers(len(former), size=n)] + steps)


def _no_longer(steps: Array, radius: float) -> Array:
    """(n, d) steps, those longer than `radius` cut to it."""
    return steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True) / radius, 1.0)


def everywhere(view: View, n: int, *, rng: np.random.Generator) -> Array:
    """(about n, d) distinct places not yet shown: half fill the region, half lie about the incumbent at all scales."""
    scales = 10 ** rng.uniform(-2.0, 0.0, size=(n // 2, 1))
    near = view.centre + scales * unit_directions(n // 2, view.region.dim, rng=rng)
    return unseen(view, np.vstack([view.region.sobol(n - n // 2, rng=rng), near]))


def unseen(view: View, places: Array) -> Array:
    """(m, d) those of (n, d) `places`, clipped to the region, that are neither shown yet nor twice the same."""
    inside = np.unique(view.region.clip(places), axis=0)
    return inside[distance_to_nearest(inside, view.shown) > MIN_GAP]
