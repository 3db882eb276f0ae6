"""What a person does to a session: create, ask for a round, answer, finish, reopen. Each only writes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pilotage.core.crash import crash_point
from pilotage.core.errors import InvalidInputError, RoundClosedError
from pilotage.core.ids import derived_id, new_id
from pilotage.elicitation import TAGS, Judgement, chosen, incumbent, parse_answer, parse_tags, wish_directions
from pilotage.jobs import JobEngine
from pilotage.models import ModelInfo
from pilotage.sessions.attributes import directions_of
from pilotage.sessions.config import SessionConfig, parse_config
from pilotage.sessions.events import (
    AnswerRecorded,
    SessionCreated,
    SessionFinished,
    SessionReopened,
)
from pilotage.sessions.forecasts import told_elsewhere
from pilotage.sessions.history import item_of, judgements_of
from pilotage.sessions.ports import Ports
from pilotage.sessions.repeats import repeat_of
from pilotage.sessions.rounds import acting, request_next, round_at, writable
from pilotage.sessions.style import STYLE_ROUND, kinds_in, require_choice
from pilotage.spaces import dimension_of
from pilotage.store import AnswerRow, CandidateRow, JobRow, Reader, RoundRow, SessionRow, Transaction

Json = dict[str, Any]
UNDER_WAY = ("queued", "running", "succeeded")
MAX_GESTURE = 1 << 16
Tag = Annotated[str, Field(max_length=64)]


def _require_short(gesture: Json) -> Json:
    size = len(json.dumps(gesture, separators=(",", ":")))
    if size > MAX_GESTURE:
        raise InvalidInputError(
            f"the gesture takes {size} bytes as JSON, {MAX_GESTURE} can be kept", field="gesture",
            hint="Leave the middle of it out, and say so in it.",
        )  # fmt: skip
    return gesture


class Submission(BaseModel):
    """An answer on its way in.

    Attributes:
        answer: the judgement, with its `kind`.
        gesture: the raw interaction, kept as it came; at most 64 KiB of JSON.
        comment: on the round, kept as written; `comments`: on single candidates, by their id.
        tags: on single candidates, by their id: keys of `elicitation.TAGS`, or words of one's own.
        confidence: 1 (a guess) to 3 (certain), if the person says; a guess counts less.
        decision_ms: time from seeing the pictures to answering.
        shown: the candidates that could be seen when it was given; by default all that have a picture. One that
            got its picture meanwhile, by a retry, was not judged.
        next_round: whether to ask for the next round in the same transaction; a paused session keeps to its pause.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    answer: Json
    gesture: Annotated[Json, AfterValidator(_require_short)] = Field(default_factory=dict)
    comment: str = Field("", max_length=4000)
    comments: dict[str, Annotated[str, Field(max_length=4000)]] = Field(default_factory=dict, max_length=16)
    tags: dict[str, Annotated[list[Tag], Field(max_length=16)]] = Field(default_factory=dict, max_length=16)
    confidence: int | None = Field(None, ge=1, le=3)
    decision_ms: int | None = Field(None, ge=0, le=10**9)
    shown: list[Annotated[str, Field(max_length=64)]] | None = Field(None, min_length=1, max_length=16)
    next_round: bool = False


def create(ports: Ports, config: Mapping[str, Any] | SessionConfig, info: ModelInfo) -> SessionRow:
    """A new session.

    Raises:
        InvalidInputError, UnsupportedInputError: as `parse_config`; nothing is stored then.
    """
    checked = parse_config(config, info)
    seed = secrets.randbelow(2**32) if checked.seed is None else checked.seed
    checked = checked.model_copy(update={"seed": seed})
    now = ports.clock()
    stored = checked.model_dump(mode="json")
    session = SessionRow(
        id=new_id("ses"), created_at=now, updated_at=now, name=checked.name or checked.request.prompt or info.name,
        prompt=checked.request.prompt, prompt_family=info.vocabulary.family(checked.request.prompt),
        negative_prompt=checked.request.negative_prompt, model=checked.model, basis=stored["basis"]["kind"],
        dimension=dimension_of(checked.dimension), radius=checked.radius, sampler=stored["sampler"]["kind"],
        preference_model=stored["preference_model"]["kind"], query_kinds=list(checked.query_kinds), seed=seed,
        seed_policy=checked.seed_policy, config=stored,
    )  # fmt: skip
    with ports.store.transaction() as tx:
        tx.put(session)
        ports.tell(tx, session.id, SessionCreated(session_id=session.id, config=stored, seed=seed))
    return session


