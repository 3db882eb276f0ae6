"""How one job is run, whatever the engine: from its row to the row that says how it ended."""

from __future__ import annotations

import logging
from typing import Any

from pilotage.core.clock import Clock
from pilotage.core.errors import GenerationError, JobCancelledError, PilotageError
from pilotage.core.hashing import canonical_json
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs.base import Json, Verbs, problem, put_job
from pilotage.store import JobRow, Store, Transaction

MAX_STARTS = 3
_log = logging.getLogger(__name__)


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
        canonical_json(result)  # what cannot be kept is the verb's fault, not the store's
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
