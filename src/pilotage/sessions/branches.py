"""Branches: a new session that begins as a copy of another up to one of its rounds, superseded ones included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pilotage.core.errors import InvalidInputError, SessionDeletedError
from pilotage.core.ids import derived_id, new_id
from pilotage.elicitation import incumbent
from pilotage.sessions.config import require_name
from pilotage.sessions.events import SessionBranched
from pilotage.sessions.history import judgements_of
from pilotage.sessions.marks import mark_id
from pilotage.sessions.ports import Ports
from pilotage.store import AnswerRow, CandidateRow, MarkRow, Reader, RoundRow, SessionRow, Transaction

Ids = Mapping[str, str]


def branch(ports: Ports, session_id: str, round_id: str, *, name: str = "") -> SessionRow:
    """A session with the rounds that led to `round_id`, which then waits for an answer of its own.

    Pictures are shared, not copied. The session that it came from stays as it is.

    Raises:
        NotFoundError: no such session or round.
        InvalidInputError: the round is another session's or was never shown, or the name is blank.
        SessionDeletedError: the session is in the trash.
    """
    require_name(name)
    with ports.store.transaction() as tx:
        parent, last = tx.get(SessionRow, session_id), tx.get(RoundRow, round_id)
        if parent.deleted_at is not None:
            raise SessionDeletedError("the session is in the trash", hint="Restore it to go on.")
        if last.session_id != session_id or last.shown_at is None:
            raise InvalidInputError("only a round that was shown can be branched from", field="round_id")
        child = _write_child(ports, tx, parent, last, name)
        told = SessionBranched(
            session_id=child.id, parent_id=parent.id, parent_round_id=last.id, config=child.config, seed=child.seed
        )
        ports.tell(tx, child.id, told)
    return child


def _write_child(ports: Ports, tx: Transaction, parent: SessionRow, last: RoundRow, name: str) -> SessionRow:
    now = ports.clock()
    child = parent.model_copy(
        update={
            "id": new_id("ses"), "created_at": now, "updated_at": now, "name": name or f"{parent.name} (branch)",
            "state": "active", "rounds": last.index, "renders": 0, "final_id": None, "closeness": None, "outcome": "",
            "parent_id": parent.id, "parent_round_id": last.id, "origin": None,
        }
    )  # fmt: skip
    tx.put(child)
    path = _path_to(tx, last)
    ids = _ids(tx, child, path)
    for round_, following in zip(path, [*path[1:], None], strict=True):
        _copy_round(tx, child, round_, ids, following)
    _copy_marks(tx, child, parent)
    judgements = judgements_of(tx, child)
    best = incumbent(judgements)
    tx.put(child := child.model_copy(
        update={"answers": len(judgements), "incumbent_id": best.candidate if best else None}
    ))  # fmt: skip
    return child


def _path_to(reader: Reader, last: RoundRow) -> Sequence[RoundRow]:
    """The rounds that led to `last`, oldest first, and `last` itself."""
    path = [last]
    while path[0].parent_id is not None:
        path.insert(0, reader.get(RoundRow, path[0].parent_id))
    return path


def _ids(reader: Reader, child: SessionRow, path: Sequence[RoundRow]) -> Ids:
    """Old id -> new id, of rounds and candidates."""
    rounds = {round_.id: derived_id("rnd", child.id, round_.index) for round_ in path}
    candidates = {
        row.id: derived_id("cnd", rounds[round_.id], row.slot)
        for round_ in path
        for row in reader.list(CandidateRow, where={"round_id": round_.id})
    }
    return {**rounds, **candidates}


def _copy_round(tx: Transaction, child: SessionRow, round_: RoundRow, ids: Ids, following: RoundRow | None) -> None:
    changes: dict[str, Any] = {
        "id": ids[round_.id], "session_id": child.id, "take": 0, "parent_id": ids.get(round_.parent_id or ""),
        "job_id": None, "state": "answered" if following else "awaiting", "superseded_at": None,
        "sampler_state": _renamed(round_.sampler_state, ids),
    }  # fmt: skip
    answers = tx.list(AnswerRow, where={"round_id": round_.id})
    if following is None:  # it waits; if it was answered before, its forecasts have been told
        changes |= {"answered_at": None, "forecasts_shown": round_.forecasts_shown or bool(answers)}
    tx.put(round_.model_copy(update=changes))
    for row in tx.list(CandidateRow, where={"round_id": round_.id}):
        moved = {"id": ids[row.id], "session_id": child.id, "round_id": ids[round_.id],
                 "carried_from": ids.get(row.carried_from or "")}  # fmt: skip
        tx.put(row.model_copy(update=moved))
    if following is not None:
        answer = _led_to(following, answers)
        names = ("answer", "shown", "gesture", "comments", "tags")
        told = {name: _renamed(getattr(answer, name), ids) for name in names}
        where = {"id": derived_id("ans", ids[round_.id]), "session_id": child.id, "round_id": ids[round_.id]}
        tx.put(answer.model_copy(update={**told, **where, "retracted_at": None}))


def _led_to(following: RoundRow, answers: Sequence[AnswerRow]) -> AnswerRow:
    """The answer from which the round after it was made; it may be retracted since."""
    if following.state != "superseded":
        return next(one for one in answers if one.retracted_at is None)
    asked = following.created_at
    before = [one for one in answers if one.created_at <= asked]
    in_force = [one for one in before if one.retracted_at is None or one.retracted_at > asked]
    return (in_force or before or answers)[-1]  # none in force: the machine's clock was set back meanwhile


def _copy_marks(tx: Transaction, child: SessionRow, parent: SessionRow) -> None:
    shown = {row.sample_id for row in tx.list(CandidateRow, where={"session_id": child.id})}
    for mark in tx.list(MarkRow, where={"session_id": parent.id}):
        if mark.sample_id in shown:
            tx.put(mark.model_copy(update={"id": mark_id(child.id, mark.sample_id), "session_id": child.id}))


def _renamed(value: Any, ids: Ids) -> Any:
    """The same data about the copies: every text, or key, that is an old id becomes the new one."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, Mapping):
        return {ids.get(key, key): _renamed(item, ids) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, ids) for item in value]
    return value
