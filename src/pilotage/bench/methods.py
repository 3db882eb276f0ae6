"""The methods that are compared: ours, which is any sampler with any preference model, and its rivals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from pilotage.bench.base import SHOWN, Method, Problem, Start
from pilotage.bench.packaged import PACKAGED
from pilotage.bench.rivalry import Rival
from pilotage.bench.rivals import RIVALS
from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig, StrategyTable
from pilotage.elicitation import Judgement, incumbent
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS, View
from pilotage.sessions.config import SessionConfig


def _complete(table: StrategyTable[Any]) -> BeforeValidator:
    return BeforeValidator(lambda value: table.parse(value).model_dump(mode="json"))


def _of_a_session(name: str) -> Any:
    return SessionConfig.model_fields[name].get_default(call_default_factory=True)


class PilotageConfig(StrategyConfig, frozen=True, validate_default=True):
    """The loop as a session runs it: fold, propose, show beside the favourite; the defaults are a session's."""

    kind: Literal["pilotage"] = "pilotage"
    sampler: Annotated[dict[str, Any], _complete(SAMPLERS)] = Field(
        _of_a_session("sampler"), description="As in a session."
    )
    preference_model: Annotated[dict[str, Any], _complete(PREFERENCE_MODELS)] = Field(
        _of_a_session("preference_model"), description="As in a session."
    )


class Pilotage(Method):
    """A sampler and a preference model through their public contracts."""

    def __init__(self, config: PilotageConfig, problem: Problem, seed: int) -> None:
        self._sampler = SAMPLERS.build(config.sampler)
        self._model = PREFERENCE_MODELS.build(config.preference_model)
        self._region, self._seed, self._history = problem.region, seed, tuple[Judgement, ...]()
        self._view = self._look()

    def ask(self, n: int) -> Array:
        """The favourite, at first the anchor, and new places for the other slots."""
        rng = stream(self._seed, self._view.round)
        return np.vstack([self._view.centre, self._sampler.propose(self._view, n=n - 1, rng=rng).u])

    def forecast(self, places: Array) -> Array:
        """As a session stores it with its candidates."""
        return self._view.posterior.p_best(places)

    def tell(self, judgement: Judgement) -> None:
        """Fold it."""
        self._history = (*self._history, judgement)
        self._view = self._look()

    def handed_over(self) -> Array:
        """As `handed_over`."""
        return handed_over(self._view)

    def _look(self) -> View:
        posterior = self._model.fold(self._region, self._history)
        return View(self._region, posterior, self._history, len(self._history) + 1)


def handed_over(view: View) -> Array:
    """(d,) what a search hands over: of the places shown the one believed best; before any answer, the anchor.

    Not the last favourite: one click can err, and the belief weighs them all.
    """
    mean, _ = view.posterior.mean_cov(view.shown)
    return view.shown[int(mean.argmax())]


class SobolConfig(StrategyConfig, frozen=True):
    """The favourite beside places spread evenly over the region; choices guide none, but weigh what was shown."""

    kind: Literal["sobol"] = "sobol"


class _Sobol(Rival):
    """Hands over by the same belief as ours, so that what is compared is where they look."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._region, self._history = problem.region, tuple[Judgement, ...]()
        self._points = problem.region.sobol(512 * (SHOWN - 1), rng=np.random.default_rng(seed))
        self._model = PREFERENCE_MODELS.build(_of_a_session("preference_model"))

    def ask(self, n: int) -> Array:
        best, start = incumbent(self._history), len(self._history) * (n - 1) % len(self._points)
        favourite = np.array(best.u) if best else np.zeros(self._region.dim)
        return np.vstack([favourite, self._points[start : start + n - 1]])

    def tell(self, judgement: Judgement) -> None:
        self._history = (*self._history, judgement)

    def handed_over(self) -> Array:
        posterior = self._model.fold(self._region, self._history)
        return handed_over(View(self._region, posterior, self._history, len(self._history) + 1))


def _pilotage(config: PilotageConfig) -> Start:
    return lambda problem, seed: Pilotage(config, problem, seed)


METHODS: StrategyTable[Start] = StrategyTable(
    "method",
    "pilotage.bench_methods",
    {
        "pilotage": Entry(PilotageConfig, _pilotage),
        "sobol": Entry(SobolConfig, lambda _: _Sobol),
        **RIVALS,
        **PACKAGED,
    },
)
