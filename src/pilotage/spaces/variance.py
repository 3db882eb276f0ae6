"""Variance shares: how much of what pictures differ in comes from the place z, and how much from the seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array


@dataclass(frozen=True, slots=True)
class VarianceShares:
    """Shares of the variance, summing to 1 (all 0 where every picture is the same).

    Attributes:
        z: what the place decides, whatever the seed.
        seed: what the seed decides, whatever the place.
        both: what only the two together decide.
        interval: (low, high) 95 % interval of `z`, over other places and other seeds.
    """

    z: float
    seed: float
    both: float
    interval: tuple[float, float]


def variance_shares(features: Array) -> VarianceShares:
    """Shares of the variance of (a, b, p) features of pictures at a places with each of b seeds.

    Source: variance components of the two-way random-effects layout without replication (Searle, Casella,
    McCulloch 1992), traces over p features, negative estimates set to 0; the interval by the jackknife over places
    and over seeds, their variances added (as for two-way data in Owen 2007).

    Raises:
        ShapeError: fewer than 3 places or 3 seeds, or a value that is not finite.
    """
    if features.ndim != 3 or min(features.shape[:2]) < 3 or not np.isfinite(features).all():
        raise ShapeError(f"features must be finite, of 3 places and 3 seeds or more, got {features.shape}")
    z, seed, both = _components(features)
    variance = 0.0
    for axis in (0, 1):
        n = features.shape[axis]
        left_out = [_components(np.delete(features, index, axis=axis))[0] for index in range(n)]
        variance += (n - 1) * float(np.var(left_out))
    half = 1.96 * variance**0.5
    return VarianceShares(z, seed, both, (max(0.0, z - half), min(1.0, z + half)))


def _components(features: Array) -> tuple[float, float, float]:
    """Shares of place, seed, and both together."""
    a, b, _ = features.shape
    mean = features.mean(axis=(0, 1))
    by_place, by_seed = features.mean(axis=1) - mean, features.mean(axis=0) - mean
    rest = features - mean - by_place[:, None] - by_seed[None]
    both = float((rest**2).sum()) / ((a - 1) * (b - 1))
    z = max(0.0, (b * float((by_place**2).sum()) / (a - 1) - both) / b)
    seed = max(0.0, (a * float((by_seed**2).sum()) / (b - 1) - both) / a)
    total = z + seed + both
    return (z / total, seed / total, both / total) if total > 0 else (0.0, 0.0, 0.0)
