"""Forecasts are written before the pictures and told after the answer: what keeps them back, and whether they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pilotage.records import Event
from pilotage.sessions.events import RoundProposed
from pilotage.store import AnswerRow, CandidateRow, Reader, RoundRow

OPEN_ROLES = ("baseline", "incumbent", "pinned")  # plain to see anyway; the others are told after the answer


def kept_back(reader: Reader, events: Sequence[Event]) -> Sequence[Event]:
    """The same events; what was proposed for a round that waits for its answer is told without the forecasts."""
    rounds = tuple({event.data["round_id"] for event in events if event.type == RoundProposed.type})
    if not rounds:
        return events
    told = {answer.round_id for answer in reader.list(AnswerRow, where={"round_id": rounds})}
    told |= {round_.id for round_ in reader.list(RoundRow, where={"id": rounds, "forecasts_shown": True})}
    return [
        _without(event) if event.type == RoundProposed.type and event.data["round_id"] not in told else event
        for event in events
    ]


def hidden(role: str) -> dict[str, Any]:
    """What stands for a candidate's role, reason, forecast and, unless it is plain, its origin before the answer."""
    if role in OPEN_ROLES:
        return {"role": role, "why": "", "forecast": {}}
    return {"role": "", "why": "", "forecast": {}, "carried_from": None}


def told_elsewhere(reader: Reader, round_: RoundRow) -> bool:
    """Whether a copy of a round was answered: a branch and what it branched from share a round and its forecasts."""
    own = reader.list(CandidateRow, where={"round_id": round_.id})
    samples = tuple(row.sample_id for row in own if row.sample_id)
    beside = {row.round_id for row in reader.list(CandidateRow, where={"sample_id": samples})} - {round_.id}
    where = {"id": tuple(beside), "run_id": round_.run_id, "index": round_.index}  # a set shown again is no copy
    copies = reader.list(RoundRow, where=where)
    return any(copy.forecasts_shown or copy.answered_at is not None for copy in copies)


def _without(event: Event) -> Event:
    candidates = [{**part, **hidden(part["role"])} for part in event.data["candidates"]]
    return event.model_copy(update={"data": {**event.data, "sampler_state": {}, "candidates": candidates}})
