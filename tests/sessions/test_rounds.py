"""The loop's shape: what each round shows, and in which order things may happen."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import NotFoundError, RoundClosedError, RoundOpenError
from pilotage.sessions.acts import Submission
from pilotage.store import RunRow, SampleRow


@pytest.mark.parametrize("count", [2, 4, 6])
def test_the_first_round_shows_as_many_candidates_as_asked_with_the_unsteered_baseline_first(
    steer: Any, count: int
) -> None:
    round_ = steer(candidates=count).step()
    assert (round_.index, round_.state) == (1, "awaiting")
    assert [candidate.slot for candidate in round_.candidates] == list(range(count))
    assert round_.candidates[0].role == "baseline"
    assert round_.candidates[0].z == [0.0] * 5
    assert all(candidate.artifact and candidate.state == "ready" for candidate in round_.candidates)
    assert len({tuple(candidate.z) for candidate in round_.candidates}) == count


def test_a_second_round_is_refused_while_one_waits_for_its_answer(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    session.step()
    before = snapshot(lab.store)
    with pytest.raises(RoundOpenError):
        lab.request_round(session.id)
    assert snapshot(lab.store) == before


def test_asking_twice_before_the_job_ran_is_one_round_and_one_job(steer: Any, lab: Any) -> None:
    session = steer()
    first, second = lab.request_round(session.id), lab.request_round(session.id)
    assert (first.id, first.job.id) == (second.id, second.job.id)
    lab.wait(first.job.id)
    lab.wait(second.job.id)
    assert len(session.view.round_views) == 1
    assert len(lab.store.list(RunRow)) == 1


def test_an_answer_moves_the_incumbent(steer: Any) -> None:
    session = steer()
    round_ = session.step()
    assert session.view.incumbent_id is None
    session.pick(2)
    assert session.view.incumbent_id == round_.candidates[2].id
    session.step()
    assert [c.is_incumbent for c in session.view.round_views[0].candidates] == [False, False, True, False]
    session.pick(3)
    assert session.view.incumbent_id == session.last().candidates[3].id


def test_the_second_round_shows_the_incumbent_verbatim_and_does_not_render_it_again(steer: Any, lab: Any) -> None:
    session = steer()
    winner = session.step().candidates[2]
    session.pick(2)
    round_ = session.step()
    carried = round_.candidates[0]
    assert round_.index == 2
    assert (carried.z, carried.sample_id, carried.artifact) == (winner.z, winner.sample_id, winner.artifact)
    assert (carried.role, carried.carried_from, carried.carried_from_round) == ("incumbent", winner.id, 1)
    assert carried.seed == winner.seed
    assert lab.get_media(carried.artifact).data == lab.get_media(winner.artifact).data
    runs = lab.store.list(RunRow)
    assert [len(lab.store.list(SampleRow, where={"run_id": run.id})) for run in runs] == [4, 3]
    assert session.view.renders == 7


def test_an_incumbent_that_wins_again_stays_the_same_sample_through_rounds(steer: Any) -> None:
    session = steer()
    winner = session.step().candidates[1]
    session.pick(1)
    for _ in range(3):
        carried = session.step().candidates[0]
        assert (carried.sample_id, carried.artifact) == (winner.sample_id, winner.artifact)
        session.pick(0)
    assert session.view.renders == 4 + 3 * 3


def test_without_a_winner_the_next_round_has_no_incumbent_and_all_slots_are_new(steer: Any) -> None:
    session = steer()
    round_ = session.step()
    session.answer({"kind": "approval", "approved": {candidate.id: False for candidate in round_.candidates}})
    assert session.view.incumbent_id is None
    candidates = session.step().candidates
    assert all(candidate.carried_from is None for candidate in candidates)
    assert len(candidates) == 4


def test_answer_and_next_round_happen_together(steer: Any) -> None:
    session = steer()
    session.step()
    session.pick(1, next_round=True)
    states = [round_.state for round_ in session.view.round_views]
    assert states == ["answered", "queued"]


def test_the_same_answer_sent_twice_gives_the_same_receipt_and_one_next_round(
    steer: Any, lab: Any, snapshot: Any
) -> None:
    session = steer()
    chosen = session.step().candidates[1].id
    first = session.answer({"kind": "ranking", "order": [chosen]}, index=1, next_round=True)
    before = snapshot(lab.store)
    second = session.answer({"kind": "ranking", "order": [chosen]}, index=1, next_round=True)
    assert first == second
    assert snapshot(lab.store) == before


def test_another_answer_to_an_answered_round_is_refused(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    before = snapshot(lab.store)
    with pytest.raises(RoundClosedError):
        session.pick(2)
    assert snapshot(lab.store) == before


def test_a_stale_round_takes_no_new_answer(steer: Any) -> None:
    session = steer()
    first = session.step()
    session.pick(1)
    session.step()
    with pytest.raises(RoundClosedError):
        session.answer({"kind": "ranking", "order": [first.candidates[3].id]}, index=1)
    assert session.last().state == "awaiting"


def test_a_round_that_is_not_rendered_yet_is_not_there_to_be_judged(steer: Any, lab: Any) -> None:
    session = steer()
    lab.request_round(session.id)
    with pytest.raises(RoundClosedError):
        session.answer({"kind": "ranking", "order": ["cnd_any"]})


def test_unknown_sessions_and_rounds_are_not_found(steer: Any, lab: Any) -> None:
    session = steer()
    for act in (
        lambda: lab.get_session("ses_nobody"),
        lambda: lab.request_round("ses_nobody"),
        lambda: lab.get_round(session.id, 1),
        lambda: lab.answer(session.id, 9, Submission(answer={})),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_sessions_are_listed_newest_first_page_by_page(steer: Any, lab: Any) -> None:
    ids = [steer(name=f"session {number}").id for number in range(5)]
    first, cursor = lab.list_sessions(limit=2)
    second, cursor = lab.list_sessions(after=cursor, limit=2)
    third, end = lab.list_sessions(after=cursor, limit=2)
    assert [session.id for session in (*first, *second, *third)] == ids[::-1]
    assert end is None


def test_the_events_of_a_session_tell_its_story_in_order(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(1)
    told = [event.type for event in lab.store.events(topic=session.id) if not event.type.startswith("job.")]
    assert told == [
        "session.created",
        "round.requested",
        "session.space_built",
        "session.placed",
        "round.proposed",
        "round.shown",
        "answer.recorded",
    ]
