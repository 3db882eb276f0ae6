"""The fence: who has lost a job can no longer write in its name, however late it wakes up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pilotage.core.errors import JobLostError
from pilotage.store import JobRow, Reader, Store, Transaction


@dataclass(frozen=True, slots=True)
class Fence:
    """One start of one attempt at a job, by one worker (None: by a process without a queue)."""

    job_id: str
    attempt: int
    start: int
    worker_id: str | None

    @classmethod
    def of(cls, job: JobRow) -> Fence:
        """The fence of a job that has just been begun."""
        return cls(job.id, job.attempt, job.starts, job.worker_id)

    def holds(self, job: JobRow) -> bool:
        """Whether the job is still the one that was begun."""
        return job.state == "running" and Fence.of(job) == self

    def check(self, tx: Transaction) -> JobRow:
        """The job, as it stands in this transaction.

        Raises:
            JobLostError: it was taken over, asked for anew, or has ended.
        """
        job = tx.get(JobRow, self.job_id)
        if not self.holds(job):
            raise JobLostError(f"job {job.id} is not this worker's any more", hint="What it did so far is discarded.")
        return job

    # A binding of stores: see `pilotage.jobs.binding`.

    @contextmanager
    def transaction(self, store: Store) -> Iterator[Transaction]:
        """A transaction that begins with the check, so that nothing is written behind a lost fence."""
        with store.transaction() as tx:
            self.check(tx)
            yield tx

    def reader(self, store: Store) -> Reader:
        """The store itself: reading does no harm."""
        return store
