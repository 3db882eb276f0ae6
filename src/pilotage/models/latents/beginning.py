"""Gaussians fitted to latents: where a pretrained mixture VAE begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pilotage.core.threads import one_blas_thread

Floats = NDArray[np.float64]
ROUNDS, TRIES = 100, 5
_SETTLED = 1e-4  # nats a point that a round must gain
_FLOOR = 1e-3  # of a variance, as a share of the data's mean variance: no Gaussian shrinks onto one point


def fit_gaussians(z: NDArray[np.floating], components: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Means and variances of a mixture of Gaussians, the likeliest of five tries from k-means++ starts.

    While they are fitted, the Gaussians share one covariance: an encoder that was only taught to reconstruct spends
    its longest directions on what all classes share (slant, stroke), and those then count the least.

    Args:
        z: (N, d), N >= components.
        components: how many, K.
        rng: of the starts.

    Returns:
        (K, d) means and (K, d) variances, each Gaussian's own.

    Source: Dempster, Laird and Rubin 1977, JRSS B 39, 1-38; starts by Arthur and Vassilvitskii 2007.
    """
    points = np.asarray(z, dtype=np.float64)
    floor = _FLOOR * points.var(axis=0).mean() + 1e-9
    with one_blas_thread():
        tries = [_maximised(points, _starts(points, components, rng), floor) for _ in range(TRIES)]
    _, means, shares = max(tries, key=lambda found: found[0])
    spread = (shares.T @ points**2) / _counts(shares) - means**2
    return means, np.maximum(spread, floor)


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
    """Expectation-maximisation until the likelihood rests; its mean a point, (K, d) means and (N, K) shares."""
    ridge = floor * np.eye(z.shape[1])
    second, covariance = z.T @ z / len(z), np.diag(z.var(axis=0)) + ridge
    weights = np.full(len(means), 1 / len(means))
    before = -np.inf
    for _ in range(ROUNDS):
        joint = _log_density(z, means, covariance) + np.log(weights)  # (N, K)
        top = joint.max(1, keepdims=True)
        shares = np.exp(joint - top)
        sums = shares.sum(1, keepdims=True)
        likelihood = float((top + np.log(sums)).mean())
        shares /= sums
        counts = _counts(shares)
        weights, means = counts[:, 0] / counts.sum(), (shares.T @ z) / counts
        covariance = second - (means.T * weights) @ means + ridge
        if likelihood - before < _SETTLED:
            break
        before = likelihood
    return likelihood, means, shares


def _counts(shares: Floats) -> Floats:
    """(K, 1) points that each Gaussian has; never quite none."""
    return shares.sum(0)[:, None] + 1e-9


def _log_density(z: Floats, means: Floats, covariance: Floats) -> Floats:
    """(N, K) log densities under one covariance."""
    root = np.linalg.cholesky(covariance)
    points, centres = np.linalg.solve(root, z.T).T, np.linalg.solve(root, means.T).T
    distance = np.square(points).sum(1)[:, None] - 2 * points @ centres.T + np.square(centres).sum(1)
    return -0.5 * (distance + z.shape[1] * np.log(2 * np.pi)) - np.log(np.diag(root)).sum()
