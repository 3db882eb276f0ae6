"""What a page saw: pictures shown, looked at closely, answers begun and sent; so that a decision can be followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import InvalidInputError
from pilotage.records import EventRegistry, Payload
from pilotage.sessions.ports import Ports
from pilotage.store import CandidateRow, RoundRow, SessionRow

PAGE_EVENTS = EventRegistry()
MAX_NOTES = 50
Name = Annotated[str, Field(min_length=1, max_length=64)]


class PageNote(BaseModel):
    """One thing that happened on a page.

    Attributes:
        ms: time since the round's pictures could be judged; of an answer it is the time of the decision.
        code: of an answer that failed: the code of its error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["shown", "zoomed", "compared", "answer_begun", "answer_sent", "answer_failed"]
    round_id: Name
    candidate_id: Name | None = None
    ms: int | None = Field(None, ge=0, le=10**9, strict=True)
    code: str = Field("", max_length=64, pattern=r"^[a-z_]*$")


class _Seen(Payload):
    session_id: str
    round_id: str
    index: int
    candidate_id: str | None = None
    ms: int | None = None


@PAGE_EVENTS.register
class _Shown(_Seen):
    """A page showed a round that can be judged."""

    type: ClassVar[str] = "page.shown"


@PAGE_EVENTS.register
class _Zoomed(_Seen):
    """A person looked at one picture closely."""

    type: ClassVar[str] = "page.zoomed"


@PAGE_EVENTS.register
class _Compared(_Seen):
    """A person held a picture against the incumbent."""

    type: ClassVar[str] = "page.compared"


@PAGE_EVENTS.register
class _AnswerBegun(_Seen):
    """A person touched the first control of an answer."""

    type: ClassVar[str] = "page.answer_begun"


@PAGE_EVENTS.register
class _AnswerSent(_Seen):
    """A page sent an answer; `ms` is how long the decision took."""

    type: ClassVar[str] = "page.answer_sent"


@PAGE_EVENTS.register
class _AnswerFailed(_Seen):
    """A page could not send an answer; it keeps it and says so."""

    type: ClassVar[str] = "page.answer_failed"

    code: str = ""


_KINDS: dict[str, type[_Seen]] = {
    kind.type: kind for kind in (_Shown, _Zoomed, _Compared, _AnswerBegun, _AnswerSent, _AnswerFailed)
}


def write_notes(ports: Ports, session_id: str, notes: Sequence[PageNote]) -> int:
    """Append what a page noted to the log, in its order, all or none; how many.

    A session that is only read (imported, or in the trash) keeps its story as it was.

    Raises:
        NotFoundError: no such session.
        InvalidInputError: a round or a candidate that the session doesn't have.
    """
    with ports.store.transaction() as tx:
        session = tx.get(SessionRow, session_id)
        if session.origin is not None or session.deleted_at is not None:
            return 0
        for place, note in enumerate(notes):
            round_ = tx.find(RoundRow, note.round_id)
            if round_ is None or round_.session_id != session_id:
                raise InvalidInputError(f"{note.round_id!r} is no round of it", field=f"notes.{place}.round_id")
            candidate = tx.find(CandidateRow, note.candidate_id) if note.candidate_id else None
            if note.candidate_id and (candidate is None or candidate.round_id != round_.id):
                field = f"notes.{place}.candidate_id"
                raise InvalidInputError(f"{note.candidate_id!r} was not shown in that round", field=field)
            payload = _KINDS[f"page.{note.kind}"]
            more = {"code": note.code} if payload is _AnswerFailed else {}
            told = payload(
                session_id=session_id, round_id=round_.id, index=round_.index, candidate_id=note.candidate_id,
                ms=note.ms, **more,
            )  # fmt: skip
            ports.tell(tx, session_id, told)
    return len(notes)
