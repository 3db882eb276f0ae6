"""Marks: a favourite stays marked wherever its picture is shown, a pinned one is shown in every round."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.store import MarkRow


def test_a_pinned_picture_is_shown_again_verbatim_until_it_is_unpinned(steer: Any, lab: Any) -> None:
    session = steer()
    pinned = session.step().candidates[3]
    lab.mark(session.id, pinned.id, pinned=True)
    session.pick(1)
    for index in (2, 3):
        second = session.step()
        assert [c.role for c in second.candidates[:2]] == ["incumbent", "pinned"]
        assert (second.candidates[1].sample_id, second.candidates[1].carried_from_round) == (pinned.sample_id, 1)
        assert second.candidates[1].pinned
        assert second.index == index
        session.pick(0)
    lab.mark(session.id, pinned.id, pinned=False)
    assert pinned.sample_id not in [c.sample_id for c in session.step().candidates]


def test_the_incumbent_is_not_shown_twice_when_it_is_pinned(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(2)
    lab.mark(session.id, session.view.incumbent_id, pinned=True)
    samples = [c.sample_id for c in session.step().candidates]
    assert len(set(samples)) == len(samples)


def test_one_slot_at_least_is_for_the_new(steer: Any, lab: Any) -> None:
    session = steer(candidates=3)
    for candidate in session.step().candidates:
        lab.mark(session.id, candidate.id, pinned=True)
    session.pick(0)
    second = session.step()
    assert [c.carried_from is None for c in second.candidates] == [False, False, True]


def test_marking_twice_is_marking_once_and_what_is_absent_stays(steer: Any, lab: Any) -> None:
    session = steer()
    candidate = session.step().candidates[1]
    lab.mark(session.id, candidate.id, favourite=True)
    events = lab.store.last_seq()
    lab.mark(session.id, candidate.id, favourite=True)
    assert lab.store.last_seq() == events
    both = lab.mark(session.id, candidate.id, pinned=True)
    assert (both.favourite, both.pinned) == (True, True)


@pytest.mark.parametrize("nothing", [{}, {"favourite": False}, {"pinned": False, "favourite": None}])
def test_a_mark_that_changes_nothing_is_kept_as_it_is_told(steer: Any, lab: Any, nothing: dict[str, Any]) -> None:
    session = steer()
    candidate = session.step().candidates[1]
    events = lab.store.last_seq()
    told = lab.mark(session.id, candidate.id, **nothing)
    assert lab.store.get(MarkRow, told.id) == told
    assert (told.favourite, told.pinned, lab.store.last_seq()) == (False, False, events)


def test_only_a_picture_of_the_session_can_be_marked(steer: Any, lab: Any, snapshot: Any) -> None:
    session, other = steer(), steer()
    other.step()
    before = snapshot(lab.store)
    for candidate_id in (other.last().candidates[0].id, "cnd_of_nobody"):
        with pytest.raises(InvalidInputError) as caught:
            lab.mark(session.id, candidate_id, favourite=True)
        assert caught.value.field == "candidate_id"
    assert snapshot(lab.store) == before


def test_pinned_pictures_are_shown_in_the_order_in_which_they_were_pinned(steer: Any, lab: Any) -> None:
    session = steer()
    second, third = session.step().candidates[2:]
    for one in (third, second):
        lab.mark(session.id, one.id, pinned=True)
    lab.mark(session.id, third.id, favourite=True)
    session.pick(1)
    shown = [c.sample_id for c in session.step().candidates if c.role == "pinned"]
    assert shown == [third.sample_id, second.sample_id]
