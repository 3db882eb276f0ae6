"""Events: one envelope, schemas that grow by upgrades, and a log that reads back line by line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.records import Event, EventRegistry, Payload, events_from_jsonl, events_to_jsonl
from pilotage.sessions.events import SESSION_EVENTS

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


class Moved(Payload):
    type: ClassVar[str] = "piece.moved"
    version: ClassVar[int] = 3

    piece: str
    squares: int
    by: str


@pytest.fixture
def registry() -> EventRegistry:
    known = EventRegistry()
    known.register(Moved)
    known.upgrade("piece.moved", 1, lambda data: {**data, "squares": data["steps"], "steps": None})
    known.upgrade("piece.moved", 2, lambda data: {"piece": data["piece"], "squares": data["squares"], "by": "unknown"})
    return known


def event(version: int, **data: Any) -> Event:
    return Event(topic="game", type="piece.moved", version=version, at=NOW, data=data)


def test_an_event_reads_back_as_the_payload_it_was_made_of(registry: EventRegistry) -> None:
    moved = Moved(piece="rook", squares=3, by="white")
    assert registry.read(Event.of("game", moved, NOW)) == moved


def test_old_data_is_brought_forward_through_every_version(registry: EventRegistry) -> None:
    assert registry.read(event(1, piece="rook", steps=3)) == Moved(piece="rook", squares=3, by="unknown")
    assert registry.read(event(2, piece="rook", squares=4)).squares == 4


def test_a_version_from_the_future_is_refused_with_a_way_out(registry: EventRegistry) -> None:
    with pytest.raises(InvalidInputError, match="version 4") as caught:
        registry.read(event(4, piece="rook", squares=3, by="white"))
    assert "upgrade" in caught.value.hint


def test_unknown_types_and_data_that_does_not_fit_are_refused(registry: EventRegistry) -> None:
    with pytest.raises(InvalidInputError):
        registry.read(Event(topic="game", type="piece.vanished", at=NOW, data={}))
    with pytest.raises(InvalidInputError) as caught:
        registry.read(event(3, piece="rook", squares="many", by="white"))
    assert caught.value.field == "piece.moved.squares"


def test_a_type_is_registered_once(registry: EventRegistry) -> None:
    class Usurper(Payload):
        type: ClassVar[str] = "piece.moved"

    registry.register(Moved)
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(Usurper)
    assert registry.types() == ("piece.moved",)


NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
DATA = st.dictionaries(st.text(max_size=9), st.none() | st.booleans() | NUMBERS | st.text())
EVENTS = st.builds(
    Event, seq=st.integers(0, 2**40), topic=st.text(), type=st.text(), version=st.integers(1, 99),
    at=st.datetimes(timezones=st.just(UTC)), data=DATA,
)  # fmt: skip


@given(events=st.lists(EVENTS, max_size=5))
def test_a_log_reads_back_as_it_was_written(events: list[Event]) -> None:
    text = events_to_jsonl(events)
    assert text.count("\n") == len(events)
    assert list(events_from_jsonl(text)) == events


def test_blank_lines_are_skipped_and_a_broken_line_is_named() -> None:
    line = events_to_jsonl([event(3, piece="rook")])
    assert len(list(events_from_jsonl(f"\n{line}\n\n{line}"))) == 2
    with pytest.raises(InvalidInputError, match="line 2") as caught:
        list(events_from_jsonl(line + "{broken\n"))
    assert caught.value.field == "line 2"


def test_every_event_of_a_real_session_can_be_read(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    lab.finish(session.id, session.view.incumbent_id)
    lab.reopen(session.id)
    own = [e for e in lab.store.events(topic=session.id) if not e.type.startswith("job.")]
    read = [SESSION_EVENTS.read(e) for e in events_from_jsonl(events_to_jsonl(own))]
    assert [payload.type for payload in read] == [event.type for event in own]
    assert {"round.proposed", "answer.recorded", "session.finished", "session.reopened"} <= {p.type for p in read}
