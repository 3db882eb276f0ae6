"""Laplace's Gaussian about the most probable utilities, whoever found them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array
from pilotage.preferences.beliefs import Belief

Kernel = Callable[[Array, Array], Array]  # (n, d) and (m, d) places to the (n, m) prior covariance of utility

N_DRAWS = 512  # of the best place
LEAST_SPREAD = 1e-3  # sd of where the ideal lies, per coordinate, even where one place is surely the best


@dataclass(frozen=True, slots=True)
class LaplaceBelief(Belief):
    """A Gaussian process whose utilities at judged places have been found; the prior mean is 0.

    At the most probable utilities the prior's pull balances the answers', so that the mean anywhere is a sum of
    covariances with the judged places, weighted by the slope of the log-likelihood there.

    Attributes:
        kernel: of the prior.
        places: (m, d) judged.
        shares: (n_judgements, m) each judgement's slope of the log-likelihood, in the utility of each place.
        removed: (m, m) `W (I + K W)^-1`, W the curvature of the log-likelihood: what knowledge takes of the variance.
        pool: (p, d) where the best place is looked for.
        sharpness: of the prior: twice the sd of utility.
    """

    kernel: Kernel
    places: Array
    shares: Array
    removed: Array
    pool: Array
    sharpness: float

    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """Source: Rasmussen and Williams 2006, equations 3.21 and 3.24."""
        cross = self.kernel(self.places, u)
        return self.shares.sum(axis=0) @ cross, self.kernel(u, u) - cross.T @ self.removed @ cross

    def explain(self, u: Array) -> Array:
        """Exact, as the mean is."""
        return self.shares @ self.kernel(self.places, u)

    def ideal(self) -> tuple[Array, Array]:
        """Of the best of the pool, over fixed draws: there is no formula for it."""
        mean, cov = self.mean_cov(self.pool)
        values, vectors = np.linalg.eigh(0.5 * (cov + cov.T))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        draws = mean + np.random.default_rng(0).standard_normal((N_DRAWS, len(mean))) @ root.T
        best = self.pool[draws.argmax(axis=1)]
        return best.mean(axis=0), np.cov(best.T).reshape(best.shape[1], -1) + LEAST_SPREAD**2 * np.eye(best.shape[1])


def removed(covariance: Array, curvature: Array) -> Array:
    """(m, m) `W (I + K W)^-1` of the prior covariance K and the curvature W, which may be singular."""
    found = np.linalg.solve(np.eye(len(covariance)) + curvature @ covariance, curvature)
    return np.asarray(0.5 * (found + found.T))
