"""One trial: a method looks for what a simulated person likes, round after round; what it would hand over is scored."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from pilotage.bench.base import Method, Problem
from pilotage.bench.functions import FUNCTIONS
from pilotage.bench.methods import METHODS
from pilotage.bench.problems import problem_of
from pilotage.core.seeds import stream, stream_seed
from pilotage.core.shapes import Array
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Item, Judgement, Ranking

ROUNDS = 25
COVERED = 0.9  # of a peak's height: a place that good has found it


class Trial(BaseModel):
    """What is tried, apart from the seed; plain data, so that its digest names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: Mapping[str, Any]
    region: Literal["box", "ball"] = "box"
    answers: Literal["winner", "ranking"] = "winner"
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
    """

    seed: int
    utility: tuple[float, ...]
    shown: tuple[float, ...]
    ms: tuple[float, ...]
    peaks: tuple[int, ...]


def run(trial: Trial, seed: int) -> Outcome:
    """The trial on one seed: it fixes the function's hidden optimum, the person's noise and the method's own draws.

    The first two are the same for every method, so that methods are compared in pairs.

    Raises:
        InvalidInputError: no such function or method.
        ModelUnavailableError: the method's package is not installed.
    """
    with one_blas_thread():
        problem = problem_of(FUNCTIONS.build(trial.function)(stream(seed, "function")), trial.region)
        method = METHODS.build(trial.method)(problem, stream_seed(seed, "method"))
        return _rounds(trial, problem, method, seed)


def _rounds(trial: Trial, problem: Problem, method: Method, seed: int) -> Outcome:
    samples: dict[tuple[float, ...], str] = {}
    utility, shown, ms, peaks, found = [], [], [], [], np.zeros(len(problem.peaks), bool)
    for index in range(1, trial.rounds + 1):
        start = time.process_time()
        places = method.ask()
        asked = time.process_time()
        worth = problem.utility(places)
        items = tuple(_item(index, slot, place, samples) for slot, place in enumerate(places))
        judgement = Judgement(items, _answer(trial, items, worth + _noise(problem, seed, index, len(items))))
        told = time.process_time()
        method.tell(judgement)
        ms.append(1e3 * (time.process_time() - told + asked - start))
        utility.append(float(problem.utility(method.handed_over()[None])[0]))
        shown.append(float(worth.max()))
        found |= _found(problem, places)
        peaks.append(int(found.sum()))
    return Outcome(seed, tuple(utility), tuple(shown), tuple(ms), tuple(peaks))


def _item(index: int, slot: int, place: Array, samples: dict[tuple[float, ...], str]) -> Item:
    """A place shown again is the same sample."""
    u = tuple(float(value) for value in place)
    return Item(f"{index}.{slot}", samples.setdefault(u, f"{index}.{slot}"), u)


def _noise(problem: Problem, seed: int, index: int, n: int) -> Array:
    return problem.noise * stream(seed, "noise", index).gumbel(size=n)


def _answer(trial: Trial, items: tuple[Item, ...], felt: Array) -> Ranking:
    order = tuple(items[int(slot)].candidate for slot in np.argsort(-felt, kind="stable"))
    return Ranking(order=order if trial.answers == "ranking" else order[:1])


def _found(problem: Problem, places: Array) -> NDArray[np.bool_]:
    """(m,) whether each peak is near one of the places: nearer than any other peak, and high enough."""
    if not len(problem.peaks):
        return np.zeros(0, bool)
    nearest = np.linalg.norm(places[:, None] - problem.peaks, axis=2).argmin(axis=1)
    high = problem.utility(places) >= COVERED
    return np.isin(np.arange(len(problem.peaks)), nearest[high])
