"""Forecasts: written before anything is rendered, told after the answer."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pilotage.sessions.acts import Submission
from pilotage.sessions.forecasts import kept_back
from pilotage.store import CandidateRow, RoundRow


def test_forecasts_roles_and_reasons_are_hidden_before_the_answer_and_told_after(steer: Any) -> None:
    session = steer()
    shown = session.step()
    assert all(c.forecast is None and c.why is None for c in shown.candidates)
    assert [candidate.role for candidate in shown.candidates] == ["baseline", None, None, None]
    assert shown.sampler_state is None
    told = session.pick(1)
    assert all(c.role and c.why for c in told.candidates)
    assert sum(c.forecast["p_best"] for c in told.candidates) == pytest.approx(1)
    assert told.sampler_state is not None


def test_the_incumbent_is_named_before_the_answer_since_it_is_plain_to_see(steer: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    assert [candidate.role for candidate in session.step().candidates] == ["incumbent", None, None, None]


def test_forecasts_shown_on_request_are_recorded_as_such(steer: Any, lab: Any) -> None:
    session = steer(show_forecasts=True)
    round_ = session.step()
    assert all(candidate.forecast is not None for candidate in round_.candidates)
    assert lab.store.get(RoundRow, round_.id).forecasts_shown is True


def test_forecasts_are_stored_before_the_first_picture(steer: Any, new_lab: Any) -> None:
    seen: list[Any] = []

    def watch(step: Any) -> None:
        if step.phase == "generating" and not seen:
            seen.extend(lab.store.list(CandidateRow))

    lab = new_lab(progress=watch)
    session = steer(lab=lab)
    session.step()
    assert [row.state for row in seen] == ["proposed"] * 4
    assert all("p_best" in row.forecast for row in seen)
    told = session.pick(1)
    assert [row.forecast for row in seen] == [candidate.forecast for candidate in told.candidates]


def test_what_is_told_after_the_click_is_what_was_believed_before_it(steer: Any, lab: Any) -> None:
    session = steer()
    before = [row.forecast for row in _rows(session, lab)]
    told = session.pick(2)
    assert [candidate.forecast for candidate in told.candidates] == before


def test_the_expected_gain_is_unknown_before_any_answer(steer: Any) -> None:
    session = steer()
    assert session.step().expected_gain is None
    session.pick(1)
    assert session.step().expected_gain >= 0


def test_the_belief_is_told_with_its_uncertainty_and_can_be_asked_for_as_it_was(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    first = lab.get_belief(session.id)
    assert (first.answers, first.expected_gain) == (0, None)
    assert not any(axis.known or axis.moved is not None for axis in first.axes)
    for _ in range(3):
        session.pick(2)
        session.step()
    now = lab.get_belief(session.id)
    assert now.answers == 3
    assert now.incumbent_z == pytest.approx(session.last().candidates[0].z, abs=1e-6)
    assert all(len(axis.z) == len(axis.mean) == len(axis.sd) and axis.best_sd > 0 for axis in now.axes)
    assert lab.get_belief(session.id, before=1) == first


@pytest.fixture
def parent(steer: Any) -> Any:
    """A session whose second round, the first with something to forecast, waits for its answer."""
    session = steer()
    session.step()
    session.pick(1)
    session.step()
    return session


def pick(lab: Any, session_id: str, slot: int) -> Any:
    last = lab.get_session(session_id).round_views[-1]
    order = [last.candidates[slot].id]
    return lab.answer(session_id, last.index, Submission(answer={"kind": "ranking", "order": order}))


def rounds_that_tested(lab: Any, *sessions: str) -> list[int]:
    """In how many rounds of each session a forecast was put to the test, by its figures and by its report."""
    counted = [compared.figures.forecasts for compared in lab.compare(list(sessions))]
    chapters = [lab.report(one).chapters[1:] for one in sessions]  # nothing was forecast in the first round
    assert [sum(chapter.counts_for_calibration for chapter in told) for told in chapters] == counted
    return counted


def test_a_branch_that_is_answered_tells_its_own_forecasts_and_leaves_its_parents_hidden(parent: Any, lab: Any) -> None:
    child = lab.branch(parent.id)
    assert all(candidate.forecast is None for candidate in child.round_views[1].candidates)
    told = pick(lab, child.id, 2)
    assert all(candidate.forecast for candidate in told.candidates)
    assert all(candidate.forecast is None and candidate.why is None for candidate in parent.last().candidates)
    assert [picture.p_best for picture in lab.report(parent.id).chapters[1].pictures] == [None] * 4
    assert stream(lab, parent.id)[1].data["candidates"][2]["forecast"] == {}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_a_round_and_its_copies_in_branches_the_first_to_be_answered_tests_the_forecasts(
    parent: Any, lab: Any, order: tuple[int, ...]
) -> None:
    child = lab.branch(parent.id).id
    sessions = [parent.id, child, lab.branch(child).id]
    for place in order:
        pick(lab, sessions[place], 2)
    assert rounds_that_tested(lab, *sessions) == [int(place == order[0]) for place in range(3)]


def test_an_answer_that_was_taken_back_in_a_branch_has_told_the_forecasts_too(parent: Any, lab: Any) -> None:
    child = lab.branch(parent.id)
    pick(lab, child.id, 2)
    lab.undo(child.id)
    parent.pick(2)
    pick(lab, child.id, 1)
    assert rounds_that_tested(lab, parent.id, child.id) == [0, 0]


def test_a_branch_that_only_waits_takes_no_test_from_its_parent(parent: Any, lab: Any) -> None:
    lab.branch(parent.id)
    parent.pick(2)
    parent.step()
    parent.pick(0)
    lab.branch(parent.id)
    assert rounds_that_tested(lab, parent.id) == [2]


def test_the_stream_of_events_keeps_forecasts_back_until_the_answer(parent: Any, lab: Any) -> None:
    first, second = stream(lab, parent.id)
    assert all(candidate["forecast"] and candidate["why"] for candidate in first.data["candidates"])
    assert second.data["sampler_state"] == {}
    hidden = [(part["role"], part["why"], part["forecast"]) for part in second.data["candidates"]]
    assert hidden == [("incumbent", "", {}), *[("", "", {})] * 3]
    places = [part["z"] for part in second.data["candidates"]]
    parent.pick(2)
    told = stream(lab, parent.id)[1].data
    assert [part["z"] for part in told["candidates"]] == places
    assert [part["forecast"] for part in told["candidates"]] == [c.forecast for c in parent.last().candidates]
    assert told["sampler_state"] == parent.last().sampler_state


def test_the_stream_tells_forecasts_at_once_where_they_are_asked_for(steer: Any, lab: Any) -> None:
    session = steer(show_forecasts=True)
    session.step()
    (told,) = stream(lab, session.id)
    assert all(candidate["forecast"] for candidate in told.data["candidates"])


def stream(lab: Any, session_id: str) -> list[Any]:
    """What listeners are told of the proposals in a session."""
    told = kept_back(lab.store, lab.store.events(topic=session_id))
    return [event for event in told if event.type == "round.proposed"]


def _rows(session: Any, lab: Any) -> Any:
    return lab.store.list(CandidateRow, where={"round_id": session.step().id})
