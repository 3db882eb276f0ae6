"""Going back: undo folds the shorter log, superseded rounds stay to be seen, a pause holds, nothing is deleted."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pilotage.core.errors import (
    JobCancelledError,
    NotFoundError,
    NothingToUndoError,
    RoundClosedError,
    SessionClosedError,
    SessionPausedError,
)
from pilotage.models import Output
from pilotage.store import AnswerRow, JobRow, RoundRow
from pilotage.testing.faulty import FaultyModel


def shown(round_: Any) -> list[Any]:
    return [(c.slot, c.role, c.z, c.seed, c.artifact) for c in round_.candidates]


def answered(session: Any, *slots: int) -> None:
    for slot in slots:
        session.step()
        session.pick(slot)


def test_undo_lets_the_last_round_be_answered_again(steer: Any) -> None:
    session = steer()
    answered(session, 1, 2)
    before = session.lab.get_belief(session.id, before=2)
    undone = session.lab.undo(session.id)
    assert [(r.index, r.state) for r in undone.round_views] == [(1, "answered"), (2, "awaiting")]
    assert (undone.answers, undone.incumbent_id) == (1, undone.round_views[0].answer.shown[1])
    assert session.lab.get_belief(session.id) == before
    reopened = undone.round_views[1]
    assert [answer.answer["order"] for answer in reopened.retracted] == [[reopened.candidates[2].id]]
    session.pick(3)
    assert session.view.incumbent_id == reopened.candidates[3].id


def test_undo_after_the_next_round_started_cancels_its_job_and_keeps_it_as_a_branch(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    started = lab.request_round(session.id)
    undone = lab.undo(session.id)
    assert [(r.index, r.state) for r in undone.round_views] == [(1, "awaiting")]
    assert [(r.id, r.state) for r in undone.superseded] == [(started.id, "superseded")]
    assert lab.get_job(started.job.id).state == "cancelled"
    assert lab.store.get(RoundRow, started.id).superseded_at is not None


def test_a_shown_round_that_is_undone_keeps_its_pictures_and_another_takes_its_place(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    first = session.step()
    lab.undo(session.id)
    session.pick(2)
    second = session.step()
    assert (second.index, second.take, second.attempt, second.parent_id) == (2, 1, 0, first.parent_id)
    view = session.view
    assert [shown(r) for r in view.superseded] == [shown(first)]
    assert shown(second) != shown(first)


def test_the_same_answer_after_an_undo_brings_the_same_pictures(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    first = session.step()
    lab.undo(session.id)
    session.pick(1)
    assert shown(session.step()) == shown(first)


def test_going_back_several_rounds_folds_the_prefix_as_if_the_rest_had_never_been(steer: Any, lab: Any) -> None:
    session, straight = steer(), steer()
    answered(session, 1, 2, 3)
    session.step()
    assert [r.index for r in lab.revert(session.id, 2).round_views] == [1, 2]
    session.pick(1)
    answered(straight, 1, 1)
    assert shown(session.step()) == shown(straight.step())
    assert lab.get_belief(session.id).axes == lab.get_belief(straight.id).axes


def test_reverting_twice_is_reverting_once(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    answered(session, 1, 2)
    lab.revert(session.id, 1)
    before = snapshot(lab.store)
    lab.revert(session.id, 1)
    assert snapshot(lab.store) == before


def test_what_an_undo_took_back_was_seen_so_its_forecasts_are_no_test(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    lab.undo(session.id)
    assert lab.store.list(RoundRow)[0].forecasts_shown


@pytest.mark.parametrize("rounds", [0, 1])
def test_with_no_answer_there_is_nothing_to_undo(steer: Any, lab: Any, snapshot: Any, rounds: int) -> None:
    session = steer()
    for _ in range(rounds):
        session.step()
    before = snapshot(lab.store)
    with pytest.raises(NothingToUndoError):
        lab.undo(session.id)
    assert snapshot(lab.store) == before


def test_a_round_that_is_not_there_cannot_be_gone_back_to(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    with pytest.raises(NotFoundError):
        lab.revert(session.id, 2)


def test_a_completed_session_is_not_undone(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    lab.finish(session.id, session.view.incumbent_id)
    with pytest.raises(SessionClosedError):
        lab.undo(session.id)
    lab.reopen(session.id)
    assert lab.undo(session.id).answers == 0


def test_every_answer_ever_given_stays_in_the_store(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    for slot in (1, 2, 3):
        session.pick(slot)
        lab.undo(session.id)
    answers = lab.store.list(AnswerRow)
    assert len({answer.id for answer in answers}) == 3
    assert all(answer.retracted_at for answer in answers)


def test_regenerating_shows_other_pictures_from_the_same_answers(steer: Any, lab: Any) -> None:
    session = steer()
    answered(session, 1)
    first = session.step()
    again = lab.regenerate(session.id, first.id)
    lab.wait(again.job.id)
    second = session.last()
    assert (second.index, second.attempt, second.state) == (2, 1, "awaiting")
    assert second.candidates[0].sample_id == first.candidates[0].sample_id  # the incumbent stays
    assert not {tuple(c.z) for c in first.candidates[1:]} & {tuple(c.z) for c in second.candidates[1:]}
    assert not {c.seed for c in first.candidates[1:]} & {c.seed for c in second.candidates[1:]}
    assert [r.id for r in session.view.superseded] == [first.id]


def test_regenerating_one_round_twice_is_one_new_round(steer: Any, lab: Any) -> None:
    session = steer()
    first = session.step()
    assert lab.regenerate(session.id, first.id).id == lab.regenerate(session.id, first.id).id
    assert len(lab.store.list(RoundRow)) == 2


def test_an_answered_round_is_not_regenerated(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    answered(session, 1)
    before = snapshot(lab.store)
    with pytest.raises(RoundClosedError):
        lab.regenerate(session.id, session.last().id)
    assert snapshot(lab.store) == before


def test_a_paused_session_takes_answers_but_makes_no_round(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    assert lab.pause(session.id).state == "paused"
    session.pick(1, next_round=True)
    assert len(session.view.round_views) == 1
    with pytest.raises(SessionPausedError):
        lab.request_round(session.id)
    assert lab.resume(session.id).state == "active"
    assert session.step().index == 2


def test_a_pause_stops_the_round_in_the_making_and_resuming_makes_it(steer: Any, lab: Any) -> None:
    session = steer()
    asked = lab.request_round(session.id)
    lab.pause(session.id)
    assert lab.store.get(JobRow, asked.job.id).state == "cancelled"
    resumed = lab.resume(session.id)
    assert lab.wait(resumed.round_views[0].job.id).state == "succeeded"
    assert (session.last().id, session.last().state) == (asked.id, "awaiting")


def test_resuming_before_the_paused_round_has_heard_of_the_pause_makes_it(steer: Any, lab: Any) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hears_late(call: int, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        if call == 1:
            begun.set()
            assert go_on.wait(30)
            raise JobCancelledError("cancelled")
        return outputs

    session = steer(model=lab.catalog.add(FaultyModel(hears_late)))
    job = lab.request_round(session.id).job
    worker = threading.Thread(target=lab.wait, args=(job.id,))
    worker.start()
    assert begun.wait(30)
    lab.pause(session.id)
    lab.resume(session.id)
    go_on.set()
    worker.join()
    assert lab.wait(job.id).state == "succeeded"
    assert (session.last().state, session.view.renders) == ("awaiting", 4)


def test_a_round_of_another_session_is_not_regenerated(steer: Any, lab: Any, snapshot: Any) -> None:
    session, other = steer(), steer()
    session.step()
    abandoned = other.step()
    lab.regenerate(other.id, abandoned.id)
    for _ in range(2):
        lab.regenerate(session.id, session.last().id)
        lab.wait(session.last().job.id)
    before = snapshot(lab.store)
    with pytest.raises(NotFoundError):
        lab.regenerate(session.id, abandoned.id)
    assert snapshot(lab.store) == before