def request_round(ports: Ports, engine: JobEngine, session_id: str) -> tuple[RoundRow, JobRow]:
    """The next round and the job that makes it; asked twice, it is one round and one job.

    Raises:
        RoundOpenError: the last round waits for its answer.
        SessionClosedError, SessionPausedError: the session is completed or paused.
    """
    with ports.store.transaction() as tx:
        return request_next(ports, engine, tx, acting(tx, session_id))


def answer(ports: Ports, engine: JobEngine, session_id: str, index: int, sent: Submission) -> AnswerRow:
    """Record one judgement, once; with `next_round`, ask for the next in the same transaction.

    The same answer sent again is answered as the first time.

    Raises:
        InvalidInputError: as `parse_answer` and `parse_tags`, or a comment on what was not shown.
        RoundClosedError: the round has another answer, or is not there to be judged.
        SessionClosedError: the session is completed.
    """
    with ports.store.transaction() as tx:
        round_ = round_at(tx, session_id, index)
        session = tx.get(SessionRow, session_id)
        before = tx.list(AnswerRow, where={"round_id": round_.id})
        given = [answer for answer in before if answer.retracted_at is None]
        if not given:
            _require_awaiting(round_)
        candidates = _judged(tx.list(CandidateRow, where={"round_id": round_.id, "state": "ready"}), sent.shown)
        shown = [candidate.id for candidate in candidates]
        parsed = parse_answer(sent.answer, shown=shown, kinds=kinds_in(session, index))
        if index == STYLE_ROUND:
            require_choice(parsed, shown)
        tags = parse_tags(sent.tags, shown=shown)
        said = {"answer": parsed.model_dump(mode="json"), "tags": tags, "confidence": sent.confidence}
        if given and all(getattr(given[0], name) == value for name, value in said.items()):
            return given[0]
        acting(tx, session_id)
        _require_awaiting(round_)
        _require_shown(sent.comments, shown)
        row = AnswerRow(
            id=derived_id("ans", round_.id, *((len(before),) if before else ())), created_at=ports.clock(),
            session_id=session_id, round_id=round_.id, kind=parsed.kind, shown=shown, **said, gesture=sent.gesture,
            comment=sent.comment, comments=dict(sent.comments), decision_ms=sent.decision_ms,
            directions=_measured(tx, session, tags), ties_offered="tie" in session.query_kinds,
        )  # fmt: skip
        best = incumbent(judgements_of(tx, session))
        judgement = Judgement(tuple(item_of(session, candidate) for candidate in candidates), parsed)
        winner = chosen(judgement, best.sample if best else None) or (best.candidate if best else None)
        _write_answer(ports, tx, session, round_, row, winner)
        if sent.next_round and session.state == "active":
            request_next(ports, engine, tx, tx.get(SessionRow, session_id))
        crash_point("answer written")
    crash_point("answer kept")
    return row


