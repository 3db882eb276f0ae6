"""Retry one: a candidate that failed alone is rendered again alone, while its round waits for its answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.core.errors import ConflictError, GenerationError, RoundClosedError
from pilotage.core.progress import CancelToken, Progress
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import Model, Row
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.events import CandidateRetried
from pilotage.sessions.ports import Ports
from pilotage.sessions.rounds import acting
from pilotage.sessions.runs import Point, RunPlan, execute
from pilotage.sessions.spaces import build_space, require_same_space
from pilotage.sessions.step import noise_seed
from pilotage.store import CandidateRow, JobRow, RoundRow, SampleRow, SessionRow


def request_retry(ports: Ports, engine: JobEngine, session_id: str, candidate_id: str) -> JobRow:
    """The job that renders a failed candidate again, with other noise; asked twice it is one job.

    Raises:
        NotFoundError: no such candidate.
        ConflictError: the candidate has its picture.
        RoundClosedError: the round is not being judged.
        SessionClosedError: the session is completed.
    """
    with ports.store.transaction() as tx:
        session = acting(tx, session_id)
        candidate = tx.get(CandidateRow, candidate_id)
        round_ = tx.get(RoundRow, candidate.round_id)
        if round_.session_id != session_id or round_.state != "awaiting":
            raise RoundClosedError(f"round {round_.index} is {round_.state}", field="candidate_id")
        if candidate.state != "failed":
            raise ConflictError("this candidate has its picture", field="candidate_id")
        attempt = candidate.attempt + 1
        payload = {"candidate_id": candidate_id, "attempt": attempt, "model": session.model}
        job = new_job("retry", payload, topic=session_id, key=(candidate_id, attempt), clock=ports.clock)
        return engine.enqueue(tx, job)


def retry(
    ports: Ports, candidate_id: str, attempt: int, model: Model, *, progress: Progress, cancel: CancelToken
) -> dict[str, Any]:
    """Render the candidate. Re-entrant: an attempt that was recorded is not made again.

    Raises:
        GenerationError: it failed again; the candidate says why and can be retried once more.
    """
    candidate = ports.store.get(CandidateRow, candidate_id)
    if candidate.attempt < attempt:
        session = ports.store.get(SessionRow, candidate.session_id)
        round_ = ports.store.get(RoundRow, candidate.round_id)
        config = SessionConfig.model_validate(session.config)
        space = build_space(model, config, recorded=session.axes, progress=progress)
        require_same_space(session, space, model)
        seed = noise_seed(session, round_, candidate.slot, candidate.role, retry=attempt)
        point = Point(Row(space.decode(np.array(candidate.z)), seed), tuple(candidate.z))
        request = config.request.in_round(round_.index)
        plan = RunPlan("retry", (candidate_id, attempt), request, (point,), session_id=session.id)
        try:
            (sample,) = execute(ports, model, plan, progress=progress, cancel=cancel)
        except GenerationError as error:
            _note_failure(ports, candidate, attempt, error)
            raise
        candidate = _settle(ports, candidate, attempt, sample)
    return {"candidate_id": candidate_id, "sample_id": candidate.sample_id}


def _note_failure(ports: Ports, candidate: CandidateRow, attempt: int, error: GenerationError) -> None:
    """The next retry is another attempt, with another seed."""
    with ports.store.transaction() as tx:
        known = {"attempt": attempt, "error": str(error)}
        tx.put(tx.get(CandidateRow, candidate.id).model_copy(update=known))


def _settle(ports: Ports, candidate: CandidateRow, attempt: int, sample: SampleRow) -> CandidateRow:
    with ports.store.transaction() as tx:
        round_ = tx.get(RoundRow, candidate.round_id)
        known: dict[str, Any] = {"attempt": attempt}
        if round_.state == "awaiting":  # what was not there when the round was judged may not join it
            known |= {"state": "ready", "sample_id": sample.id, "seed": sample.seed, "error": ""}
        tx.put(settled := tx.get(CandidateRow, candidate.id).model_copy(update=known))
        session = tx.get(SessionRow, candidate.session_id)
        tx.put(session.model_copy(update={"renders": session.renders + 1, "updated_at": ports.clock()}))
        told = CandidateRetried(
            session_id=session.id, round_id=round_.id, candidate_id=candidate.id, attempt=attempt,
            run_id=sample.run_id, artifact=sample.artifact, error=sample.error,
        )  # fmt: skip
        ports.tell(tx, session.id, told)
    return settled
