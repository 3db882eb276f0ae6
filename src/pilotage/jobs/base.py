"""The contract of job engines, and what they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pilotage.core.clock import Clock
from pilotage.core.errors import PilotageError
from pilotage.core.ids import derived_id
from pilotage.core.progress import CancelToken, Progress
from pilotage.records import Event, EventRegistry, Payload
from pilotage.store import JobRow, Transaction

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
        """Add `job` within the caller's transaction: it will run if, and only if, that commits.

        One that failed, was cancelled or is just being stopped is tried again; any other that is known stays as it
        is, and is returned.
        """

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


def next_attempt(tx: Transaction, job: JobRow) -> JobRow | None:
    """The row to queue when `job` is asked for; None if it waits, runs or has succeeded already.

    What is left of an attempt that is being stopped is fenced, so the next need not wait for its end.
    """
    known = tx.find(JobRow, job.id)
    if known is None:
        return job
    stopping = known.state == "running" and known.cancel_requested
    if known.state in ("queued", "running", "succeeded") and not stopping:
        return None
    return job.model_copy(update={"attempt": known.attempt + 1})


def problem(error: Exception) -> Json:
    """An error as data: code, message, hint, field; a fault of ours has the code `internal`."""
    if isinstance(error, PilotageError):
        return {"code": error.code, "message": str(error), "hint": error.hint, "field": error.field}
    return {
        "code": "internal", "message": f"{type(error).__name__}: {error}", "field": "",
        "hint": "This is a bug in Pilotage or in a plug-in; the log has the details.",
    }  # fmt: skip
