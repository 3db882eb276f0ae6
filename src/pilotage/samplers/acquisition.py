"""Greedy E[max]: the set whose best member is expected to be worth most."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import View
from pilotage.samplers.pool import MIN_GAP
from pilotage.samplers.promising import promising
from pilotage.spaces.region import unit_directions


def greedy_emax(draws: Array, n: int, *, banned: Array) -> tuple[list[int], list[float]]:
    """`n` columns of `draws` that raise the expected maximum most, one after the other, over the incumbent's 0.

    Args:
        draws: (n_draws, n_pool) joint draws of utility relative to the incumbent.
        n: how many to pick, at most n_pool.
        banned: (n_pool,) columns that may not be picked.

    Returns:
        The columns picked, and each one's gain in expected maximum, in utility.

    Source: qEUBO, Astudillo et al. 2023 (arXiv 2303.15746); greedy is within 1 - 1/e, as E[max] is submodular.
    """
    best = np.zeros(len(draws))
    closed = banned.copy()
    picks: list[int] = []
    gains: list[float] = []
    for _ in range(n):
        gain = np.where(closed, -np.inf, np.maximum(draws - best[:, None], 0.0).mean(axis=0))
        pick = int(gain.argmax())
        closed[pick] = True
        picks.append(pick)
        gains.append(float(gain[pick]))
        best = np.maximum(best, draws[:, pick])
    return picks, gains


def best_set(
    view: View, centre: Array, radius: float, n: int, *, n_pool: int, n_draws: int, rng: np.random.Generator
) -> tuple[Array, list[float]]:
    """(n, d) the greedy E[max] set within about `radius` of `centre` or beside former favourites; and each one's gain.

    Picked from a pool of max(n_pool, 8 n) promising places, then sharpened once on a finer pool about the first picks.
    """
    size = max(n_pool, 8 * n)
    first, _ = _pick(view, promising(view, centre, radius, size, rng=rng), n, n_draws, rng)
    scales = radius * 10 ** rng.uniform(-2.3, -0.7, size=(size, 1))
    finer = first[rng.integers(n, size=size)] + scales * unit_directions(size, view.region.dim, rng=rng)
    return _pick(view, np.vstack([first, view.region.clip(finer)]), n, n_draws, rng)


def own_best(draws: Array) -> list[int]:
    """(n,) columns of (n, n_pool) `draws`: each row's best among those that no earlier row took.

    Source: Thompson 1933; a batch of independent draws as in Kandasamy et al. 2018 (arXiv 1705.09236).
    """
    picks: list[int] = []
    for row in draws:
        free = row.copy()
        free[picks] = -np.inf
        picks.append(int(free.argmax()))
    return picks


def optimistic_set(mean: Array, cov: Array, n: int, *, beta: float, noise: float) -> tuple[list[int], list[float]]:
    """`n` places of highest upper bound mean + beta sd, one after the other, and their bounds.

    After each pick the sd's are those that an observation there, of variance `noise`, would leave.

    Args:
        mean: (n_pool,) expected utilities.
        cov: (n_pool, n_pool) their covariance.
        n: how many to pick, at most n_pool.
        beta: how many sd's above the mean.
        noise: variance of an observation, > 0.

    Source: GP-BUCB, Desautels, Krause and Burdick 2014.
    """
    left = cov.copy()
    picks: list[int] = []
    bounds: list[float] = []
    for _ in range(n):
        bound = mean + beta * np.sqrt(np.maximum(np.diag(left), 0.0))
        bound[picks] = -np.inf
        pick = int(bound.argmax())
        picks.append(pick)
        bounds.append(float(bound[pick]))
        column = left[:, pick].copy()
        left -= np.outer(column, column) / (column[pick] + noise)
    return picks, bounds


def _pick(view: View, pool: Array, n: int, n_draws: int, rng: np.random.Generator) -> tuple[Array, list[float]]:
    draws = view.posterior.draw(pool, n_draws, rng=rng)
    banned = (np.linalg.norm(pool[:, None] - view.shown[None], axis=2) <= MIN_GAP).any(axis=1)
    picks, gains = greedy_emax(draws, n, banned=banned)
    return pool[picks], gains
