"""How long a job will still take: a range, from how long its like took. Unknown is None, never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from pilotage.core.clock import Clock
from pilotage.core.progress import Step
from pilotage.store import JobRow, Reader

QUANTILES = (0.1, 0.9)
FEWEST = 3  # of fewer past jobs no range can be told
_NEWEST = 50
Spans = list[tuple[str, float]]
Range = tuple[float, float]


def time_left(reader: Reader, job: JobRow, now: datetime) -> Range | None:
    """(low, high) seconds that a running job will still take, 10 to 90 % of its like; None if too few are known."""
    return _left(_like(reader, job), job.phases, now, share=0.0)


class Estimate:
    """The time left of one job, told at each of its steps; its like are looked up once."""

    def __init__(self, reader: Reader, job: JobRow, clock: Clock) -> None:
        self._like, self._clock = _like(reader, job), clock
        self._phases: list[list[str]] = []

    def after(self, step: Step) -> Range | None:
        """(low, high) seconds left after `step`, as `time_left` but knowing the share of the phase that is done."""
        now = self._clock()
        if not self._phases or self._phases[-1][0] != step.phase:
            self._phases.append([step.phase, now.isoformat()])
        return _left(self._like, self._phases, now, share=step.done / step.total if step.total else 0.0)


def spans(job: JobRow) -> Spans:
    """(phase, seconds) of an ended job's last start, in order."""
    last = [entry for entry in job.phases if entry[2:] == job.phases[-1][2:]]
    begun = [datetime.fromisoformat(entry[1]) for entry in last]
    ends = [*begun[1:], job.ended_at or begun[-1]] if begun else []
    return [
        (entry[0], max(0.0, (end - start).total_seconds())) for entry, start, end in zip(last, begun, ends, strict=True)
    ]


def _like(reader: Reader, job: JobRow) -> list[Spans]:
    """The newest jobs of the same kind, on the same model, that succeeded."""
    where = {"state": "succeeded", "kind": job.kind}
    known = reader.list(JobRow, where=where, limit=_NEWEST, newest_first=True)
    return [spans(one) for one in known if one.payload.get("model") == job.payload.get("model")]


def _left(like: Sequence[Spans], phases: Sequence[Sequence[str]], now: datetime, share: float) -> Range | None:
    """What is left of the present phase, and all that came after it, in each past job that was as slow or slower.

    A share that is done says more than the time that has gone by: then the rest of each past phase counts, and the
    pace of this one beside them.
    """
    if not phases:
        return None
    phase, begun = phases[-1][0], datetime.fromisoformat(phases[-1][1])
    gone = max(0.0, (now - begun).total_seconds())  # a clock that was set back tells nothing
    found = []
    for one in like:
        at = next((i for i, (name, _) in enumerate(one) if name == phase), None)
        if at is not None:
            found.append((one[at][1], sum(seconds for _, seconds in one[at + 1 :])))
    if share > 0:
        rest = [(took * (1 - share), later) for took, later in found]
        rest += [(gone * (1 - share) / share, later) for _, later in found]
    else:
        rest = [(took - gone, later) for took, later in found if took >= gone]
    if min(len(found), len(rest)) < FEWEST:
        return None
    low, high = np.quantile([here + later for here, later in rest], QUANTILES)
    return round(float(low), 2), round(float(high), 2)
