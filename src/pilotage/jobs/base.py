"""The contract of job engines, and how one job is run whatever the engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pilotage.core.clock import Clock
from pilotage.core.errors import JobCancelledError, PilotageError
from pilotage.core.ids import derived_id
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.records import Event, EventRegistry, Payload
from pilotage.store import JobRow, Store, Transaction

Json = dict[str, Any]


class Verb(Protocol):
    """What a kind of job does. Must be re-entrant: after a crash it is called again with the same payload."""

    def __call__(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        """Do the work; what it returns is the job's result."""


Verbs = Mapping[str, Verb]
JOB_EVENTS = EventRegistry()


@JOB_EVENTS.register
class JobChanged(Payload):
    """A job entered another state or another phase."""

    type: ClassVar[str] = "job.changed"

    job_id: str
    kind: str
    state: str
    phase: str = ""
    error: Json | None = None


class JobEngine(ABC):
    """Carries jobs. A job enqueued twice under one key is one job."""

    @abstractmethod
    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        """Add `job` within the caller's transaction: it will run if, and only if, that commits."""

    @abstractmethod
    def cancel(self, job_id: str) -> None:
        """Ask a job to stop within one step of its work; one that has ended stays as it is.

        Raises:
            NotFoundError: no such job.
        """

    @abstractmethod
    def wait(self, job_id: str, *, timeout: float | None = None) -> JobRow:
        """The job once it has ended, or as it stands after `timeout` seconds.

        Raises:
            NotFoundError: no such job.
        """

    def close(self) -> None:  # noqa: B027  (an engine without threads has nothing to end)
        """Stop taking jobs."""


def new_job(
    kind: str, payload: Json, *, topic: str, key: tuple[str | int, ...], clock: Clock,
    lane: Literal["interactive", "background"] = "interactive",
) -> JobRow:  # fmt: skip
    """A queued job whose id follows from its kind and key."""
    return JobRow(
        id=derived_id("job", kind, *key),
        created_at=clock(),
        kind=kind,
        payload=payload,
        topic=topic,
        lane=lane,
    )


def put_job(tx: Transaction, job: JobRow, clock: Clock) -> JobRow:
    """Write a job's row and the event that says so."""
    tx.put(job)
    phase = job.phases[-1][0] if job.phases else ""
    change = JobChanged(job_id=job.id, kind=job.kind, state=job.state, phase=phase, error=job.error)
    tx.append(Event.of(job.topic, change, clock()))
    return job


def run_job(
    store: Store, verbs: Verbs, job_id: str, *, clock: Clock, progress: Progress, cancel: CancelToken
) -> JobRow:
    """Run one job to its end and record how it ended; errors become the job's `error`, never an exception.

    A new phase is written down when it begins; steps within a phase only go to `progress`.
    """
    with store.transaction() as tx:
        job = tx.get(JobRow, job_id)
        if job.state not in ("queued", "running"):
            return job
        job = put_job(tx, job.model_copy(update={"state": "running", "started_at": clock()}), clock)

    phases: list[list[str]] = []

    def note(step: Step, /) -> None:
        if not phases or phases[-1][0] != step.phase:
            phases.append([step.phase, clock().isoformat()])
            with store.transaction() as tx:
                put_job(tx, job.model_copy(update={"phases": list(phases)}), clock)
        progress(step)

    update: Json
    try:
        cancel.check()
        update = {"state": "succeeded", "result": verbs[job.kind](job.payload, progress=note, cancel=cancel)}
    except JobCancelledError as error:
        update = {"state": "cancelled", "error": problem(error)}
    except Exception as error:  # a job's fault must not end the worker
        update = {"state": "failed", "error": problem(error)}
    with store.transaction() as tx:
        return put_job(tx, job.model_copy(update={**update, "phases": phases, "ended_at": clock()}), clock)


def problem(error: Exception) -> Json:
    """An error as data: code, message, hint, field; a fault of ours has the code `internal`."""
    if isinstance(error, PilotageError):
        return {"code": error.code, "message": str(error), "hint": error.hint, "field": error.field}
    return {
        "code": "internal", "message": f"{type(error).__name__}: {error}", "field": "",
        "hint": "This is a bug in Pilotage or in a plug-in; the log has the details.",
    }  # fmt: skip
