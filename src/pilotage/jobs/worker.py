"""The worker process: takes jobs from the queue, one a lane, and says by its heartbeat that it lives."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.core.progress import CancelToken, Step
from pilotage.jobs.base import Json, Verbs
from pilotage.jobs.dbos_engine import APPLICATION, LANES, VERSION, WORKFLOW, prepare, queue_engine, serializer
from pilotage.jobs.leases import Leases
from pilotage.jobs.live import LiveServer, live_secret, step_frame
from pilotage.jobs.presence import BEAT_EVERY, worker_name
from pilotage.jobs.run import run_job
from pilotage.jobs.takeover import Takeover
from pilotage.jobs.timing import Estimate
from pilotage.store import JobRow, WorkerRow

if TYPE_CHECKING:
    from pilotage.store.sql import SqlStore

OnCommand = Callable[[Json], None]
_LOOK_EVERY = 0.5  # seconds between two looks at the rows of the jobs in hand
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker stands.

    Attributes:
        home: folder of the slot's lock and of the live channel's secret.
        device: what the models run on; shown to the user.
        slot: number of this worker on this machine; jobs in flight belong to it.
        lanes: the queues that it takes jobs from, one job a lane at a time.
    """

    home: Path
    device: str
    slot: int = 0
    lanes: tuple[str, ...] = tuple(LANES)


def run_worker(
    store: SqlStore, verbs: Verbs, place: Place, *, stop: threading.Event, leases: Leases | None = None,
    status: Callable[[], Json] = dict, on_command: OnCommand = lambda command: None,
) -> None:  # fmt: skip
    """Do jobs until `stop` is set. One process a device, and one worker a process.

    A job that runs when `stop` is set goes on in the next worker, from where its verb left its work: a thread
    cannot be stopped, so the process is then ended here, at once, with exit status 0. Meanwhile the worker also
    watches the others: the jobs of one that is gone are queued again.

    Args:
        store: whose database holds the queue.
        verbs: kind of job -> what to do.
        place: who the worker is, and which jobs it takes.
        stop: set by whoever wants the worker to end.
        leases: when another worker has lost its jobs.
        status: facts for the heartbeat, such as the models that are loaded; called every two seconds.
        on_command: called in a thread with each command but `cancel`, which is dealt with here.

    Raises:
        ConflictError: a worker with this slot runs already.
        InvalidInputError: a lane that is none.
    """
    if not place.lanes or set(place.lanes) - set(LANES):
        raise InvalidInputError(f"the queues are {', '.join(LANES)}", field="queues")
    with _lock(place.home / f"worker-{place.slot}.lock", place.slot):
        prepare(store.url)
        engine = queue_engine(store.url)
        worker = _Worker(store, verbs, on_command, place, system_clock)
        worker.takeover = Takeover(store, engine, leases or Leases(), system_clock)
        worker.live = LiveServer(live_secret(place.home), worker.hear)
        worker.beat(status())  # before any job: its row must not tell of the process before
        worker.takeover.inherit(worker.id)
        pulse = threading.Thread(target=worker.beat_until, args=(stop, status), daemon=True)
        try:
            _launch(engine, worker.id, place.lanes, worker.perform)
            pulse.start()
            stop.wait()
            pulse.join()
        finally:
            worker.live.close()
            if worker.give_back():
                logging.shutdown()
                os._exit(0)
            _destroy()
            engine.dispose()


