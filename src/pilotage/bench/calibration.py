"""`pilotage bench calibration`: are forecasts true? Probabilities before the answer against the picks that came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from pilotage.bench.cache import Cache
from pilotage.bench.preferences import outcomes_of, plan_of
from pilotage.bench.rows import Row
from pilotage.bench.trials import Answers, Outcome
from pilotage.core.errors import InvalidInputError
from pilotage.core.progress import Progress, silent
from pilotage.core.shapes import Array

CASES = ("hartmann6", "bowl8", "ackley5")
KINDS = get_args(Answers)
SEEDS = 27  # with three cases of 25 rounds: 2,025 rounds a kind
FROM_ROUND = 5
N_BINS = 10
ECE_BAR, GAIN_BAR = 0.05, 0.1
N_BOOTSTRAP = 500


@dataclass(frozen=True, slots=True)
class Calibration:
    """One kind of answer.

    Attributes:
        ece: expected calibration error of all rounds' probabilities, every place an event.
        gain: nats by which the log-loss is below that of an even guess, from round `FROM_ROUND` on.
        known: the same, expected, of one who knows the utilities and the noise: no forecast can gain more. It falls
            as a search ends among places that are alike.
        ece_spread, gain_spread: their 95 % intervals, by the bootstrap over runs.
        rounds: how many were forecast.
        places: per round.
    """

    ece: float
    gain: float
    known: float
    ece_spread: tuple[float, float]
    gain_spread: tuple[float, float]
    rounds: int
    places: int


def measure(
    cache: Cache, *, kinds: Sequence[str] = KINDS, method: str = "default", seeds: int = SEEDS, processes: int = 1,
    progress: Progress = silent,
) -> dict[str, Calibration]:  # fmt: skip
    """Kind of answer -> how well a method's forecasts are calibrated, over `CASES`.

    Raises:
        InvalidInputError: an unknown kind or method, or one that makes no forecasts.
    """
    plan = plan_of(CASES, [method], answers=kinds, seeds=seeds, slow_seeds=seeds)
    outcomes = outcomes_of(plan, cache, processes=processes, progress=progress)
    by_kind = {
        kind: [run for key in outcomes if key[0].endswith(f" {kind}") for run in outcomes[key]] for kind in kinds
    }
    if not all(run.forecasts[0] for runs in by_kind.values() for run in runs):
        raise InvalidInputError(f"{method} makes no forecasts", field="method")
    return {kind: calibration_of(runs) for kind, runs in by_kind.items()}


def calibration_of(outcomes: Sequence[Outcome]) -> Calibration:
    """The calibration of runs that were all answered in one way."""
    p = np.array([outcome.forecasts for outcome in outcomes])  # (runs, rounds, places)
    picks = np.array([outcome.picks for outcome in outcomes])
    hit = picks[..., None] == np.arange(p.shape[2])
    gains = np.log(np.maximum(np.take_along_axis(p, picks[..., None], axis=2)[..., 0], 1e-12)) + np.log(p.shape[2])
    gains = gains[:, FROM_ROUND - 1 :].mean(axis=1)
    chances = np.array([outcome.chances for outcome in outcomes])[:, FROM_ROUND - 1 :]
    known = float((chances * np.log(np.maximum(chances, 1e-300))).sum(axis=2).mean() + np.log(p.shape[2]))
    draws = np.random.default_rng(0).integers(len(p), size=(N_BOOTSTRAP, len(p)))
    errors = np.array([expected_error(p[draw].ravel(), hit[draw].ravel()) for draw in draws])
    return Calibration(
        expected_error(p.ravel(), hit.ravel()), float(gains.mean()), known, _interval(errors),
        _interval(gains[draws].mean(axis=1)), picks.size, p.shape[2],
    )  # fmt: skip


def expected_error(p: Array, happened: Array) -> float:
    """Mean, over ten bins of as many events each, of |mean probability - share that happened|.

    Source: Naeini, Cooper and Hauskrecht 2015, with bins of equal mass as in Nixon et al. 2019.
    """
    order = np.argsort(p, kind="stable")
    bins = [part for part in np.array_split(order, N_BINS) if len(part)]
    return float(sum(len(part) * abs(p[part].mean() - happened[part].mean()) for part in bins) / len(p))


def rows_of(found: Mapping[str, Calibration]) -> list[Row]:
    """Each kind with its bars."""
    return [row for kind, one in found.items() for row in _rows(kind, one)]


def _rows(kind: str, one: Calibration) -> Iterator[Row]:
    yield Row(kind, "ece", one.ece, bar=ECE_BAR, holds=one.ece <= ECE_BAR, n=one.rounds, spread=one.ece_spread)
    yield Row(
        kind, f"nats over an even guess, from round {FROM_ROUND}", one.gain, "who knows the utilities", one.known,
        one.gain / one.known if one.known > 0 else None, GAIN_BAR, one.gain >= GAIN_BAR, one.rounds, one.gain_spread,
    )  # fmt: skip


def _interval(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
