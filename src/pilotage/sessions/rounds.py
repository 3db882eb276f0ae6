"""A session's rounds as they are asked for, found and set aside; the writes that several acts share."""

from __future__ import annotations

from typing import Literal

from pilotage.core.errors import (
    NotFoundError,
    RoundOpenError,
    SessionClosedError,
    SessionDeletedError,
    SessionPausedError,
    SessionReadOnlyError,
)
from pilotage.core.ids import derived_id
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.sessions.events import RoundRequested, RoundSuperseded
from pilotage.sessions.history import rounds_of
from pilotage.sessions.ports import Ports
from pilotage.sessions.style import first_index
from pilotage.store import JobRow, Reader, RoundRow, SessionRow, Transaction

UNDER_WAY = ("queued", "running", "succeeded")
UNFINISHED = ("queued", "rendering")


def writable(reader: Reader, session_id: str) -> SessionRow:
    """A session that may be changed.

    Raises:
        NotFoundError: no such session.
        SessionDeletedError, SessionReadOnlyError: it lies in the trash, or was imported.
    """
    session = reader.get(SessionRow, session_id)
    if session.deleted_at is not None:
        raise SessionDeletedError("the session is in the trash", hint="Restore it to go on.")
    if session.origin is not None:
        raise SessionReadOnlyError("the session was imported, so it is kept as it came", hint="Branch from it.")
    return session


def acting(tx: Transaction, session_id: str) -> SessionRow:
    """A session whose rounds may be judged: `writable`, and not completed.

    Raises:
        SessionClosedError: it is completed.
    """
    session = writable(tx, session_id)
    if session.state == "completed":
        raise SessionClosedError("the session is completed", hint="Reopen it to go on.")
    return session


def round_at(reader: Reader, session_id: str, index: int) -> RoundRow:
    """The round that counts at `index`.

    Raises:
        NotFoundError: no such session or round.
    """
    session = reader.get(SessionRow, session_id)
    for round_ in reader.list(RoundRow, where={"session_id": session.id, "index": index}):
        if round_.state != "superseded":
            return round_
    raise NotFoundError(f"session {session_id} has no round {index}", field="index")


def request_next(ports: Ports, engine: JobEngine, tx: Transaction, session: SessionRow) -> tuple[RoundRow, JobRow]:
    """The round after the last one and the job that makes it; a round that has failed is tried again.

    Raises:
        SessionPausedError: the session is paused.
        RoundOpenError: the last round waits for its answer.
    """
    if session.state == "paused":
        raise SessionPausedError("the session is paused", hint="Resume it to go on.")
    rounds = rounds_of(tx, session)
    last = rounds[-1] if rounds else None
    if last is None or last.state == "answered":
        index = last.index + 1 if last else first_index(session)
        return request_round_at(ports, engine, tx, session, index, after=last)
    if last.state == "awaiting":
        raise RoundOpenError(f"round {last.index} waits for your answer", hint="Answer it first.", index=last.index)
    job = tx.find(JobRow, last.job_id or "")
    is_made = job is not None and job.state in UNDER_WAY and not job.cancel_requested
    if job is not None and is_made and last.state in UNFINISHED:
        return last, job
    if job is not None and job.state == "running":  # it has given the round up: do not wait for its end
        tx.put(job.model_copy(update={"cancel_requested": True}))
    tx.put(again := last.model_copy(update={"state": "queued", "error": None}))
    return again, engine.enqueue(tx, _step_job(ports, session, again.id))


def request_round_at(
    ports: Ports, engine: JobEngine, tx: Transaction, session: SessionRow, index: int, *,
    after: RoundRow | None, attempt: int = 0,
) -> tuple[RoundRow, JobRow]:  # fmt: skip
    """A new round at `index`, following `after`, and its job."""
    take = len(tx.list(RoundRow, where={"session_id": session.id, "index": index}))
    job = _step_job(ports, session, _round_id(session.id, index, take))
    round_ = RoundRow(
        id=_round_id(session.id, index, take), created_at=ports.clock(), session_id=session.id, index=index, take=take,
        attempt=attempt, parent_id=after.id if after else None, job_id=job.id,
        forecasts_shown=bool(session.config["show_forecasts"]),
    )  # fmt: skip
    tx.put(round_)
    ports.tell(tx, session.id, RoundRequested(session_id=session.id, round_id=round_.id, index=index))
    return round_, engine.enqueue(tx, job)


def supersede(ports: Ports, tx: Transaction, round_: RoundRow, why: Literal["undo", "regenerate"]) -> None:
    """Set a round aside: nothing of it is deleted, but it counts no more."""
    tx.put(round_.model_copy(update={"state": "superseded", "superseded_at": ports.clock()}))
    told = RoundSuperseded(session_id=round_.session_id, round_id=round_.id, index=round_.index, why=why)
    ports.tell(tx, round_.session_id, told)


def _step_job(ports: Ports, session: SessionRow, round_id: str) -> JobRow:
    payload = {"round_id": round_id, "model": session.model}
    return new_job("step", payload, topic=session.id, key=(round_id,), clock=ports.clock)


def _round_id(session_id: str, index: int, take: int) -> str:
    return derived_id("rnd", session_id, index, *((take,) if take else ()))
