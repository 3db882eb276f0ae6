"""A queue of bounded length: who asks for more work than the lab could do is told so before anything is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pilotage.core.errors import QueueFullError
from pilotage.jobs.base import next_attempt
from pilotage.jobs.dbos_engine import DbosClientEngine
from pilotage.store import JobRow, Transaction

if TYPE_CHECKING:
    from pilotage.store.sql import SqlStore


class BoundedEngine(DbosClientEngine):
    """The durable engine, with at most `limit` jobs that wait; asking again for one that is known always works.

    The count is taken in the transaction that would enqueue: when it refuses, all of that transaction is undone.
    """

    def __init__(self, store: SqlStore, home: Path, *, limit: int) -> None:
        super().__init__(store, home)
        self._limit = limit

    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        """As `JobEngine.enqueue`.

        Raises:
            QueueFullError: `limit` jobs wait already.
        """
        if next_attempt(tx, job) is not None:
            waiting = len(tx.list(JobRow, where={"state": "queued"}, limit=self._limit))
            if waiting >= self._limit:
                hint = "Try again once some are done, cancel what isn't needed, or raise PILOTAGE_QUEUE_LIMIT."
                raise QueueFullError(f"{waiting} jobs wait already", hint=hint, limit=self._limit)
        return super().enqueue(tx, job)
