"""Marks: a favourite is kept in view, a pinned picture is shown again in every round until it is unpinned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pilotage.core.errors import InvalidInputError
from pilotage.core.ids import derived_id
from pilotage.sessions.events import CandidateMarked
from pilotage.sessions.ports import Ports
from pilotage.sessions.rounds import writable
from pilotage.store import CandidateRow, MarkRow, Reader, SessionRow


def mark(
    ports: Ports, session_id: str, candidate_id: str, *, favourite: bool | None = None, pinned: bool | None = None
) -> MarkRow:
    """Set what is not None; the mark is on the picture, so that every candidate that shows it has it.

    Raises:
        InvalidInputError: the candidate is another session's or has no picture.
    """
    with ports.store.transaction() as tx:
        session = writable(tx, session_id)
        candidate = tx.find(CandidateRow, candidate_id)
        if candidate is None or candidate.session_id != session_id or candidate.state != "ready":
            raise InvalidInputError(f"{candidate_id!r} is no picture of this session", field="candidate_id")
        shown = str(candidate.sample_id)
        now = ports.clock()
        known = tx.find(MarkRow, mark_id(session.id, shown))
        row = known or MarkRow(
            id=mark_id(session.id, shown), created_at=now, session_id=session.id, sample_id=shown, updated_at=now
        )
        wanted: dict[str, Any] = {"favourite": favourite, "pinned": pinned}
        changes = {name: value for name, value in wanted.items() if value not in (None, getattr(row, name))}
        if "pinned" in changes:  # pins are shown in the order in which they were set
            changes["updated_at"] = now
        if changes or known is None:
            tx.put(row := row.model_copy(update=changes))
        if changes:
            told = CandidateMarked(
                session_id=session.id, candidate_id=candidate_id, sample_id=row.sample_id, favourite=row.favourite,
                pinned=row.pinned,
            )  # fmt: skip
            ports.tell(tx, session.id, told)
    return row


def pinned(reader: Reader, session: SessionRow) -> Sequence[CandidateRow]:
    """The candidate that first showed each pinned picture, longest pinned first."""
    marks = sorted(reader.list(MarkRow, where={"session_id": session.id, "pinned": True}), key=lambda m: m.updated_at)
    return [first for one in marks if (first := _first_shown(reader, session, one.sample_id))]


def mark_id(session_id: str, sample_id: str) -> str:
    """The mark of a picture in a session."""
    return derived_id("mrk", session_id, sample_id)


def _first_shown(reader: Reader, session: SessionRow, sample_id: str) -> CandidateRow | None:
    shown = reader.list(CandidateRow, where={"session_id": session.id, "sample_id": sample_id})
    return next((row for row in shown if row.carried_from is None), None)
