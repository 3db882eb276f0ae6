"""Whether a record from elsewhere hangs together: what it points at it holds, and it can be told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from pydantic import ValidationError

from pilotage.core.errors import InvalidInputError, PilotageError
from pilotage.core.strategies import invalid_input
from pilotage.elicitation import parse_answer, parse_tags
from pilotage.records import Event
from pilotage.reports.record import Record
from pilotage.reports.story import story_of
from pilotage.sessions.config import SessionConfig
from pilotage.spaces import Axis
from pilotage.store import (
    AnswerRow,
    ArtifactRow,
    CandidateRow,
    JobRow,
    MarkRow,
    RoundRow,
    Row,
    RunRow,
    SampleRow,
    SessionRow,
)

# Which field of which row names a row of which table.
POINTERS: Mapping[type[Row], Mapping[str, type[Row]]] = {
    SessionRow: {"incumbent_id": CandidateRow, "final_id": CandidateRow},
    RoundRow: {"session_id": SessionRow, "parent_id": RoundRow, "job_id": JobRow, "run_id": RunRow},
    CandidateRow: {
        "session_id": SessionRow, "round_id": RoundRow, "sample_id": SampleRow, "carried_from": CandidateRow,
    },
    AnswerRow: {"session_id": SessionRow, "round_id": RoundRow},
    MarkRow: {"session_id": SessionRow, "sample_id": SampleRow},
    RunRow: {"session_id": SessionRow},
    SampleRow: {"session_id": SessionRow, "run_id": RunRow, "artifact": ArtifactRow},
    JobRow: {"topic": SessionRow},
}  # fmt: skip


def check_record(record: Record, events: Sequence[Event]) -> None:
    """Nothing, if the record can be kept and told.

    Raises:
        InvalidInputError: it points at what it doesn't hold, holds a thing twice, or can't be told.
    """
    if len(record.rows[SessionRow]) != 1:
        raise _unsound("it holds not one session")
    for fault in chain(_pointer_faults(record), _answer_faults(record), _event_faults(record, events)):
        raise _unsound(fault)
    session = record.session
    if any(len(c.z) != session.dimension or not all(map(math.isfinite, c.z)) for c in record.rows[CandidateRow]):
        raise _unsound("a candidate lies outside its space")
    try:
        SessionConfig.model_validate(session.config)
        for axis in session.axes:
            Axis.model_validate(axis)
        story_of(record, events)
    except ValidationError as cause:
        raise invalid_input(cause, prefix="replay") from cause
    except PilotageError:
        raise
    except Exception as cause:  # whatever a stranger's rows may break, nothing of them is kept
        raise _unsound(f"it can't be told: {type(cause).__name__}: {cause}") from cause


def renamed(record: Record, ids: Mapping[str, str]) -> Record:
    """The same record under other ids, wherever they stand."""
    return Record({kind: tuple(_renamed_row(row, ids) for row in rows) for kind, rows in record.rows.items()})


def renamed_json(value: Any, ids: Mapping[str, str]) -> Any:
    """The same data, where every text or key that is an old id is the new one."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, dict):
        return {ids.get(key, key): renamed_json(part, ids) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(renamed_json(part, ids) for part in value)
    return value


def _renamed_row(row: Any, ids: Mapping[str, str]) -> Any:
    return row.model_copy(update={name: renamed_json(value, ids) for name, value in row})


def _unsound(reason: str) -> InvalidInputError:
    return InvalidInputError(f"the replay is unsound: {reason}"[:300], field="replay", hint="Nothing was imported.")


def _pointer_faults(record: Record) -> Iterator[str]:
    known = {kind: {row.id for row in rows} for kind, rows in record.rows.items()}
    for kind, rows in record.rows.items():
        if len(known[kind]) != len(rows):
            yield f"it holds two {kind.__name__}s of one id"
        for row in rows:
            for name, target in POINTERS.get(kind, {}).items():
                value = getattr(row, name)
                may_lack = value is None and name != "session_id"  # where it may not, the row's own type says so
                if not may_lack and value not in known[target]:
                    yield f"{row.id!r} points at {value!r}, which it doesn't hold"
    if len({(row.index, row.take) for row in record.rows[RoundRow]}) != len(record.rows[RoundRow]):
        yield "two rounds have one place"


def _answer_faults(record: Record) -> Iterator[str]:
    shown: dict[str, list[str]] = {row.id: [] for row in record.rows[RoundRow]}
    for candidate in record.rows[CandidateRow]:
        shown[candidate.round_id].append(candidate.id)
    for answer in record.rows[AnswerRow]:
        try:
            parse_answer(answer.answer, shown=shown[answer.round_id], kinds=[answer.kind])
            parse_tags(answer.tags, shown=shown[answer.round_id])
        except InvalidInputError as error:
            yield str(error)
        if answer.confidence not in (None, 1, 2, 3):
            yield f"{answer.id!r} is confident to a degree of {answer.confidence}"
        for direction in answer.directions.values():
            if len(direction) != record.session.dimension or not all(map(math.isfinite, direction)):
                yield f"{answer.id!r} has a direction outside its space"


def _event_faults(record: Record, events: Sequence[Event]) -> Iterator[str]:
    if any(event.topic != record.session.id for event in events):
        yield "an event is about another session"
