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
from pilotage.jobs.leases import Leases, release
from pilotage.jobs.live import live_secret, send_command
from pilotage.jobs.presence import address_here
from pilotage.store import JobRow, Store, Transaction, WorkerRow

if TYPE_CHECKING:
    from dbos import DBOSClient
    from sqlalchemy import Engine

    from pilotage.store.sql import SqlStore

# Frozen: a job queued by one release must be found by the worker of the next.
APPLICATION = "pilotage"
VERSION = "jobs-1"
WORKFLOW = "pilotage.job"
LANES = {"interactive": 0.1, "background": 1.0}  # name of the queue -> seconds between two looks at it

_log = logging.getLogger(__name__)
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
        self._client = queue_client(self._engine)

    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        """As `JobEngine.enqueue`."""
        fresh = next_attempt(tx, job) or self._orphan(tx.get(JobRow, job.id))
        if fresh is None:
            return tx.get(JobRow, job.id)
        _enqueue(self._client, tx, fresh, _workflow_id(fresh))
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
        self._client.destroy()
        self._engine.dispose()

    def _tell(self, job: JobRow, command: dict[str, Any]) -> None:
        if address := address_here(self._store.find(WorkerRow, job.worker_id or "")):
            send_command(address, live_secret(self._home), command)

    def _orphan(self, known: JobRow) -> JobRow | None:
        """The next attempt of a job that says it waits or runs, while the queue knows nothing of it."""
        if known.state == "succeeded" or self._client.list_workflows(
            workflow_id_prefix=_workflow_id(known), status=list(_WAITING), load_input=False, load_output=False
        ):
            return None
        fresh = {"state": "queued", "attempt": known.attempt + 1, "starts": 0, "phases": [], "worker_id": None}
        return known.model_copy(update=fresh)


class Takeover:
    """Gives the jobs of workers that are gone, or that go, to whichever worker takes them first.

    A job is queued once more, in the transaction that takes it from its worker, rather than resumed: DBOS would
    resume it in a transaction of its own, and a zombie that ended its old workflow would end the resumed one. The
    row says who may begin, so a workflow too many finds nothing to do.
    """

    def __init__(self, store: Store, engine: Engine, leases: Leases, clock: Clock) -> None:
        self._store, self._leases, self._clock = store, leases, clock
        self._client = queue_client(engine)

    def look(self) -> list[JobRow]:
        """Queue again the jobs whose worker is gone; those jobs."""
        taken = []
        for job in self._leases.lapsed(self._store):
            if (queued := self.give(job)) is not None:
                _log.warning("job %s is taken from worker %s, which is gone", job.id, job.worker_id)
                taken.append(queued)
        return taken

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
            _enqueue(self._client, tx, queued, f"{_workflow_id(queued)}-{new_id('again')}")
            return queued


def queue_client(engine: Engine) -> DBOSClient:
    """What puts jobs into the queue."""
    from dbos import DBOSClient

    quiet()
    return DBOSClient(system_database_engine=engine, serializer=serializer(), application_name=APPLICATION, lazy=True)


def prepare(url: str) -> None:
    """Make or renew the queue's own tables in the database at `url`, and name the lanes."""
    from dbos import DBOS

    quiet()
    DBOS.migrate(url)
    engine = queue_engine(url)
    client = queue_client(engine)
    try:
        for lane, pause in LANES.items():
            client.register_queue(lane, worker_concurrency=1, polling_interval_sec=pause)
    finally:
        client.destroy()
        engine.dispose()


def queue_engine(url: str) -> Engine:
    """Connections to `url` for the queue alone: it wants its transactions begun its own way."""
    from sqlalchemy import create_engine, make_url

    from pilotage.store.sqlite import sqlite_engine  # noqa: PLC0415

    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, begin="driver")
    return create_engine(url)


def serializer() -> Any:
    """JSON on both sides: by default DBOS would pickle, and reading a pickle runs code."""
    from dbos import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()


def quiet() -> None:
    """Keep DBOS to warnings; at its usual level it advertises."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


def _enqueue(client: DBOSClient, tx: Transaction, job: JobRow, workflow_id: str) -> None:
    options: Any = {
        "workflow_name": WORKFLOW,
        "queue_name": job.lane,
        "workflow_id": workflow_id,
        "app_version": VERSION,
    }
    client.enqueue_in_transaction(tx.connection, options, job.id, job.attempt)


def _workflow_id(job: JobRow) -> str:
    return f"{job.id}-{job.attempt}"
