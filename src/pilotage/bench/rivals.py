"""Rivals without a model of preference, as small as they are known: local search, CMA-ES."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pilotage.bench.base import SHOWN, Problem, Start
from pilotage.bench.rivalry import Rival, order_of, package
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig
from pilotage.elicitation import Judgement


class LocalConfig(StrategyConfig, frozen=True):
    """Steps about a point that goes three quarters of the way to each winner; wins lengthen them, losses shorten."""

    kind: Literal["local"] = "local"


class CmaConfig(StrategyConfig, frozen=True):
    """CMA-ES on the ranks of each round."""

    kind: Literal["cma"] = "cma"


class _Local(Rival):
    """Lengths are in sides of the cube: .5 at first, between .05 and .8."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem, self._rng = problem, np.random.default_rng(seed)
        self._centre, self._radius = np.zeros(problem.region.dim), 0.5
        self._places = self._centre[None]

    def ask(self, n: int) -> Array:
        region, radius = self._problem.region, self._radius / self._problem.width
        steps = self._rng.standard_normal((n - 1, region.dim)) / np.sqrt(region.dim)
        self._places = np.vstack([self._centre, region.clip(self._centre + radius * steps)])
        return self._places

    def tell(self, judgement: Judgement) -> None:
        winner = order_of(judgement)[0]
        self._centre = self._centre + 0.75 * (self._places[winner] - self._centre)
        self._radius = min(self._radius * 1.05, 0.8) if winner else max(self._radius * 0.8, 0.05)

    def handed_over(self) -> Array:
        return self._centre


class _Cma(Rival):
    """Source: Hansen 2016 (arXiv 1604.00772), by the package cmaes; a population of one round, sigma .3 sides."""

    def __init__(self, problem: Problem, seed: int) -> None:
        cmaes = package("cmaes")
        dim, self._region = problem.region.dim, problem.region
        bounds = np.array([[-1.0, 1.0]] * dim)
        sigma = 0.3 / problem.width
        self._es = cmaes.CMA(np.zeros(dim), sigma, bounds=bounds, population_size=SHOWN, seed=seed % 2**32)
        self._places = np.empty((0, dim))

    def ask(self, n: int) -> Array:
        self._places = self._region.clip(np.array([self._es.ask() for _ in range(n)]))
        return self._places

    def tell(self, judgement: Judgement) -> None:
        ranks = np.full(SHOWN, float(SHOWN))
        for rank, slot in enumerate(order_of(judgement)):
            ranks[slot] = rank
        self._es.tell(list(zip(self._places, ranks, strict=True)))

    def handed_over(self) -> Array:
        return self._region.clip(self._es.mean[None])[0]


RIVALS: dict[str, Entry[Start]] = {
    "local": Entry(LocalConfig, lambda _: _Local),
    "cma": Entry(CmaConfig, lambda _: _Cma),
}
