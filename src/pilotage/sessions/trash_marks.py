"""What putting something into the trash and taking it out is made of: parts of one transaction, and what follows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from pilotage.jobs import JobEngine
from pilotage.sessions.ports import Ports
from pilotage.sessions.retention import TRASH_KEPT, UNDER_WAY
from pilotage.sessions.retention_events import SessionDeleted, SessionRestored
from pilotage.store import JobRow, Reader, SessionRow, Store, Transaction


def put_aside(ports: Ports, tx: Transaction, session: SessionRow, now: datetime) -> None:
    """Mark a session as deleted; its jobs are for `cancel_jobs`, after the transaction."""
    tx.put(session.model_copy(update={"deleted_at": now}))
    ports.tell(tx, session.id, SessionDeleted(session_id=session.id, final_at=now + TRASH_KEPT))


def take_back(ports: Ports, tx: Transaction, session: SessionRow) -> SessionRow:
    """Take away a session's mark."""
    tx.put(session := session.model_copy(update={"deleted_at": None}))
    ports.tell(tx, session.id, SessionRestored(session_id=session.id))
    return session


def cancel_jobs(reader: Reader, engine: JobEngine, session_id: str) -> None:
    """Cancel what is under way; once a session is marked, nothing new is asked for."""
    for job in jobs_under_way(reader, session_id):
        engine.cancel(job.id)


def jobs_under_way(reader: Reader, session_id: str) -> Sequence[JobRow]:
    """The jobs that hold up a purge."""
    return reader.list(JobRow, where={"topic": session_id, "state": UNDER_WAY})


def stretches(store: Store, topic: str) -> list[tuple[int, int]]:
    """The first and last place of each stretch of events about `topic`."""
    return list(_stretches(_event_seqs(store, topic)))


def _event_seqs(store: Store, topic: str) -> Iterator[int]:
    """The places of the events about `topic`, in order."""
    after = 0
    while page := store.events(after=after, topic=topic):
        yield from (event.seq for event in page)
        after = page[-1].seq


def _stretches(seqs: Iterator[int]) -> Iterator[tuple[int, int]]:
    first = last = next(seqs, None)
    for seq in seqs:
        if last is not None and first is not None and seq != last + 1:
            yield first, last
            first = seq
        last = seq
    if first is not None and last is not None:
        yield first, last
