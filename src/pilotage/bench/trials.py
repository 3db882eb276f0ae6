"""One trial: a method looks for what a simulated person likes, round after round; what it would hand over is scored."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import softmax

from pilotage.bench.base import SHOWN, Method, Problem, Start
from pilotage.bench.functions import FUNCTIONS
from pilotage.bench.methods import METHODS
from pilotage.bench.problems import problem_of
from pilotage.core.seeds import stream, stream_seed
from pilotage.core.shapes import Array
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Item, Judgement
from pilotage.simulation import Judge, JudgeConfig, NoiseConfig, Query, Taste, Thing

ROUNDS = 25
ACCEPTABLE = 0.5  # utility of what is just good enough, where that is asked
REFUSED = 0.25  # of the queries, by somebody who cannot decide
COVERED = 0.7  # of a peak: a place that good has found it; 75 random ones find all three in one run of seven


Answers = Literal[
    "winner", "ranking", "pairwise", "worst", "ratings", "approval", "shortlist", "versus", "tie", "undecided"
]
_PICKS: tuple[Answers, ...] = ("winner", "tie", "undecided")  # one is picked, if things are not equal or refused


class Trial(BaseModel):
    """What is tried, apart from the seed; plain data, so that its digest names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: Mapping[str, Any]
    region: Literal["box", "ball"] = "box"
    answers: Answers = "winner"
    ties: bool = Field(False, description="Whether the person can call things equal.")
    lapse: float = Field(0.0, ge=0, le=1, description="Share of answers given blindly.")
    method: Mapping[str, Any]
    rounds: int = Field(ROUNDS, ge=1, le=500)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One seed's trial, round by round.

    Attributes:
        utility: true utility of what would be handed over after each round; 1 is the optimum.
        shown: the best true utility shown in each round.
        ms: CPU time of the method in each round, in milliseconds.
        peaks: how many of the problem's peaks any shown place has found, after each round.
        forecasts: the method's probability, before the answer, that each place is the one picked; () if it has none.
        picks: the slot that the person does, or would, pick.
        chances: how probable each place's being picked truly was.
    """

    seed: int
    utility: tuple[float, ...]
    shown: tuple[float, ...]
    ms: tuple[float, ...]
    peaks: tuple[int, ...]
    forecasts: tuple[tuple[float, ...], ...]
    picks: tuple[int, ...]
    chances: tuple[tuple[float, ...], ...] = ()


class _Utility(Taste):
    """A problem's utility as a taste, with the novelty that the problem's person is after."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        u = np.array([thing.item.u for thing in things])
        worth = self._problem.utility(u)
        if not (self._problem.novelty and kept):
            return worth
        gaps = np.linalg.norm(u[:, None] - np.array([thing.item.u for thing in kept]), axis=2).min(axis=1)
        return worth + self._problem.novelty * np.minimum(1.0, gaps / self._problem.reach)


def run(trial: Trial, seed: int, begin: Start | None = None) -> Outcome:
    """The trial on one seed: it fixes the function's hidden optimum, the person's noise and the method's own draws.

    The first two are the same for every method, so that methods are compared in pairs. `begin` begins the method in
    the trial's stead, to watch it.

    Raises:
        InvalidInputError: no such function or method.
        ModelUnavailableError: the method's package is not installed.
    """
    with one_blas_thread():
        problem = problem_of(FUNCTIONS.build(trial.function)(stream(seed, "function")), trial.region)
        method = (begin or METHODS.build(trial.method))(problem, stream_seed(seed, "method"))
        noise = NoiseConfig(temperature=problem.noise, lapse=trial.lapse, threshold=ACCEPTABLE)

        def judge(skip: float) -> Judge:
            config = JudgeConfig(taste={"kind": "problem"}, noise=noise.model_copy(update={"skip": skip}))
            return Judge(config, stream_seed(seed, "judge"), taste=_Utility(problem))

        person = judge(REFUSED if trial.answers == "undecided" else 0.0)
        return _Search(trial, problem, method, person, judge(0.0)).outcome(seed)


class _Search:
    """Asks one person; `willing` is the same one who never refuses, to know what would be picked."""

    def __init__(self, trial: Trial, problem: Problem, method: Method, person: Judge, willing: Judge) -> None:
        self._trial, self._problem, self._method, self._person, self._willing = trial, problem, method, person, willing
        self._samples: dict[tuple[float, ...], str] = {}
        self._history: list[Judgement] = []
        self._found = np.zeros(len(problem.peaks), bool)

    def outcome(self, seed: int) -> Outcome:
        return Outcome(seed, *zip(*(self._round(index) for index in range(self._trial.rounds)), strict=True))

    def _round(self, index: int) -> tuple[float, float, float, int, tuple[float, ...], int, tuple[float, ...]]:
        start = time.process_time()
        places = self._method.ask(2 if self._trial.answers == "pairwise" else SHOWN)
        asked = time.process_time()
        forecast = tuple(float(p) for p in self._method.forecast(places))
        query = self._query(index, places)
        judgement, _ = self._person.answer(query, self._history)
        pick, why = self._willing.answer(replace(query, kind="ranking", depth=1, ties_offered=False), self._history)
        self._history.append(judgement)
        told = time.process_time()
        self._method.tell(judgement)
        ms = 1e3 * (time.process_time() - told + asked - start)
        worth = self._problem.utility(np.vstack([self._method.handed_over(), places]))
        self._found |= _found(self._problem, places)
        picked = judgement.shown.index(pick.answer.first[0])
        chances = self._chances(list(why.utilities.values()))
        return float(worth[0]), float(worth[1:].max()), ms, int(self._found.sum()), forecast, picked, chances

    def _chances(self, utilities: Sequence[float]) -> tuple[float, ...]:
        """By the law that the person picks by."""
        noise = self._willing.config.noise
        seen = softmax(np.array(utilities) / noise.temperature)
        return tuple(float(p) for p in (1.0 - noise.lapse) * seen + noise.lapse / len(seen))

    def _query(self, index: int, places: Array) -> Query:
        """A place shown again is the same sample; the first place is the favourite, if the method shows one."""
        items = []
        for slot, place in enumerate(places):
            u = tuple(float(value) for value in place)
            items.append(Item(f"{index}.{slot}", self._samples.setdefault(u, f"{index}.{slot}"), u))
        answers = self._trial.answers
        kind, depth = ("ranking", 1) if answers in _PICKS else (answers, None)
        ties = self._trial.ties or answers == "tie"
        return Query(tuple(map(Thing, items)), kind, index, items[0].sample, depth, ties)


def _found(problem: Problem, places: Array) -> NDArray[np.bool_]:
    """(m,) whether each peak is near one of the places: nearer than any other peak, and high enough."""
    if not len(problem.peaks):
        return np.zeros(0, bool)
    nearest = np.linalg.norm(places[:, None] - problem.peaks, axis=2).argmin(axis=1)
    high = problem.utility(places) >= COVERED
    return np.isin(np.arange(len(problem.peaks)), nearest[high])
