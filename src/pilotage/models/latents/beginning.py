"""Gaussians fitted to latents: where a pretrained mixture VAE begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS, RESTARTS = 100, 5
_FLOOR = 1e-3  # of a variance, as a share of the data's mean variance: no Gaussian shrinks onto one point


def fit_gaussians(z: NDArray[np.floating], components: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Means and variances of a mixture of diagonal Gaussians, the likeliest of five tries from k-means++ starts.

    Args:
        z: (N, d), N >= components.
        components: how many, K.
        rng: of the starts.

    Returns:
        (K, d) means and (K, d) variances.

    Source: Dempster, Laird and Rubin 1977, JRSS B 39, 1-38; starts by Arthur and Vassilvitskii 2007.
    """
    points = np.asarray(z, dtype=np.float64)
    floor = _FLOOR * points.var(axis=0).mean() + 1e-9
    tries = [_maximised(points, _starts(points, components, rng), floor) for _ in range(RESTARTS)]
    _, means, variances = max(tries, key=lambda found: found[0])
    return means, variances


def _starts(z: Floats, components: int, rng: np.random.Generator) -> Floats:
    """(K, d) points far from each other: each is drawn by its squared distance from those before."""
    chosen = [z[rng.integers(len(z))]]
    nearest = np.full(len(z), np.inf)
    while len(chosen) < components:
        nearest = np.minimum(nearest, np.square(z - chosen[-1]).sum(1))
        total = nearest.sum()
        chosen.append(z[rng.choice(len(z), p=nearest / total if total > 0 else None)])
    return np.stack(chosen)


def _maximised(z: Floats, means: Floats, floor: float) -> tuple[float, Floats, Floats]:
    """Expectation-maximisation until the likelihood rests; its mean a point, and the Gaussians."""
    variances = np.tile(z.var(axis=0) + floor, (len(means), 1))
    weights = np.full(len(means), 1 / len(means))
    before = -np.inf
    for _ in range(ROUNDS):
        joint = _log_density(z, means, variances) + np.log(weights)  # (N, K)
        top = joint.max(1, keepdims=True)
        shares = np.exp(joint - top)
        sums = shares.sum(1, keepdims=True)
        likelihood = float((top + np.log(sums)).mean())
        shares /= sums
        counts = shares.sum(0) + 1e-9
        weights, means = counts / counts.sum(), (shares.T @ z) / counts[:, None]
        variances = np.maximum((shares.T @ z**2) / counts[:, None] - means**2, floor)
        if likelihood - before < 1e-4:
            break
        before = likelihood
    return likelihood, means, variances


def _log_density(z: Floats, means: Floats, variances: Floats) -> Floats:
    """(N, K) log densities."""
    precision = 1 / variances
    distance = z**2 @ precision.T - 2 * z @ (precision * means).T + (precision * means**2).sum(1)
    return -0.5 * (distance + np.log(2 * np.pi * variances).sum(1))
