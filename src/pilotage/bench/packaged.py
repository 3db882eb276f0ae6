"""Rivals that come as packages with models of preference: BoTorch, and Optuna's dashboard. Seconds a round."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import combinations
from typing import Any, Literal

import numpy as np
from pydantic import Field

from pilotage.bench.base import Problem, Start
from pilotage.bench.rivalry import Rival, order_of, package
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig
from pilotage.elicitation import Judgement
from pilotage.preferences.adapters.pairwise_gp import fitted


class BotorchConfig(StrategyConfig, frozen=True):
    """PairwiseGP with the acquisition qEUBO, over the whole region; two rounds spread evenly come first."""

    kind: Literal["botorch"] = "botorch"
    restarts: int = Field(4, ge=1, description="Climbs of the acquisition, from the best of the starts.")
    raw_samples: int = Field(128, ge=1, description="Starts that are looked at.")
    mc_samples: int = Field(64, ge=1, description="Draws of utility that the acquisition is the mean of.")
    steps: int = Field(100, ge=1, description="Most steps of a climb.")


class OptunaConfig(StrategyConfig, frozen=True):
    """PreferentialGPSampler, as its dashboard asks it."""

    kind: Literal["optuna"] = "optuna"


def duels(judgement: Judgement) -> Iterator[tuple[int, int]]:
    """(better, worse) slots: all that the answer says."""
    order = order_of(judgement)
    rest = [slot for slot in range(len(judgement.items)) if slot not in order]
    yield from combinations(order, 2)
    yield from ((slot, other) for slot in order for other in rest)


class _Botorch(Rival):
    """Source: Astudillo et al. 2023, qEUBO (arXiv 2303.15746), as BoTorch's tutorial on preferences has it."""

    def __init__(self, config: BotorchConfig, problem: Problem, seed: int) -> None:
        self._config, self._problem, self._seed = config, problem, seed % 2**31
        package("botorch")
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(self._seed)
        self._first = problem.region.sobol(64, rng=np.random.default_rng(seed))
        self._places, self._duels, self._rounds = np.empty((0, problem.region.dim)), list[tuple[int, int]](), 0
        self._model: Any = None

    def ask(self, n: int) -> Array:
        if self._model is None:
            new = self._first[self._rounds * n : (self._rounds + 1) * n]
        else:
            new = self._problem.region.clip(2.0 * self._optimised(n) - 1.0)
        self._places = np.vstack([self._places, new])
        return new

    def tell(self, judgement: Judgement) -> None:
        start = len(self._places) - len(judgement.items)
        self._duels += [(start + better, start + worse) for better, worse in duels(judgement)]
        self._rounds += 1
        if self._rounds >= 2:
            self._model = fitted((self._places + 1.0) / 2.0, self._duels)

    def handed_over(self) -> Array:
        """Of the places shown the one of highest posterior mean."""
        if self._model is None:
            return self._places[self._duels[-1][0]]
        import torch

        with torch.no_grad():
            mean = self._model.posterior(torch.tensor((self._places + 1.0) / 2.0)).mean.numpy()[:, 0]
        return self._places[int(mean.argmax())]

    def _optimised(self, n: int) -> Array:
        import torch
        from botorch.acquisition.preference import qExpectedUtilityOfBestOption  # noqa: PLC0415
        from botorch.optim.optimize import optimize_acqf  # noqa: PLC0415
        from botorch.sampling.normal import SobolQMCNormalSampler  # noqa: PLC0415

        config, dim = self._config, self._problem.region.dim
        sampler = SobolQMCNormalSampler(torch.Size([config.mc_samples]), seed=self._seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            places, _ = optimize_acqf(
                qExpectedUtilityOfBestOption(self._model, sampler=sampler), q=n, num_restarts=config.restarts,
                bounds=torch.stack([torch.zeros(dim), torch.ones(dim)]).double(), raw_samples=config.raw_samples,
                options={"batch_limit": 4, "maxiter": config.steps},
            )  # fmt: skip
        return places.detach().numpy()


class _Optuna(Rival):
    """Source: optuna-dashboard's preferential optimisation (Preferred Networks 2023)."""

    def __init__(self, problem: Problem, seed: int) -> None:
        optuna, preferential = package("optuna"), package("optuna_dashboard.preferential")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        gp = package("optuna_dashboard.preferential.samplers.gp")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # all of it is experimental, it says
            sampler = gp.PreferentialGPSampler(seed=seed % 2**31)
            self._study = preferential.create_study(n_generate=4, sampler=sampler)
        self._problem, self._trials = problem, list[Any]()
        self._places = np.empty((0, problem.region.dim))

    def ask(self, n: int) -> Array:
        """The last winner stays among those that are compared, as on the dashboard."""
        new = [self._study.ask() for _ in range(n - len(self._trials))]
        names = [f"u{i}" for i in range(self._problem.region.dim)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = [[trial.suggest_float(name, -1.0, 1.0) for name in names] for trial in new]
        self._trials += new
        self._places = np.vstack([self._places, self._problem.region.clip(np.array(drawn))])
        return self._places

    def tell(self, judgement: Judgement) -> None:
        for better, worse in duels(judgement):
            self._study.report_preference(self._trials[better], self._trials[worse])
        best = order_of(judgement)[0]
        self._trials, self._places = [self._trials[best]], self._places[[best]]

    def handed_over(self) -> Array:
        """The last winner: it has no other way to say what is best."""
        return self._places[0]


def _botorch(config: BotorchConfig) -> Start:
    return lambda problem, seed: _Botorch(config, problem, seed)


PACKAGED: dict[str, Entry[Start]] = {
    "botorch": Entry(BotorchConfig, _botorch),
    "optuna": Entry(OptunaConfig, lambda _: _Optuna),
}
