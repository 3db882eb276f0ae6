"""The worker process: takes jobs from the queue, one a lane, and says by its heartbeat that it lives."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import ConflictError
from pilotage.core.progress import CancelToken, Step
from pilotage.jobs.base import Json, Verbs
from pilotage.jobs.dbos_engine import APPLICATION, LANES, VERSION, WORKFLOW, prepare, queue_engine, serializer
from pilotage.jobs.live import LiveServer, live_secret, step_frame
from pilotage.jobs.presence import BEAT_EVERY
from pilotage.jobs.run import run_job
from pilotage.store import JobRow, WorkerRow

if TYPE_CHECKING:
    from pilotage.store.sql import SqlStore

OnCommand = Callable[[Json], None]


def run_worker(
    store: SqlStore, verbs: Verbs, *, home: Path, device: str, stop: threading.Event, slot: int = 0,
    status: Callable[[], Json] = dict, on_command: OnCommand = lambda command: None,
) -> None:  # fmt: skip
    """Do jobs until `stop` is set. One process a device, and one worker a process.

    A job that runs when `stop` is set goes on in the next worker, from where its verb left its work: a thread
    cannot be stopped, so the process is then ended here, at once, with exit status 0.

    Args:
        store: whose database holds the queue.
        verbs: kind of job -> what to do.
        home: folder of the slot's lock and of the live channel's secret.
        device: what the models run on; shown to the user.
        stop: set by whoever wants the worker to end.
        slot: number of this worker on this machine; jobs in flight belong to it.
        status: facts for the heartbeat, such as the models that are loaded; called every two seconds.
        on_command: called in a thread with each command but `cancel`, which is dealt with here.

    Raises:
        ConflictError: a worker with this slot runs already.
    """
    with _lock(home / f"worker-{slot}.lock", slot):
        worker = _Worker(store, verbs, on_command, system_clock)
        worker.live = LiveServer(live_secret(home), worker.hear)
        beat = threading.Thread(
            target=worker.beat_until, args=(stop, f"{socket.gethostname()}:{slot}", device, status), daemon=True
        )
        engine = queue_engine(store.url)
        try:
            _launch(store.url, engine, slot, worker.perform)
            beat.start()
            stop.wait()
            beat.join()
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

    def __init__(self, store: SqlStore, verbs: Verbs, on_command: OnCommand, clock: Clock) -> None:
        self._store, self._verbs, self._on_command, self._clock = store, verbs, on_command, clock
        self._running: dict[str, CancelToken] = {}

    def perform(self, job_id: str, attempt: int) -> None:
        """Run a job, unless it has ended or another attempt took its place."""
        token = self._running[job_id] = CancelToken()  # before the row is read, so that no wish falls between
        try:
            job = self._store.get(JobRow, job_id)
            if job.attempt == attempt:
                self._run(job, token)
        finally:
            self._running.pop(job_id, None)
            self.live.forget(job_id)

    def _run(self, job: JobRow, token: CancelToken) -> None:
        def progress(step: Step, /) -> None:
            self.live.publish(job.topic, step_frame(job.id, step))

        run_job(self._store, self._verbs, job.id, clock=self._clock, progress=progress, cancel=token)
        self.live.publish(job.topic, {"job_id": job.id, "phase": "ended", "done": 0, "total": 0, "previews": []})

    def hear(self, command: Json) -> None:
        """Deal with a command from the live channel."""
        if command.get("command") != "cancel":
            self._on_command(command)
        elif token := self._running.get(str(command.get("job_id"))):
            token.cancel()

    def beat_until(self, stop: threading.Event, name: str, device: str, status: Callable[[], Json]) -> None:
        """Write the worker's row every two seconds, and once more, without an address, at the end."""
        born = self._clock()
        while True:
            self._beat(born, name, device, self.live.address, {**status(), "jobs": list(self._running)})
            if stop.wait(BEAT_EVERY):
                break
            self._look_for_cancelled()
        self._beat(born, name, device, "", {})

    def _beat(self, born: datetime, name: str, device: str, address: str, status: Json) -> None:
        row = WorkerRow(
            id=name,
            created_at=born,
            pid=os.getpid(),
            device=device,
            address=address,
            beat_at=self._clock(),
            status=status,
        )
        with self._store.transaction() as tx:
            tx.put(row)

    def _look_for_cancelled(self) -> None:
        """The live channel is quick but may be down; the row never forgets."""
        for job_id, token in list(self._running.items()):
            if self._store.get(JobRow, job_id).cancel_requested:
                token.cancel()

    def give_back(self) -> bool:
        """Whether jobs still run; they are noted as not having failed."""
        running = list(self._running)
        for job_id in running:
            with self._store.transaction() as tx:
                job = tx.get(JobRow, job_id)
                if job.state == "running":
                    tx.put(job.model_copy(update={"starts": max(0, job.starts - 1)}))
        return bool(running)


def _launch(url: str, engine: Any, slot: int, perform: Callable[[str, int], None]) -> None:
    from dbos import DBOS

    prepare(url)
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_engine": engine,
            "serializer": serializer(),
            "application_version": VERSION,
            "executor_id": f"{socket.gethostname()}:{slot}",
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

    DBOS.listen_queues(list(LANES))
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
