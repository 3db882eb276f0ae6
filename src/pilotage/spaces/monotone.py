"""Rising curves: the nearest one, and how well two series rise together."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array


def rising(values: Array, weights: Array) -> Array:
    """(k,) the nondecreasing values nearest to (k,) values by weighted squares.

    Source: pool adjacent violators (Barlow et al. 1972).
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, heavy, long), (right, light, short) = pools[-2:]
            pools[-2:] = [((left * heavy + right * light) / (heavy + light), heavy + light, long + short)]
    return np.array([mean for mean, _, length in pools for _ in range(length)])


def spearman(one: Array, other: Array) -> float:
    """Rank correlation of two (n,) series, ties given their mean rank; 0 if one of them is constant."""
    ranks = []
    for series in (one, other):
        _, place, count = np.unique(series, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(count) - (count - 1) / 2)[place])
    centred = [rank - rank.mean() for rank in ranks]
    size = float(np.linalg.norm(centred[0]) * np.linalg.norm(centred[1]))
    return float(centred[0] @ centred[1]) / size if size > 0 else 0.0
