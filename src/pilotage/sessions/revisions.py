"""Going back: undo, revert, regenerate, pause and resume. Nothing is deleted; the shorter log is folded."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.core.errors import NotFoundError, NothingToUndoError, RoundClosedError
from pilotage.elicitation import incumbent
from pilotage.jobs import JobEngine
from pilotage.sessions.events import AnswerRetracted, SessionPaused, SessionResumed
from pilotage.sessions.history import judgements_of, rounds_of
from pilotage.sessions.ports import Ports
from pilotage.sessions.rounds import UNFINISHED, acting, request_next, request_round_at, round_at, supersede
from pilotage.store import AnswerRow, JobRow, RoundRow, SessionRow, Transaction


def undo(ports: Ports, engine: JobEngine, session_id: str) -> RoundRow:
    """Take the last answer back, as `revert` to its round.

    Raises:
        NothingToUndoError: no round is answered.
    """
    answered = [r for r in rounds_of(ports.store, ports.store.get(SessionRow, session_id)) if r.state == "answered"]
    if not answered:
        raise NothingToUndoError("nothing has been answered yet", hint="There is nothing to undo.")
    return revert(ports, engine, session_id, answered[-1].index)


def revert(ports: Ports, engine: JobEngine, session_id: str, index: int) -> RoundRow:
    """Go back to round `index`: its answer is taken back, the rounds after it are superseded, their jobs cancelled.

    A round that waits for its answer already stays as it is, so that asking twice is asking once.

    Raises:
        NotFoundError: no such round.
        NothingToUndoError: the round is still being made.
        SessionClosedError: the session is completed.
    """
    with ports.store.transaction() as tx:
        session = acting(tx, session_id)
        round_ = round_at(tx, session_id, index)
        if round_.state == "awaiting":
            return round_
        if round_.state != "answered":
            raise NothingToUndoError(f"round {index} has no answer", hint="Wait for its pictures.", field="index")
        later = [other for other in rounds_of(tx, session) if other.index > index]
        for other in later:
            supersede(ports, tx, other, "undo")
        reopened = _retract(ports, tx, session, round_)
    _cancel(ports, engine, later)
    return reopened


def regenerate(ports: Ports, engine: JobEngine, session_id: str, round_id: str) -> tuple[RoundRow, JobRow]:
    """Other candidates for the round that waits, from the same answers; the round itself is superseded.

    Asked twice for one round, it is one new round.

    Raises:
        NotFoundError: no such round.
        RoundClosedError: the round is answered, or is being made.
        SessionClosedError, SessionPausedError: the session is completed or paused.
    """
    with ports.store.transaction() as tx:
        session = acting(tx, session_id)
        asked = tx.get(RoundRow, round_id)
        if asked.session_id != session_id:
            raise NotFoundError(f"session {session_id} has no round {round_id}", field="round_id")
        current = round_at(tx, session_id, asked.index)
        if asked.state == "superseded" and current.parent_id == asked.parent_id and current.attempt > asked.attempt:
            return current, tx.get(JobRow, current.job_id or "")
        if asked.state not in ("awaiting", "failed"):
            raise RoundClosedError(
                f"round {asked.index} is {asked.state}", hint="Take its answer back first.", field="round_id"
            )
        if session.state == "paused":
            return request_next(ports, engine, tx, session)  # which refuses
        supersede(ports, tx, asked, "regenerate")
        before = tx.find(RoundRow, asked.parent_id) if asked.parent_id else None
        return request_round_at(ports, engine, tx, session, asked.index, after=before, attempt=asked.attempt + 1)


def pause(ports: Ports, engine: JobEngine, session_id: str) -> SessionRow:
    """Make no further round until `resume`; one that is being made is stopped, and keeps its proposals."""
    with ports.store.transaction() as tx:
        session = acting(tx, session_id)
        if session.state == "active":
            tx.put(session := session.model_copy(update={"state": "paused", "updated_at": ports.clock()}))
            ports.tell(tx, session_id, SessionPaused(session_id=session_id))
    _cancel(ports, engine, rounds_of(ports.store, session)[-1:])
    return session


def resume(ports: Ports, engine: JobEngine, session_id: str) -> SessionRow:
    """Let a paused session go on; a round that the pause had stopped is asked for again."""
    with ports.store.transaction() as tx:
        session = acting(tx, session_id)
        if session.state == "paused":
            tx.put(session := session.model_copy(update={"state": "active", "updated_at": ports.clock()}))
            ports.tell(tx, session_id, SessionResumed(session_id=session_id))
            last = rounds_of(tx, session)[-1:]
            if last and last[0].state not in ("awaiting", "answered"):
                request_next(ports, engine, tx, session)
    return session


def _retract(ports: Ports, tx: Transaction, session: SessionRow, round_: RoundRow) -> RoundRow:
    now = ports.clock()
    answer = tx.list(AnswerRow, where={"round_id": round_.id, "retracted_at": None})[0]
    tx.put(answer.model_copy(update={"retracted_at": now}))
    # Its forecasts were told after the answer: the next answer to it is no test of them.
    seen = {"state": "awaiting", "answered_at": None, "forecasts_shown": True}
    tx.put(reopened := round_.model_copy(update=seen))
    judgements = judgements_of(tx, session)
    best = incumbent(judgements)
    known = {
        "answers": len(judgements), "rounds": round_.index, "updated_at": now,
        "incumbent_id": best.candidate if best else None,
    }  # fmt: skip
    tx.put(session.model_copy(update=known))
    told = AnswerRetracted(
        session_id=session.id, round_id=round_.id, index=round_.index, answer_id=answer.id,
        incumbent_id=known["incumbent_id"],
    )  # fmt: skip
    ports.tell(tx, session.id, told)
    return reopened


def _cancel(ports: Ports, engine: JobEngine, rounds: Sequence[RoundRow]) -> None:
    """Stop the jobs of rounds that nobody waits for; outside the transaction, since an engine opens its own."""
    for round_ in rounds:
        job = ports.store.find(JobRow, round_.job_id or "")
        if job is not None and job.state in ("queued", "running") and round_.state in UNFINISHED:
            engine.cancel(job.id)
