"""How one job is run, whatever the engine: from its row to the row that says how it ended."""

from __future__ import annotations

import logging
from typing import Any

from pilotage.core.clock import Clock
from pilotage.core.crash import crash_point
from pilotage.core.errors import GenerationError, JobCancelledError, JobLostError, PilotageError
from pilotage.core.hashing import canonical_json
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs.base import Json, Verbs, problem, put_job
from pilotage.jobs.binding import bound
from pilotage.jobs.fence import Fence
from pilotage.store import JobRow, Store, Transaction

MAX_STARTS = 3
_log = logging.getLogger(__name__)


def run_job(
    store: Store, verbs: Verbs, job_id: str, *, clock: Clock, progress: Progress, cancel: CancelToken,
    worker_id: str | None = None,
) -> JobRow:  # fmt: skip
    """Run one job to its end and record how it ended; errors become the job's `error`, never an exception.

    A new phase is written down when it begins; steps within a phase only go to `progress`. A job over which
    a process died `MAX_STARTS` times fails. A job that another worker has is left to it, and what the verb does
    is fenced: once the job is lost, nothing is written any more.
    """
    with store.transaction() as tx:
        job = _begin(tx, tx.get(JobRow, job_id), clock, worker_id)
    if job is None:
        return store.get(JobRow, job_id)
    crash_point("job begun")
    crash_point(f"{job.kind} begun")
    if job.cancel_requested:
        cancel.cancel()
    try:
        return _Start(store, job, clock).run(verbs, progress, cancel)
    except JobLostError:
        _log.warning("job %s was lost: another worker has it, or it was asked for anew", job_id)
        return store.get(JobRow, job_id)


class _Start:
    """One start of a job; all that it writes is fenced."""

    def __init__(self, store: Store, job: JobRow, clock: Clock) -> None:
        self._store, self._job, self._clock = store, job, clock
        self._fence = Fence.of(job)
        self._phases = list(job.phases)  # a job that goes on keeps what its earlier starts went through
        self._phase = ""

    def run(self, verbs: Verbs, progress: Progress, cancel: CancelToken) -> JobRow:
        def note(step: Step, /) -> None:
            self._note(step)
            progress(step)

        job = self._job
        try:
            cancel.check()
            with bound(self._fence):
                result = verbs[job.kind](job.payload, progress=note, cancel=cancel)
            canonical_json(result)  # what cannot be kept is the verb's fault, not the store's
            ending: Json = {"state": "succeeded", "result": result, "error": None}
        except JobLostError:
            raise
        except JobCancelledError as error:
            ending = {"state": "cancelled", "error": problem(error)}
        except KeyboardInterrupt:  # ctrl-c in a terminal or a notebook, where the job runs in the caller's thread
            told = problem(JobCancelledError("interrupted"))
            self._change(state="cancelled", error=told, ended_at=self._clock())
            raise
        except Exception as error:  # a job's fault must not end the worker
            if not isinstance(error, PilotageError):
                _log.exception("job %s (%s) failed", job.id, job.kind)
            ending = {"state": "failed", "error": problem(error)}
        crash_point("verb returned")
        ended = self._change(**ending, ended_at=self._clock())
        crash_point("job ended")
        return ended

    def _note(self, step: Step) -> None:
        if step.phase != self._phase:
            self._phase = step.phase
            self._phases.append([step.phase, self._clock().isoformat(), str(self._job.starts)])
            self._change(phases=list(self._phases))
            crash_point("phase noted")

    def _change(self, **update: Any) -> JobRow:
        with self._store.transaction() as tx:  # read again: a wish to cancel may have been written meanwhile
            return put_job(tx, self._fence.check(tx).model_copy(update=update), self._clock)


def _begin(tx: Transaction, job: JobRow, clock: Clock, worker_id: str | None) -> JobRow | None:
    """The job, begun; None if it has ended, is another worker's, or has to be given up."""
    own = job.state == "running" and job.worker_id == worker_id  # whose process died and came back
    if job.state != "queued" and not own:
        return None
    if job.starts >= MAX_STARTS:
        ending = {"state": "failed", "error": problem(_given_up(job)), "ended_at": clock()}
        put_job(tx, job.model_copy(update=ending), clock)
        return None
    begun = {"state": "running", "starts": job.starts + 1, "started_at": clock(), "worker_id": worker_id}
    return put_job(tx, job.model_copy(update=begun), clock)


def _given_up(job: JobRow) -> GenerationError:
    phase = f", the last time while {job.phases[-1][0]}" if job.phases else ""
    cause = f": {job.error['message']}" if job.error else ""
    return GenerationError(
        f"the process died {job.starts} times over this job{phase}{cause}", hint="The log of the worker may say why."
    )