class _Worker:
    """What happens to a job here, between the queue and its verb."""

    live: LiveServer
    takeover: Takeover

    def __init__(self, store: SqlStore, verbs: Verbs, on_command: OnCommand, place: Place, clock: Clock) -> None:
        self._store, self._verbs, self._on_command, self._clock = store, verbs, on_command, clock
        self.id, self._device = worker_name(place.slot), place.device
        self._born, self._beats, self._beaten = clock(), 0, time.monotonic()
        self._running: dict[str, CancelToken] = {}
        self._attempts: dict[str, int] = {}

    def perform(self, job_id: str, attempt: int) -> None:
        """Run a job, unless it has ended or another attempt took its place."""
        self._attempts[job_id] = attempt
        token = self._running[job_id] = CancelToken()  # before the row is read, so that no wish falls between
        try:
            job = self._store.find(JobRow, job_id)  # None: deleted since, with the session that it was for
            if job is not None and job.attempt == attempt:
                self._run(job, token)
        finally:
            self._running.pop(job_id, None)
            self.live.forget(job_id)

    def _run(self, job: JobRow, token: CancelToken) -> None:
        estimate = Estimate(self._store, job, self._clock)

        def progress(step: Step, /) -> None:
            self.live.publish(job.topic, {**step_frame(job.id, step), "time_left": estimate.after(step)})

        run_job(self._store, self._verbs, job.id, clock=self._clock, progress=progress, cancel=token, worker_id=self.id)
        self.live.publish(job.topic, {"job_id": job.id, "phase": "ended", "done": 0, "total": 0, "previews": []})

    def hear(self, command: Json) -> None:
        """Deal with a command from the live channel."""
        if command.get("command") != "cancel":
            self._on_command(command)
        elif token := self._running.get(str(command.get("job_id"))):
            token.cancel()

    def beat_until(self, stop: threading.Event, status: Callable[[], Json]) -> None:
        """Beat every two seconds, and once more, without an address, at the end; a beat that fails is one missed."""
        while not stop.wait(_LOOK_EVERY):
            with _outlived("look after the running jobs"):
                self._stop_unwanted()
            if time.monotonic() - self._beaten >= BEAT_EVERY:
                with _outlived("beat"):
                    self.beat(status())
                    self.takeover.look()
        with _outlived("say goodbye"):
            self.beat({}, address="")

    def beat(self, status: Json, *, address: str | None = None) -> None:
        """Write this worker's row."""
        self._beaten, self._beats = time.monotonic(), self._beats + 1
        row = WorkerRow(
            id=self.id,
            created_at=self._born,
            pid=os.getpid(),
            device=self._device,
            address=self.live.address if address is None else address,
            beat_at=self._clock(),
            beats=self._beats,
            status={**status, "jobs": list(self._running)},
        )
        with self._store.transaction() as tx:
            tx.put(row)

    def _stop_unwanted(self) -> None:
        """The live channel is quick but may be down; the row never forgets. A job that was lost is stopped too."""
        for job_id, token in list(self._running.items()):
            job = self._store.get(JobRow, job_id)
            is_old = job.attempt != self._attempts[job_id]
            if job.cancel_requested or is_old or job.worker_id not in (None, self.id):
                token.cancel()

    def give_back(self) -> bool:
        """Whether jobs still run; they are queued for whichever worker comes first, as not having failed."""
        running = list(self._running)
        for job_id in running:
            job = self._store.get(JobRow, job_id)
            if job.state == "running" and job.worker_id == self.id:
                self.takeover.give(job, innocent=True)
        return bool(running)


@contextmanager
def _outlived(what: str) -> Iterator[None]:
    """A worker outlives what fails for a moment, whatever it is: a full disk, a database that restarts."""
    try:
        yield
    except Exception:
        _log.warning("the worker could not %s", what, exc_info=True)


def _launch(engine: Any, name: str, lanes: Sequence[str], perform: Callable[[str, int], None]) -> None:
    from dbos import DBOS

    DBOS(
        config={
            "name": APPLICATION,
            "system_database_engine": engine,
            "serializer": serializer(),
            "application_version": VERSION,
            "executor_id": name,
            "log_level": "WARNING",
        }
    )

    # What escapes `perform` is the store's failure (a full disk, a lock): it may pass.
    @DBOS.step(name="run", retries_allowed=True, interval_seconds=1.0, max_attempts=8)
    def run(job_id: str, attempt: int) -> None:
        perform(job_id, attempt)

    @DBOS.workflow(name=WORKFLOW)
    def job(job_id: str, attempt: int) -> None:  # frozen: DBOS replays it by the order of its steps
        run(job_id, attempt)

    DBOS.listen_queues(list(lanes))
    DBOS.launch()


def _destroy() -> None:
    from dbos import DBOS

    DBOS.destroy(destroy_registry=True)


@contextmanager
def _lock(path: Path, slot: int) -> Iterator[None]:
    """Hold the slot's file; the system lets go of it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            import fcntl  # noqa: PLC0415
        except ImportError:  # Windows: two workers of one slot are not told apart there
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise ConflictError(
                f"a worker with slot {slot} runs already", hint="Stop it first, or start this one with another slot."
            ) from cause
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
