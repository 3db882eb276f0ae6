"""Whole stages against what all others say: how probable each choice was, and what one Gaussian makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtri

from pilotage.core.shapes import Array

N_NODES = 256
FLOOR = 1e-8  # share of its precision that a cavity keeps, at least


@dataclass(frozen=True, slots=True)
class Cavities:
    """Gaussians N(mean, covariance) of the leads of contests of one size, the contests themselves left out.

    Attributes:
        mean: (n, size).
        covariance: (n, size, size).
        log_share: (n,) natural log of the integral of each cavity times the contest's stand-in
            `exp(pull s - s' precision s / 2)`.
    """

    mean: Array
    covariance: Array
    log_share: Array

    def log_p(self) -> Array:
        """(n, N_NODES) log-probability of each choice at equally likely leads."""
        root = np.linalg.cholesky(self.covariance + _ridge(self.covariance))
        behind = -(self.mean[:, :, None] + root @ nodes(self.mean.shape[1]).T)
        most = np.maximum(behind.max(axis=1), 0.0)
        return np.asarray(-(most + np.log(np.exp(-most) + np.exp(behind - most[:, None, :]).sum(axis=1))))


def log_mean(logs: Array) -> Array:
    """(n,) natural logs of the means of (n, m) numbers that are given by theirs."""
    top = logs.max(axis=1)
    return np.asarray(top + np.log(np.exp(logs - top[:, None]).mean(axis=1)))


def cavities(mean: Array, covariance: Array, precision: Array, pull: Array) -> Cavities:
    """What remains of N(mean, covariance), each (n, size, …), when the stand-ins are divided out.

    Written with a root of the covariance, which leads that depend on each other (ties) make singular.
    """
    root = np.linalg.cholesky(covariance + _ridge(covariance))
    slope = (precision @ mean[:, :, None])[:, :, 0] - pull
    values, vectors = np.linalg.eigh(np.eye(mean.shape[1]) - root.transpose(0, 2, 1) @ precision @ root)
    values = np.maximum(values, FLOOR)
    wider = (root @ vectors) / np.sqrt(values)[:, None, :]
    along = (slope[:, None, :] @ wider)[:, 0]
    log_mean = 0.5 * ((slope - pull) * mean + along**2 - np.log(values)).sum(axis=1)
    rest = wider @ wider.transpose(0, 2, 1)
    return Cavities(mean + (wider @ along[:, :, None])[:, :, 0], rest, -log_mean)


def _ridge(covariance: Array) -> Array:
    """(n, size, size) what keeps Cholesky from failing on (n, size, size) covariances."""
    return 1e-9 * (1e-9 + np.trace(covariance, axis1=1, axis2=2))[:, None, None] * np.eye(covariance.shape[1])


@cache
def nodes(dim: int) -> Array:
    """(N_NODES, dim) fixed normals: opposite pairs, so odd moments vanish; in few dimensions second ones are exact."""
    from scipy.stats import qmc  # noqa: PLC0415  (half a second that a door need not pay)

    cube = qmc.Sobol(dim, rng=np.random.default_rng(0)).random_base2(int(np.log2(N_NODES // 2)))
    half = ndtri(np.clip(cube, 1e-9, 1 - 1e-9))
    if dim <= N_NODES // 4:
        root = np.linalg.cholesky(half.T @ half / len(half))
        half = np.linalg.solve(root, half.T).T
    return np.vstack([half, -half])
