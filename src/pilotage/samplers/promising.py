"""The pool of the default: about a centre, towards where the ideal may lie, and beside what was shown before."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import View
from pilotage.samplers.pool import around
from pilotage.spaces.region import unit_directions

TOWARDS_IDEAL, BESIDE_FORMER = 0.42, 0.18  # shares of the pool; the rest lies about its centre
N_FORMER = 16  # places shown before that may be better than they seemed


def promising(view: View, centre: Array, radius: float, n: int, *, rng: np.random.Generator) -> Array:
    """(n, d) places worth scoring: about the centre, towards where the ideal may lie, and by what was shown before.

    Places about a centre fill a ball of many dimensions too thinly to meet the few directions that answers have told
    of; the belief about the ideal knows them. And a favourite that one slip lost is found again beside where it was.
    """
    towards, beside = int(TOWARDS_IDEAL * n), int(BESIDE_FORMER * n)
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
