"""InlineEngine: jobs run in the caller's own thread when somebody waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pilotage.core.clock import Clock, system_clock
from pilotage.core.crash import crash_point
from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.jobs.base import JobEngine, Verbs, next_attempt, put_job
from pilotage.jobs.leases import Leases, is_orphan, release
from pilotage.jobs.processes import process_name
from pilotage.jobs.run import run_job
from pilotage.store import JobRow, Store, Transaction

_LOOK_EVERY = 0.5
_in_hand: set[str] = set()  # the jobs that this process runs: their rows say which process, not which thread
_let_go = threading.Condition()


class InlineEngine(JobEngine):
    """The engine of the library and the terminal. `progress` receives every step."""

    def __init__(self, store: Store, verbs: Verbs, *, progress: Progress = silent, clock: Clock = system_clock) -> None:
        self._store, self._verbs, self._clock = store, verbs, clock
        self.progress = progress
        self._tokens: dict[str, CancelToken] = {}

    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        """As `JobEngine.enqueue`."""
        fresh = next_attempt(tx, job)
        if fresh is None:
            return tx.get(JobRow, job.id)
        self._tokens.pop(job.id, None)  # the wish to cancel was about the attempt before
        queued = put_job(tx, fresh, self._clock)
        crash_point("job enqueued")
        return queued

    def cancel(self, job_id: str) -> None:
        """As `JobEngine.cancel`; a job that nobody has begun, or whose process is gone, ends at once."""
        self._token(job_id).cancel()
        with self._store.transaction() as tx:
            job = tx.get(JobRow, job_id)
            if job.state == "running":  # perhaps in another process: the row tells whoever has it
                tx.put(job.model_copy(update={"cancel_requested": True}))
        if job.state == "queued" or is_orphan(job):
            self.wait(job_id)

    def wait(self, job_id: str, *, timeout: float | None = None) -> JobRow:
        """As `JobEngine.wait`: runs the job here and now, if it has not been run.

        A job that a worker or another thread has in hand is waited for, and taken over if that is dead.
        """
        end = None if timeout is None else time.monotonic() + timeout
        leases = Leases(look_every=_LOOK_EVERY)
        while True:
            with _alone(job_id, end) as mine:
                job = self._run(job_id) if mine else self._store.get(JobRow, job_id)
            if job.state != "running" or (end is not None and time.monotonic() >= end):
                return job
            if not self._take_over(leases, job):
                time.sleep(_LOOK_EVERY)

    def settle(self) -> None:
        """Queue again the jobs of terminals that are gone; those that were to be cancelled end."""
        for job in filter(is_orphan, self._store.list(JobRow, where={"state": "running"})):
            with self._store.transaction() as tx:
                release(tx, job, self._clock)
            if job.cancel_requested:
                self.wait(job.id)

    def _run(self, job_id: str) -> JobRow:
        return run_job(
            self._store,
            self._verbs,
            job_id,
            clock=self._clock,
            progress=self.progress,
            cancel=self._token(job_id),
            worker_id=process_name(),
        )

    def _take_over(self, leases: Leases, job: JobRow) -> bool:
        if job.id not in {lapsed.id for lapsed in leases.lapsed(self._store)}:
            return False
        with self._store.transaction() as tx:
            return release(tx, job, self._clock) is not None

    def _token(self, job_id: str) -> CancelToken:
        return self._tokens.setdefault(job_id, CancelToken())


@contextmanager
def _alone(job_id: str, end: float | None) -> Iterator[bool]:
    """Keep a job to this thread, once no other of this process has it; False if one still has at `end`."""
    left = None if end is None else max(0.0, end - time.monotonic())
    with _let_go:
        mine = _let_go.wait_for(lambda: job_id not in _in_hand, left)
        if mine:
            _in_hand.add(job_id)
    try:
        yield mine
    finally:
        if mine:
            with _let_go:
                _in_hand.discard(job_id)
                _let_go.notify_all()
