"""Taking over: the jobs of a worker that is gone, or that goes, are begun by another."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pilotage.core.clock import Clock
from pilotage.jobs.dbos_engine import Queue
from pilotage.jobs.leases import Leases, release
from pilotage.store import JobRow, Store

if TYPE_CHECKING:
    from sqlalchemy import Engine

_log = logging.getLogger(__name__)


class Takeover:
    """Gives the jobs of workers that are gone, or that go, to whichever worker takes them first.

    A job is queued once more, in the transaction that takes it from its worker, rather than resumed: DBOS would
    resume it in a transaction of its own, and a zombie that ended its old workflow would end the resumed one. The
    row says who may begin, so a workflow too many finds nothing to do.
    """

    def __init__(self, store: Store, engine: Engine, leases: Leases, clock: Clock) -> None:
        self._store, self._leases, self._clock = store, leases, clock
        self._queue = Queue(engine)

    def look(self) -> list[JobRow]:
        """Queue again the jobs whose worker is gone; those jobs."""
        taken = []
        for job in self._leases.lapsed(self._store):
            if (queued := self.give(job)) is not None:
                _log.warning("job %s is taken from worker %s, which is gone", job.id, job.worker_id)
                taken.append(queued)
        return taken

    def inherit(self, worker_id: str) -> None:
        """Queue again what a worker's former process had in hand; for its next one, before it takes jobs.

        DBOS queues them again too, but for any worker, and one of another name leaves them alone: the rows say that
        they are in hand.
        """
        for job in self._store.list(JobRow, where={"state": "running", "worker_id": worker_id}):
            self.give(job)

    def give(self, job: JobRow, *, innocent: bool = False) -> JobRow | None:
        """Queue a running job for anybody; None if it has moved on meanwhile.

        Args:
            job: as it was looked at.
            innocent: whether its start does not count: its worker was stopped, and did not die over it.
        """
        with self._store.transaction() as tx:
            queued = release(tx, job, self._clock)
            if queued is None:
                return None
            if innocent:
                tx.put(queued := queued.model_copy(update={"starts": max(0, queued.starts - 1)}))
            self._queue.put(tx, queued, again=True)
            return queued
