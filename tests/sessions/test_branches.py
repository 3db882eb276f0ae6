"""Branches: a copy up to a round goes its own way, and leaves the session that it came from as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError, NotFoundError


def places(round_: Any) -> list[Any]:
    return [(c.slot, c.role, c.z, c.seed, c.artifact, c.carried_from_round) for c in round_.candidates]


@pytest.fixture
def parent(steer: Any) -> Any:
    session = steer()
    for slots in ((1, 2), (2,)):
        session.step()
        named = session.last().candidates[1].id
        session.pick(*slots, comment="kept", comments={named: "warm"}, tags={named: ["of its time"]})
    session.step()
    return session


def test_a_branch_begins_as_its_parent_did_and_waits_where_it_left(parent: Any, lab: Any) -> None:
    rounds = parent.view.round_views
    child = lab.branch(parent.id, rounds[1].id, name="bolder")
    assert (child.name, child.parent_id, child.parent_round_id) == ("bolder", parent.id, rounds[1].id)
    assert [(r.index, r.state) for r in child.round_views] == [(1, "answered"), (2, "awaiting")]
    assert [places(r) for r in child.round_views] == [places(r) for r in rounds[:2]]
    assert (child.answers, child.seed, child.config) == (1, parent.view.seed, parent.view.config)


def test_ids_in_a_branch_are_its_own_even_inside_answers(parent: Any, lab: Any) -> None:
    child = lab.branch(parent.id)
    theirs = parent.view.model_dump_json()
    own = {c.id for r in child.round_views for c in r.candidates}
    first = child.round_views[0]
    said = first.answer
    assert {*said.answer["order"], *said.shown, *said.comments, *said.tags} <= own
    assert list(said.tags.values()) == [["of its time"]]
    assert not any(id_ in theirs for id_ in own)


def test_the_same_answers_in_a_branch_bring_the_same_pictures(parent: Any, lab: Any) -> None:
    child = lab.branch(parent.id, parent.view.round_views[1].id)
    from pilotage.sessions.acts import Submission

    order = [child.round_views[1].candidates[2].id]
    lab.answer(child.id, 2, Submission(answer={"kind": "ranking", "order": order}))
    lab.wait(lab.request_round(child.id).job.id)
    assert places(lab.get_round(child.id, 3)) == places(parent.last())


def test_a_branch_leaves_its_parent_as_it_was_but_for_the_mention(parent: Any, lab: Any) -> None:
    before = parent.view
    child = lab.branch(parent.id)
    assert parent.view.model_copy(update={"branches": []}) == before
    assert [(b.id, b.parent_round_id) for b in parent.view.branches] == [(child.id, before.round_views[-1].id)]


def test_a_superseded_round_can_be_branched_from_with_the_answers_that_led_to_it(parent: Any, lab: Any) -> None:
    abandoned = parent.last()
    lab.revert(parent.id, 1)
    parent.pick(3)
    child = lab.branch(parent.id, abandoned.id)
    assert [(r.index, r.state) for r in child.round_views] == [(1, "answered"), (2, "answered"), (3, "awaiting")]
    assert places(child.round_views[2]) == places(abandoned)
    taken_back = parent.view.round_views[0].retracted[0]
    slots = {c.id: c.slot for c in parent.view.round_views[0].candidates}
    theirs = {c.id: c.slot for c in child.round_views[0].candidates}
    assert [theirs[i] for i in child.round_views[0].answer.answer["order"]] == [
        slots[i] for i in taken_back.answer["order"]
    ]


def test_a_round_without_pictures_cannot_be_branched_from(steer: Any, lab: Any, snapshot: Any) -> None:
    session = steer()
    with pytest.raises(InvalidInputError, match="shown"):
        lab.branch(session.id)
    asked = lab.request_round(session.id)
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError, match="shown"):
        lab.branch(session.id, asked.id)
    with pytest.raises(NotFoundError):
        lab.branch(session.id, "rnd_of_nobody")
    assert snapshot(lab.store) == before


def test_marks_go_along(parent: Any, lab: Any) -> None:
    first = parent.view.round_views[0].candidates[3]
    lab.mark(parent.id, first.id, favourite=True)
    child = lab.branch(parent.id)
    assert [c.favourite for c in child.round_views[0].candidates] == [False, False, False, True]


def test_a_clock_that_was_set_back_between_answer_and_round_changes_no_branch(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    session.pick(2, 1)
    now = lab.ports.clock
    lab.ports = replace(lab.ports, clock=lambda: now() - timedelta(hours=1))
    second = session.step()
    assert places(lab.branch(session.id).round_views[-1]) == places(second)
    lab.undo(session.id)
    set_aside = lab.branch(session.id, second.id)
    assert [(r.index, r.state) for r in set_aside.round_views] == [(1, "answered"), (2, "awaiting")]
