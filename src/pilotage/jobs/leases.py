"""Leases: a job whose worker has not been heard of for a while is anybody's.

Nobody compares clocks: each worker counts its beats, and whoever watches measures by a clock of his own, that
nobody can set, how long a count has stood still. Being wrong costs time, never data: see `pilotage.jobs.fence`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from pilotage.core.clock import Clock
from pilotage.core.errors import GenerationError
from pilotage.jobs.base import problem, put_job
from pilotage.jobs.fence import Fence
from pilotage.jobs.presence import BEAT_EVERY, is_gone, worker_name
from pilotage.jobs.processes import is_process, process_is_gone
from pilotage.store import JobRow, Reader, Store, Transaction, WorkerRow

LEASE_S = 40.0  # with a beat missed, a look and the queue's own wait, a job is taken over within 45 s
Sign = tuple[object, ...]


class Leases:
    """One watcher. It needs to look a few times before it can tell.

    Args:
        lease: seconds of silence after which a worker has lost its jobs.
        now: a monotonic clock in seconds.
        look_every: the time between two looks; a longer gap is the watcher's own sleep and counts no more than twice
            this, so that a machine that was suspended does not take its neighbours for dead.
    """

    def __init__(
        self, *, lease: float = LEASE_S, look_every: float = BEAT_EVERY, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._lease, self._longest, self._now = lease, 2 * look_every, now
        self._silent: dict[str, tuple[Sign, float]] = {}  # job -> its sign of life, seconds that it stood still
        self._looked = now()

    def lapsed(self, reader: Reader) -> Sequence[JobRow]:
        """The running jobs whose worker has fallen silent or has forgotten them, or whose process is gone."""
        waited = min(self._now() - self._looked, self._longest)
        self._looked = self._now()
        workers = {row.id: row for row in reader.list(WorkerRow)}
        running = reader.list(JobRow, where={"state": "running"})
        jobs = [job for job in running if not is_process(job.worker_id)]
        silent = {}
        for job in jobs:
            worker = workers.get(job.worker_id or "")
            sign, (before, still) = _sign(job, worker), self._silent.get(job.id, ((), 0.0))
            silent[job.id] = (sign, still + waited if sign == before else 0.0)
        self._silent = silent
        gone = [job for job in jobs if silent[job.id][1] >= self._lease or is_gone(workers.get(job.worker_id or ""))]
        return [*gone, *filter(is_orphan, running)]


def is_orphan(job: JobRow) -> bool:
    """Whether a running job was begun by a process without a queue, such as a terminal's, that is gone."""
    return job.state == "running" and is_process(job.worker_id) and process_is_gone(job.worker_id)


def release(tx: Transaction, job: JobRow, clock: Clock) -> JobRow | None:
    """Take a job from its worker, to be begun by any; None if it has moved on since it was looked at."""
    current = tx.get(JobRow, job.id)
    if not Fence.of(job).holds(current):
        return None
    return put_job(tx, current.model_copy(update={"state": "queued", "worker_id": None}), clock)


def note_death(store: Store, slot: int, cause: str) -> None:
    """Write down, at the jobs that a worker of this machine had in hand, how it ended: the only clue if they fail."""
    with store.transaction() as tx:
        for job in tx.list(JobRow, where={"state": "running", "worker_id": worker_name(slot)}):
            tx.put(job.model_copy(update={"error": problem(GenerationError(cause))}))


def _sign(job: JobRow, worker: WorkerRow | None) -> Sign:
    """What changes while a worker works on a job; a beat that does not name the job is no sign."""
    about = (job.attempt, job.starts, job.worker_id)
    named = worker is not None and job.id in worker.status.get("jobs", ())
    return (*about, worker.pid, worker.created_at, worker.beats) if named and worker is not None else about
