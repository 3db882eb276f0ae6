"""The helper process: beliefs are computed there, so that no request waits for another's arithmetic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pilotage.app.lab import advise, believe
from pilotage.core.pools import process_pool
from pilotage.elicitation import Judgement
from pilotage.sessions.advice import Advice
from pilotage.sessions.belief import Belief
from pilotage.spaces import Region
from pilotage.store import SessionRow

T = TypeVar("T")


class BeliefHelper:
    """One process, started ahead and started again if it dies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = process_pool(1)

    def start(self) -> None:
        """Have the process import what it needs before the first question."""
        self._pool.submit(_ready)

    def believe(self, session: SessionRow, region: Region, judgements: Sequence[Judgement]) -> Belief:
        """As `pilotage.app.lab.believe`, elsewhere; called from a thread that may wait."""
        return self._elsewhere(believe, session, region, judgements)

    def advise(
        self, session: SessionRow, region: Region, judgements: Sequence[Judgement], skills: Sequence[float]
    ) -> Advice:  # fmt: skip
        """As `pilotage.app.lab.advise`, elsewhere."""
        return self._elsewhere(advise, session, region, judgements, skills)

    def _elsewhere(self, compute: Callable[..., T], *args: Any) -> T:
        pool = self._pool
        try:
            return pool.submit(compute, *args).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:
                    self._pool = process_pool(1)
            return self._pool.submit(compute, *args).result()

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _ready() -> None:
    """Nothing more: this module is imported by now, and with it all that a belief takes."""
