"""`pilotage bench stop`: who stops when it is advised, what have they got, and did they stop soon enough?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import TypeAdapter

import pilotage
from pilotage.bench.base import Problem
from pilotage.bench.cache import code_of
from pilotage.bench.ledger import Ledger
from pilotage.bench.methods import Pilotage, PilotageConfig
from pilotage.bench.names import method_named
from pilotage.bench.preferences import ANSWERS, plan_of
from pilotage.bench.rows import Row
from pilotage.bench.running import run_all
from pilotage.bench.sources import digests
from pilotage.bench.statistics import censored_median
from pilotage.bench.trials import Outcome, Trial, run
from pilotage.core.errors import InvalidInputError
from pilotage.core.progress import Progress, silent
from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.preferences.stopping import Outlook, doubting, outlook_of
from pilotage.sessions.verdicts import NEAR, trail_of, verdict_of

CASES = ("hartmann6", "bowl8", "ackley5")
SEEDS = 20
EPSILON = 0.2  # of the way, for which the bars are set; others are told beside it
EPSILONS = (0.1, 0.15, EPSILON, 0.25, NEAR)
RIGHT_BAR, STOPS_BAR, BAND = 0.85, 0.5, 0.9
ALL = "all cases"


@dataclass(frozen=True, slots=True)
class Watch:
    """One run that was advised after each answer, and went on nevertheless.

    Attributes:
        utility: (rounds,) true utility of what would be handed over after each round; 1 is the optimum.
        low, high: (rounds,) the 90 % band of what was believed to be left.
        verdicts: (rounds,) as `sessions.verdicts.Verdict`; `reasons` why.
    """

    seed: int
    utility: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    verdicts: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def stop(self) -> int | None:
        """The first round, from 0, after which to stop was advised."""
        return self.verdicts.index("worth_stopping") if "worth_stopping" in self.verdicts else None


class Watches(Ledger[Trial, Watch]):
    """A folder of watched runs."""

    trial: ClassVar[type[Any]] = Trial
    outcome: ClassVar[TypeAdapter[Any]] = TypeAdapter(Watch)

    def name_of(self, trial: Trial) -> str:
        """Apart from the unwatched ones."""
        return f"stop-{trial.function['kind']}-{trial.answers}"

    def code_of(self, trial: Trial) -> str:
        """As an unwatched run's, and this module's."""
        verdicts = Path(pilotage.__file__).parent / "sessions" / "verdicts.py"
        return "".join([code_of(trial), *digests((Path(__file__), verdicts))])


def watch(trial: Trial, seed: int) -> Watch:
    """The trial on one seed, advised after each answer; its method is one of ours."""
    config = PilotageConfig.model_validate(trial.method)
    seen: list[_Advised] = []

    def begin(problem: Problem, own: int) -> _Advised:
        seen.append(_Advised(config, problem, own))
        return seen[0]

    outcome: Outcome = run(trial, seed, begin)
    ahead = seen[0].ahead
    verdicts, reasons = zip(*seen[0].verdicts, strict=True)
    low, high = tuple(one.low for one in ahead), tuple(one.high for one in ahead)
    return Watch(seed, outcome.utility, low, high, verdicts, reasons)


class _Advised(Pilotage):
    """As a session advises, from the same functions."""

    def __init__(self, config: PilotageConfig, problem: Problem, seed: int) -> None:
        super().__init__(config, problem, seed)
        self.ahead: list[Outlook] = []
        self.verdicts: list[tuple[str, str]] = []
        self._doubting = doubting(PREFERENCE_MODELS.build(config.preference_model))
        self._skills: list[float] = []

    def tell(self, judgement: Judgement) -> None:
        forecast = self.forecast(np.array([item.u for item in judgement.items]))
        super().tell(judgement)
        if len(self.ahead) > 0 and len(judgement.answer.first) == 1:
            picked = judgement.shown.index(judgement.answer.first[0])
            self._skills.append(float(np.log(max(forecast[picked], 1e-9) * len(forecast))))
        history, region, place = self._view.history, self._view.region, tuple(self.handed_over())
        held = next(item for one in history for item in one.items if item.u == place)
        self.ahead.append(outlook_of(self._doubting.fold(region, history), region, history, held))
        self.verdicts.append(verdict_of(self.ahead[-1], trail_of(region, history, held, self._skills)))


def measure(
    folder: Path, *, cases: Sequence[str] = CASES, method: str = "default", seeds: int = SEEDS, processes: int = 1,
    progress: Progress = silent,
) -> dict[str, list[Watch]]:  # fmt: skip
    """Case with its answers -> watched runs.

    Raises:
        InvalidInputError: an unknown case, or a method that is none of ours.
    """
    kind = method_named(method)["kind"]
    if kind != "pilotage":
        raise InvalidInputError(f"{kind} has no belief to advise by", field="method", hint="Take `SAMPLER+MODEL`.")
    plan = plan_of(cases, [method], answers=ANSWERS, seeds=seeds)
    runs = run_all(
        plan.trials, {key: seeds for key in plan.trials}, Watches(folder), watch, processes=processes, progress=progress
    )
    return {case: watches for (case, _), watches in runs.items()}


def rows_of(found: Mapping[str, Sequence[Watch]]) -> list[Row]:
    """Each case, then all of them with the bars."""
    every = [one for watches in found.values() for one in watches]
    return [row for case, watches in {**found, ALL: every}.items() for row in _rows(case, watches)]


def _rows(case: str, watches: Sequence[Watch]) -> Iterator[Row]:
    n, last = len(watches), len(watches[0].utility) - 1
    early = float(np.mean([one.stop is not None and one.stop < last for one in watches]))
    bar = STOPS_BAR if case == ALL else None
    yield Row(case, f"stops before round {last + 1}", early, bar=bar, holds=None if bar is None else early >= bar, n=n)
    left = np.array([1.0 - one.utility[one.stop] for one in watches if one.stop is not None])
    for epsilon in EPSILONS:
        right = float(np.mean(left <= epsilon)) if len(left) else None
        bar = RIGHT_BAR if case == ALL and epsilon == EPSILON else None
        holds = None if bar is None else right is not None and right >= bar
        yield Row(case, f"regret at stop is at most {epsilon:g}", right, bar=bar, holds=holds, n=len(left))
    stops = np.array([np.inf if one.stop is None else one.stop + 1.0 for one in watches])
    yield Row(case, "median round of stopping", censored_median(stops), n=n)
    yield Row(case, f"share of {BAND:.0%} bands that hold the truth", _covered(watches), n=n * (last + 1))


def _covered(watches: Sequence[Watch]) -> float:
    left: Array = 1.0 - np.array([one.utility for one in watches])
    low, high = (np.array([getattr(one, name) for one in watches]) for name in ("low", "high"))
    return float(((low <= left) & (left <= high)).mean())
