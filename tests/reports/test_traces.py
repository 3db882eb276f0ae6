"""Page events: what a page saw is kept in the one log, bounded and checked; nothing is kept of what isn't ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pilotage.app.verbs.bundles import NOTES_A_MINUTE
from pilotage.core.errors import InvalidInputError, NotFoundError
from pilotage.reports.traces import MAX_NOTES, PAGE_EVENTS, PageNote

KINDS = ("shown", "zoomed", "compared", "answer_begun", "answer_sent", "answer_failed")


@pytest.fixture
def shown(steer: Any) -> Any:
    session = steer()
    session.step()
    return session


def note(session: Any, **more: Any) -> PageNote:
    return PageNote(**{"kind": "shown", "round_id": session.last().id, "ms": 5, **more})


def test_each_kind_becomes_an_event_of_the_session_with_round_candidate_and_time(shown: Any, lab: Any) -> None:
    candidate = shown.last().candidates[1].id
    assert lab.note_page(shown.id, [note(shown, kind=kind, candidate_id=candidate) for kind in KINDS]) == 6
    events = [event for event in lab.store.events(topic=shown.id) if event.type.startswith("page.")]
    assert [event.type for event in events] == [f"page.{kind}" for kind in KINDS]
    for event in events:
        payload = PAGE_EVENTS.read(event)
        assert (payload.session_id, payload.round_id, payload.index) == (shown.id, shown.last().id, 1)
        assert (payload.candidate_id, payload.ms) == (candidate, 5)
    assert PAGE_EVENTS.types() == tuple(sorted(f"page.{kind}" for kind in KINDS))


def test_a_failed_answer_says_why(shown: Any, lab: Any) -> None:
    lab.note_page(shown.id, [note(shown, kind="answer_failed", code="round_closed")])
    assert PAGE_EVENTS.read(lab.store.events(topic=shown.id)[-1]).code == "round_closed"


def test_one_stranger_among_the_notes_keeps_all_of_them_out(shown: Any, lab: Any, steer: Any, snapshot: Any) -> None:
    other = steer()
    other.step()
    before = snapshot(lab.store)
    for stranger, field in (
        (note(other), "notes.1.round_id"),
        (note(shown, candidate_id=other.last().candidates[0].id), "notes.1.candidate_id"),
        (note(shown, round_id="rnd_nobody"), "notes.1.round_id"),
    ):
        with pytest.raises(InvalidInputError) as caught:
            lab.note_page(shown.id, [note(shown), stranger])
        assert caught.value.field == field
    with pytest.raises(NotFoundError):
        lab.note_page("ses_nobody", [note(shown)])
    assert snapshot(lab.store) == before


@pytest.mark.parametrize(
    "bad",
    [{"kind": "deleted"}, {"ms": -1}, {"ms": 1.5}, {"ms": 10**10}, {"code": "<b>"}, {"more": 1}, {"round_id": ""}],
)
def test_notes_of_another_shape_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PageNote(**{"kind": "shown", "round_id": "rnd_1", **bad})


def test_a_page_that_floods_is_cut_off_until_the_next_minute(shown: Any, lab: Any) -> None:
    now = lab.ports.clock()
    object.__setattr__(lab.ports, "clock", lambda: now)
    kept = [lab.note_page(shown.id, [note(shown)] * MAX_NOTES) for _ in range(NOTES_A_MINUTE // MAX_NOTES + 2)]
    assert sum(kept) == NOTES_A_MINUTE
    assert kept[-1] == 0
    object.__setattr__(lab.ports, "clock", lambda: now + timedelta(minutes=1))
    assert lab.note_page(shown.id, [note(shown)]) == 1
    with pytest.raises(InvalidInputError):
        lab.note_page(shown.id, [note(shown)] * (MAX_NOTES + 1))


def test_a_session_that_was_imported_keeps_the_story_that_it_came_with(shown: Any, lab: Any, bundled: Any) -> None:
    copy = lab.import_bundle(bundled(shown.id))
    story = lab.report(copy.id)
    assert lab.note_page(copy.id, [PageNote(kind="shown", round_id=copy.round_views[0].id)]) == 0
    assert lab.report(copy.id) == story