def finish(
    ports: Ports, session_id: str, candidate_id: str, *, closeness: int | None = None, comment: str = ""
) -> SessionRow:
    """Name the final picture and complete the session.

    Args:
        ports: what the session is kept in.
        session_id: the session.
        candidate_id: one of its candidates that has a picture.
        closeness: 1 (far from what was meant) to 5 (exactly it), if the person says.
        comment: kept as written.

    Raises:
        InvalidInputError: the candidate is another session's or has no picture, or closeness is out of range.
    """
    if closeness is not None and not 1 <= closeness <= 5:
        raise InvalidInputError("closeness is 1 to 5", field="closeness")
    with ports.store.transaction() as tx:
        session = writable(tx, session_id)
        candidate = tx.find(CandidateRow, candidate_id)
        if candidate is None or candidate.session_id != session_id or candidate.state != "ready":
            raise InvalidInputError(f"{candidate_id!r} is no picture of this session", field="candidate_id")
        known = {"state": "completed", "final_id": candidate_id, "closeness": closeness, "outcome": comment}
        tx.put(done := session.model_copy(update={**known, "updated_at": ports.clock()}))
        told = SessionFinished(session_id=session_id, candidate_id=candidate_id, closeness=closeness, comment=comment)
        ports.tell(tx, session_id, told)
    return done


def reopen(ports: Ports, session_id: str) -> SessionRow:
    """Let a completed session go on; what was named final stays marked until another is."""
    with ports.store.transaction() as tx:
        session = writable(tx, session_id)
        if session.state == "completed":
            session = session.model_copy(update={"state": "active", "updated_at": ports.clock()})
            tx.put(session)
            ports.tell(tx, session_id, SessionReopened(session_id=session_id))
    return session


def _require_awaiting(round_: RoundRow) -> None:
    if round_.state != "awaiting":
        raise RoundClosedError(
            f"round {round_.index} is {round_.state}", hint="Reload to see where the session stands.", field="index"
        )


def _judged(ready: Sequence[CandidateRow], shown: Sequence[str] | None) -> Sequence[CandidateRow]:
    if shown is None:
        return ready
    strangers = set(shown) - {candidate.id for candidate in ready}
    if strangers:
        raise InvalidInputError(f"{min(strangers)!r} has no picture in this round", field="shown")
    return [candidate for candidate in ready if candidate.id in shown]


def _require_shown(comments: Mapping[str, str], shown: Sequence[str]) -> None:
    for candidate_id in comments:
        if candidate_id not in shown:
            raise InvalidInputError(f"{candidate_id!r} was not shown", field=f"comments.{candidate_id}")


def _measured(reader: Reader, session: SessionRow, tags: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """Where each statistic that a tag speaks of has been seen to grow so far, and where each wish about an axis goes.

    Raises:
        InvalidInputError: wishes about one candidate that ask for opposite things; by field.
    """
    known = [tag for said in tags.values() for word in said if (tag := TAGS.get(word))]
    measured = directions_of(reader, session, (tag.statistic for tag in known if tag.statistic))
    poles = [(axis["negative"], axis["positive"]) for axis in session.axes]
    for candidate, said in tags.items():
        wishes = wish_directions(said, poles)
        axes = [next(i for i, value in enumerate(direction) if value) for direction in wishes.values()]
        if len(set(axes)) < len(axes):
            raise InvalidInputError(f"say one thing of each axis, not {', '.join(wishes)}", field=f"tags.{candidate}")
        measured |= wishes
    return measured


def _write_answer(
    ports: Ports, tx: Transaction, session: SessionRow, round_: RoundRow, row: AnswerRow, winner: str | None
) -> None:
    tx.put(row)
    seen = round_.forecasts_shown or told_elsewhere(tx, round_)
    answered = {"state": "answered", "answered_at": row.created_at, "forecasts_shown": seen}
    tx.put(round_.model_copy(update=answered))
    known = {"answers": session.answers + 1, "incumbent_id": winner, "updated_at": row.created_at}
    tx.put(session.model_copy(update=known))
    told = AnswerRecorded(
        session_id=session.id, round_id=round_.id, index=round_.index, answer_id=row.id, answer=row.answer,
        incumbent_id=winner, confidence=row.confidence, tags=row.tags, directions=row.directions,
        ties_offered=row.ties_offered, repeat_of=repeat_of(round_),
    )  # fmt: skip
    ports.tell(tx, session.id, told)
