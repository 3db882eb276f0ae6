"""Answers: every kind is taken; what is malformed is refused by field and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pilotage.core.errors import InvalidInputError
from pilotage.sessions.acts import Submission


def ids_of(session: Any) -> list[str]:
    return [candidate.id for candidate in session.last().candidates]


@pytest.mark.parametrize(
    ("build", "best"),
    [
        (lambda i: {"kind": "ranking", "order": [i[3]]}, 3),
        (lambda i: {"kind": "ranking", "order": [i[2], i[1]]}, 2),
        (lambda i: {"kind": "ranking", "order": [i[1], i[0], i[3], i[2]]}, 1),
        (lambda i: {"kind": "pairwise", "winner": i[2], "loser": i[0]}, 2),
        (lambda i: {"kind": "ratings", "stars": {i[0]: 2, i[1]: 5, i[2]: 1, i[3]: 3}}, 1),
        (lambda i: {"kind": "ratings", "stars": {i[3]: 4}}, 3),
        (lambda i: {"kind": "ratings", "stars": {i[3]: 4, i[1]: 4}}, 1),  # a tie goes to the earlier slot
        (lambda i: {"kind": "approval", "approved": {i[0]: False, i[2]: True, i[3]: True}}, 2),
        (lambda i: {"kind": "approval", "approved": {i[2]: True, i[3]: True}, "favourite": i[3]}, 3),
    ],
)
def test_each_kind_of_answer_is_taken_and_names_the_best(steer: Any, build: Any, best: int) -> None:
    session = steer()
    session.step()
    ids = ids_of(session)
    answered = session.answer(build(ids), gesture={"clicks": [1, 2]}, comment="nice", decision_ms=1200)
    assert answered.state == "answered"
    assert session.view.incumbent_id == ids[best]
    assert (answered.answer.gesture, answered.answer.comment, answered.answer.decision_ms) == (
        {"clicks": [1, 2]}, "nice", 1200)  # fmt: skip
    assert session.step().candidates[0].carried_from == ids[best]


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda i: {}, "answer"),
        (lambda i: {"kind": "telepathy"}, "answer"),
        (lambda i: {"kind": "ranking", "order": []}, "answer.order"),
        (lambda i: {"kind": "ranking", "order": ["cnd_of_nobody"]}, "answer"),
        (lambda i: {"kind": "ranking", "order": [i[1], i[1]]}, "answer"),
        (lambda i: {"kind": "ranking", "order": [1]}, "answer.order.0"),
        (lambda i: {"kind": "ranking", "order": i[1]}, "answer.order"),
        (lambda i: {"kind": "ranking", "order": [i[1]], "extra": 1}, "answer.extra"),
        (lambda i: {"kind": "pairwise", "winner": i[1], "loser": i[1]}, "answer"),
        (lambda i: {"kind": "pairwise", "winner": i[1]}, "answer.loser"),
        (lambda i: {"kind": "ratings", "stars": {i[0]: 1e9}}, None),
        (lambda i: {"kind": "ratings", "stars": {i[0]: 0}}, None),
        (lambda i: {"kind": "ratings", "stars": {i[0]: 4.5}}, None),
        (lambda i: {"kind": "ratings", "stars": {i[0]: True}}, None),
        (lambda i: {"kind": "ratings", "stars": {i[0]: float("nan")}}, None),
        (lambda i: {"kind": "ratings", "stars": {i[0]: "5"}}, None),
        (lambda i: {"kind": "ratings", "stars": {}}, "answer.stars"),
        (lambda i: {"kind": "ratings", "stars": {"stranger": 3}}, "answer"),
        (lambda i: {"kind": "approval", "approved": {i[0]: 1}}, None),
        (lambda i: {"kind": "approval", "approved": {i[0]: True}, "favourite": i[1]}, "answer.favourite"),
        (lambda i: {"kind": "approval", "approved": {i[0]: False}, "favourite": i[0]}, "answer.favourite"),
    ],
)
def test_bad_answers_are_refused_by_field_and_leave_the_store_as_it_was(
    steer: Any, lab: Any, snapshot: Any, build: Any, field: str | None
) -> None:
    session = steer()
    session.step()
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError) as caught:
        session.answer(build(ids_of(session)))
    assert caught.value.field.startswith(field if field is not None else "answer.")
    assert snapshot(lab.store) == before
    session.pick(1)  # the round is still there to be answered


def test_a_candidate_of_another_session_is_a_stranger(steer: Any, lab: Any, snapshot: Any) -> None:
    session, other = steer(), steer()
    session.step()
    stranger = other.step().candidates[0].id
    before = snapshot(lab.store)
    with pytest.raises(InvalidInputError, match="not a candidate of this round"):
        session.answer({"kind": "ranking", "order": [stranger]})
    assert snapshot(lab.store) == before


def test_a_candidate_of_an_earlier_round_is_a_stranger(steer: Any) -> None:
    session = steer()
    earlier = session.step().candidates[1].id
    session.pick(1)
    session.step()
    with pytest.raises(InvalidInputError):
        session.answer({"kind": "ranking", "order": [earlier]})


def test_a_kind_that_the_session_does_not_take_is_refused(steer: Any) -> None:
    session = steer(query_kinds=["ratings"])
    session.step()
    with pytest.raises(InvalidInputError, match="takes ratings") as caught:
        session.pick(0)
    assert caught.value.field == "answer.kind"
    assert session.last().state == "awaiting"


@pytest.mark.parametrize("bad", [{"decision_ms": -1}, {"comment": "x" * 4001}, {"surprise": 1}])
def test_a_submission_with_impossible_surroundings_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Submission(answer={"kind": "ranking", "order": ["x"]}, **bad)


def test_a_gesture_is_kept_as_it_came_up_to_64_kib() -> None:
    sent = {"answer": {"kind": "ranking", "order": ["x"]}}
    longest = {"acts": "x" * (2**16 - len('{"acts":""}'))}
    assert Submission(**sent, gesture=longest).gesture == longest
    with pytest.raises(InvalidInputError, match="65537 bytes") as caught:
        Submission(**sent, gesture={"acts": longest["acts"] + "x"})
    assert caught.value.field == "gesture"


def test_ties_keep_the_incumbent(steer: Any) -> None:
    session = steer()
    session.step()
    session.pick(2)
    ids = [candidate.id for candidate in session.step().candidates]
    session.answer({"kind": "ratings", "stars": {ids[3]: 5, ids[0]: 5}})
    assert session.view.incumbent_id == ids[0]
