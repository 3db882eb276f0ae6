"""The durable engine: jobs queued in the caller's own transaction, and done by a worker process.

DBOS keeps the queue, in the same database as our tables, and hands a job to a worker again if its process
died. What a job is and where it stands, the `job` table says; DBOS knows no more than ids.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotage.core.clock import Clock, system_clock
from pilotage.core.crash import crash_point
from pilotage.core.errors import JobCancelledError
from pilotage.core.ids import new_id
from pilotage.jobs.base import JobEngine, next_attempt, problem, put_job
from pilotage.jobs.binding import BoundStore
from pilotage.jobs.live import live_secret, send_command
from pilotage.jobs.presence import address_here
from pilotage.store import JobRow, Transaction, WorkerRow

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pilotage.store.sql import SqlStore

# Frozen: a job queued by one release must be found by the worker of the next.
APPLICATION = "pilotage"
VERSION = "jobs-1"
WORKFLOW = "pilotage.job"
LANES = {"interactive": 0.1, "background": 1.0}  # name of the queue -> seconds between two looks at it

_POLL = 0.05
_WAITING = ("ENQUEUED", "DELAYED", "PENDING")  # DBOS will run, or is running, a workflow in these states


class DbosClientEngine(JobEngine):
    """The engine of the process that asks for jobs; `run_worker` does them in another.

    Args:
        store: whose database also holds the queue.
        home: folder with the secret of the live channel, by which a running job hears that it is cancelled.
    """

    def __init__(self, store: SqlStore, home: Path, *, clock: Clock = system_clock) -> None:
        self._store, self._home, self._clock = BoundStore(store), home, clock
        prepare(store.url)
        self._engine = queue_engine(store.url)
        self._queue = Queue(self._engine)

    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        """As `JobEngine.enqueue`."""
        fresh = next_attempt(tx, job) or self._orphan(tx.get(JobRow, job.id))
        if fresh is None:
            return tx.get(JobRow, job.id)
        self._queue.put(tx, fresh)
        queued = put_job(tx, fresh, self._clock)
        crash_point("job enqueued")
        return queued

    def cancel(self, job_id: str) -> None:
        """As `JobEngine.cancel`; a job that nobody has begun ends at once."""
        with self._store.transaction() as tx:
            job = tx.get(JobRow, job_id)
            if job.state == "queued":
                error = problem(JobCancelledError("cancelled", hint="Start it again when you want it."))
                update = {"state": "cancelled", "error": error, "ended_at": self._clock()}
                put_job(tx, job.model_copy(update=update), self._clock)
            elif job.state == "running":
                tx.put(job.model_copy(update={"cancel_requested": True}))
        if job.state == "running":  # the row says it too, but is looked at only now and then
            self._tell(job, {"command": "cancel", "job_id": job_id})

    def wait(self, job_id: str, *, timeout: float | None = None) -> JobRow:
        """As `JobEngine.wait`."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            job = self._store.get(JobRow, job_id)
            if job.ended_at is not None or (end is not None and time.monotonic() >= end):
                return job
            time.sleep(_POLL)

    def close(self) -> None:
        """As `JobEngine.close`; jobs go on in their workers."""
        self._queue.close()
        self._engine.dispose()

    def _tell(self, job: JobRow, command: dict[str, Any]) -> None:
        if address := address_here(self._store.find(WorkerRow, job.worker_id or "")):
            send_command(address, live_secret(self._home), command)

    def _orphan(self, known: JobRow) -> JobRow | None:
        """The next attempt of a job that says it waits or runs, while the queue knows nothing of it."""
        if known.state == "succeeded" or self._queue.has(known):
            return None
        fresh = {"state": "queued", "attempt": known.attempt + 1, "starts": 0, "phases": [], "worker_id": None}
        return known.model_copy(update=fresh)


class Queue:
    """DBOS's queue, for whoever puts jobs into it."""

    def __init__(self, engine: Engine) -> None:
        from dbos import DBOSClient

        _quiet()
        self.client = DBOSClient(
            system_database_engine=engine, serializer=serializer(), application_name=APPLICATION, lazy=True
        )

    def put(self, tx: Transaction, job: JobRow, *, again: bool = False) -> None:
        """Queue a job's present attempt within a transaction; `again` if the queue may know it already."""
        options: Any = {
            "workflow_name": WORKFLOW,
            "queue_name": job.lane,
            "workflow_id": f"{_workflow_id(job)}-{new_id('again')}" if again else _workflow_id(job),
            "app_version": VERSION,
        }
        self.client.enqueue_in_transaction(tx.connection, options, job.id, job.attempt)

    def has(self, job: JobRow) -> bool:
        """Whether the job's present attempt waits or runs."""
        prefix, waiting = _workflow_id(job), list(_WAITING)
        found = self.client.list_workflows(
            workflow_id_prefix=prefix, status=waiting, load_input=False, load_output=False
        )
        return bool(found)

    def close(self) -> None:
        """Let go of the queue; the engine stays open."""
        self.client.destroy()


def prepare(url: str) -> None:
    """Make or renew the queue's own tables in the database at `url`, and name the lanes."""
    from dbos import DBOS

    _quiet()
    DBOS.migrate(url)
    engine = queue_engine(url)
    queue = Queue(engine)
    try:
        for lane, pause in LANES.items():
            queue.client.register_queue(lane, worker_concurrency=1, polling_interval_sec=pause)
    finally:
        queue.close()
        engine.dispose()


def queue_engine(url: str) -> Engine:
    """Connections to `url` for the queue alone: it wants its transactions begun its own way."""
    from sqlalchemy import create_engine, make_url

    from pilotage.store.sqlite import sqlite_engine  # noqa: PLC0415

    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, begin="driver")
    return create_engine(url)


def serializer() -> Any:
    """JSON on both sides: by default DBOS would pickle, and reading a pickle runs code.

    DBOS reads a row that names `py_pickle` as one all the same, whatever serializer it was given, so its reader of
    pickles is taken away.
    """
    from dbos import DBOSPortableJSONSerializer
    from dbos._serialization import DefaultSerializer

    DefaultSerializer.deserialize = _refuse_pickle  # type: ignore[method-assign, assignment]
    return DBOSPortableJSONSerializer()


def _refuse_pickle(self: object, data: str) -> Any:
    raise ValueError("a row of the queue holds a pickle; it is not read, since that could run code")


def _quiet() -> None:
    """Keep DBOS to warnings; at its usual level it advertises."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


def _workflow_id(job: JobRow) -> str:
    return f"{job.id}-{job.attempt}"
