"""What slips cost: one round in ten is answered blindly, to a model that knows of slips and to one that doesn't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.bench.cache import Cache
from pilotage.bench.preferences import outcomes_of, plan_of
from pilotage.bench.rows import Row
from pilotage.bench.statistics import paired_interval
from pilotage.bench.trials import Answers, Outcome
from pilotage.core.progress import Progress, silent
from pilotage.core.shapes import Array

CASE = "hartmann6"
LAPSE = 0.1  # of the person; the noise of all other answers is a benchmark's own
KINDS: tuple[Answers, ...] = ("winner", "ranking")
FORGIVING, TRUSTING = "default", "{kind: pilotage, preference_model: {kind: laplace_gp, lapse: 0}}"
SEEDS = 24
LOSS_BAR = 0.08


@dataclass(frozen=True, slots=True)
class Cost:
    """What slips take of the true utility at the last round, by seed.

    Attributes:
        forgiving: (n,) with the model that a session starts with.
        trusting: (n,) with the same one, told that nobody slips.
    """

    forgiving: Array
    trusting: Array


def measure(
    cache: Cache, *, kinds: Sequence[Answers] = KINDS, seeds: int = SEEDS, processes: int = 1,
    progress: Progress = silent,
) -> dict[str, Cost]:  # fmt: skip
    """Kind of answer -> what slips cost, each seed's run with them against the same run without."""
    sure, slipping = (
        outcomes_of(
            plan_of([CASE], [FORGIVING, TRUSTING], answers=kinds, seeds=seeds, lapse=lapse), cache,
            processes=processes, progress=progress,
        )
        for lapse in (0.0, LAPSE)
    )  # fmt: skip

    def lost(kind: str, method: str) -> Array:
        key = f"{CASE} {kind}", method
        return _reached(sure, key) - _reached(slipping, key)

    return {kind: Cost(lost(kind, FORGIVING), lost(kind, TRUSTING)) for kind in kinds}


def rows_of(found: Mapping[str, Cost]) -> Iterator[Row]:
    """The loss, which has a bar; and how much smaller it is for being told of slips, which must be something."""
    for kind, cost in found.items():
        case, n = f"{CASE} {kind}, lapse {LAPSE:g}", len(cost.forgiving)
        ours, theirs = float(cost.forgiving.mean()), float(cost.trusting.mean())
        yield Row(
            case, "utility lost at 25", ours, "a model without slips", theirs, bar=LOSS_BAR, holds=ours <= LOSS_BAR,
            n=n, spread=paired_interval(cost.forgiving),
        )  # fmt: skip
        saved = cost.trusting - cost.forgiving
        gain = float(saved.mean())
        yield Row(case, "loss spared by knowing of slips", gain, bar=0.0, holds=gain > 0.0, n=n,
                  spread=paired_interval(saved))  # fmt: skip


def _reached(outcomes: Mapping[tuple[str, str], Sequence[Outcome]], key: tuple[str, str]) -> Array:
    return np.array([outcome.utility[-1] for outcome in outcomes[key]])
