"""The contract of job engines, and how one job is run whatever the engine."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

from pilotage.core.clock import Clock
from pilotage.core.errors import GenerationError, JobCancelledError, PilotageError
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
MAX_STARTS = 3
_log = logging.getLogger(__name__)


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

        One that failed or was cancelled is tried again; any other that is known stays as it is, and is returned.
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
    """The row to queue when `job` is asked for; None if it waits, runs or has succeeded already."""
    known = tx.find(JobRow, job.id)
    if known is None:
        return job
    if known.state in ("queued", "running", "succeeded"):
        return None
    return job.model_copy(update={"attempt": known.attempt + 1})


def run_job(
    store: Store, verbs: Verbs, job_id: str, *, clock: Clock, progress: Progress, cancel: CancelToken
) -> JobRow:
    """Run one job to its end and record how it ended; errors become the job's `error`, never an exception.

    A new phase is written down when it begins; steps within a phase only go to `progress`. A job over which
    a process died `MAX_STARTS` times fails.
    """
    with store.transaction() as tx:
        job = _begin(tx, tx.get(JobRow, job_id), clock)
    if job.state != "running":
        return job
    if job.cancel_requested:
        cancel.cancel()
    phases: list[list[str]] = []

    def note(step: Step, /) -> None:
        if not phases or phases[-1][0] != step.phase:
            phases.append([step.phase, clock().isoformat()])
            _change(store, job_id, clock, phases=list(phases))
        progress(step)

    try:
        cancel.check()
        result = verbs[job.kind](job.payload, progress=note, cancel=cancel)
        ending: Json = {"state": "succeeded", "result": result}
    except JobCancelledError as error:
        ending = {"state": "cancelled", "error": problem(error)}
    except KeyboardInterrupt:  # ctrl-c in a terminal or a notebook, where the job runs in the caller's thread
        _change(
            store, job_id, clock, state="cancelled", error=problem(JobCancelledError("interrupted")), ended_at=clock()
        )
        raise
    except Exception as error:  # a job's fault must not end the worker
        if not isinstance(error, PilotageError):
            _log.exception("job %s (%s) failed", job_id, job.kind)
        ending = {"state": "failed", "error": problem(error)}
    return _change(store, job_id, clock, **ending, ended_at=clock())


def _begin(tx: Transaction, job: JobRow, clock: Clock) -> JobRow:
    if job.state not in ("queued", "running"):
        return job
    if job.starts >= MAX_STARTS:
        error = GenerationError(
            f"the process died {job.starts} times over this job", hint="The log of the worker may say why."
        )
        return put_job(
            tx, job.model_copy(update={"state": "failed", "error": problem(error), "ended_at": clock()}), clock
        )
    return put_job(
        tx, job.model_copy(update={"state": "running", "starts": job.starts + 1, "started_at": clock()}), clock
    )


def _change(store: Store, job_id: str, clock: Clock, **update: Any) -> JobRow:
    with store.transaction() as tx:  # read again: a wish to cancel may have been written meanwhile
        return put_job(tx, tx.get(JobRow, job_id).model_copy(update=update), clock)


def problem(error: Exception) -> Json:
    """An error as data: code, message, hint, field; a fault of ours has the code `internal`."""
    if isinstance(error, PilotageError):
        return {"code": error.code, "message": str(error), "hint": error.hint, "field": error.field}
    return {
        "code": "internal", "message": f"{type(error).__name__}: {error}", "field": "",
        "hint": "This is a bug in Pilotage or in a plug-in; the log has the details.",
    }  # fmt: skip
