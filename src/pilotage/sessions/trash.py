"""Deleting a session: a preview, a week in the trash, and then for good. What others share stays."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.jobs import JobEngine
from pilotage.sessions.deletion import Deletion, deletion
from pilotage.sessions.loss import among, carriers
from pilotage.sessions.ports import Ports
from pilotage.sessions.retention import is_expired
from pilotage.sessions.retention_events import SessionPurged
from pilotage.sessions.trash_marks import cancel_jobs, jobs_under_way, put_aside, stretches, take_back
from pilotage.store import (
    AnswerRow,
    CandidateRow,
    JobRow,
    MarkRow,
    Reader,
    RoundRow,
    RunRow,
    SampleRow,
    SessionRow,
    Transaction,
)


def delete(ports: Ports, engine: JobEngine, session_id: str) -> Deletion:
    """Put a session into the trash and cancel its jobs; deleted twice, it is one deletion.

    Raises:
        NotFoundError: no such session.
    """
    with ports.store.transaction() as tx:
        session = tx.get(SessionRow, session_id)
        if session.deleted_at is None:
            put_aside(ports, tx, session, ports.clock())
    cancel_jobs(ports.store, engine, session_id)
    return deletion(ports.store, session_id)


def restore(ports: Ports, session_id: str) -> SessionRow:
    """Take a session out of the trash; it is as it was, but for the jobs that were cancelled.

    Raises:
        NotFoundError: no such session; after its week it is gone.
    """
    with ports.store.transaction() as tx:
        session = tx.get(SessionRow, session_id)
        return take_back(ports, tx, session) if session.deleted_at is not None else session


def in_trash(reader: Reader) -> Sequence[SessionRow]:
    """The sessions in the trash, the one that was deleted last first."""
    deleted = [session for session in reader.list(SessionRow) if session.deleted_at is not None]
    return sorted(deleted, key=lambda session: (session.deleted_at, session.id), reverse=True)


def purge(ports: Ports, *, all_now: bool = False) -> list[str]:
    """Remove for good what has been in the trash for its week, or everything in it; the ids.

    Rows and events go; pictures go with the next sweep, unless another session shows them. A session whose
    job has not stopped yet stays for the next time.
    """
    due = [s.id for s in in_trash(ports.store) if all_now or is_expired(s, ports.clock())]
    return [session_id for session_id in due if _purge(ports, session_id)]


def _purge(ports: Ports, session_id: str) -> bool:
    with ports.store.transaction() as tx:
        session = tx.find(SessionRow, session_id)
        if session is None or session.deleted_at is None or jobs_under_way(tx, session_id):
            return False
        seqs = stretches(ports.store, session_id)  # nobody else writes before this block ends
        told = SessionPurged(
            session_id=session_id, rounds=session.rounds, answers=session.answers,
            pictures=deletion(tx, session_id).pictures, seqs=seqs,
        )  # fmt: skip
        tombstone = ports.tell(tx, session_id, told)
        _bequeath(tx, session_id)
        for kind in (AnswerRow, MarkRow, CandidateRow, RoundRow, SampleRow, RunRow):
            tx.remove(kind, {"session_id": session_id})
        tx.remove(JobRow, {"topic": session_id})
        tx.remove(SessionRow, {"id": session_id})
        tx.forget(session_id, before=tombstone.seq)
    return True


def _bequeath(tx: Transaction, session_id: str) -> None:
    """Give pictures that other sessions show, and the runs that made them, to those sessions."""
    samples = tx.list(SampleRow, where={"session_id": session_id})
    runs = tx.list(RunRow, where={"session_id": session_id})
    copies = among(tx, RoundRow, "run_id", [run.id for run in runs])
    run_heirs = {round_.run_id: round_.session_id for round_ in copies if round_.session_id != session_id}
    heirs = {row.sample_id: row.session_id for row in carriers(tx, {session_id}, samples)}
    for sample in samples:
        if sample.id in heirs:
            tx.put(sample.model_copy(update={"session_id": heirs[sample.id]}))
            run_heirs.setdefault(sample.run_id, heirs[sample.id])
    for run in runs:
        if run.id in run_heirs:
            tx.put(run.model_copy(update={"session_id": run_heirs[run.id]}))
