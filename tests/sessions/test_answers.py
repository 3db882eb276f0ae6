"""Answers: every kind is taken; what is malformed is refused by field and changes nothing."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from pilotage.core.errors import InvalidInputError, RoundClosedError
from pilotage.elicitation import KINDS
from pilotage.sessions.acts import Submission
from pilotage.sessions.config import QueryKind
from pilotage.sessions.history import judgements_of, posterior_of
from pilotage.store import SessionRow


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


@pytest.mark.parametrize(
    ("build", "best"),
    [
        (lambda i: {"kind": "worst", "worst": i[0], "best": i[2]}, 2),
        (lambda i: {"kind": "worst", "worst": i[0]}, None),
        (lambda i: {"kind": "shortlist", "kept": [i[1], i[3]], "favourite": i[3]}, 3),
        (lambda i: {"kind": "shortlist", "kept": []}, None),
        (lambda i: {"kind": "versus", "incumbent": i[0], "verdicts": {i[1]: "same", i[2]: "better"}}, 2),
        (lambda i: {"kind": "versus", "incumbent": i[0], "verdicts": {i[1]: "worse"}}, 0),
        (lambda i: {"kind": "tie", "items": [i[3], i[1]]}, 1),
        (lambda i: {"kind": "undecided", "why": "alike"}, None),
        (lambda i: {"kind": "undecided", "why": "bad"}, None),
        (lambda i: {"kind": "undecided", "why": "different"}, None),
    ],
)
def test_the_finer_kinds_are_taken_where_the_session_offers_them(steer: Any, build: Any, best: int | None) -> None:
    session = steer(query_kinds=list(KINDS))
    session.step()
    ids = ids_of(session)
    answered = session.answer(build(ids), confidence=1)
    assert (answered.answer.confidence, answered.answer.ties_offered) == (1, True)
    assert session.view.incumbent_id == (None if best is None else ids[best])
    following = session.step().candidates
    assert [candidate.carried_from for candidate in following if candidate.role == "incumbent"] == (
        [] if best is None else [ids[best]]
    )


def test_settings_know_every_kind_there_is() -> None:
    assert set(get_args(QueryKind)) == set(KINDS)


def test_a_pick_says_that_it_is_no_tie_only_where_ties_are_offered(steer: Any, lab: Any) -> None:
    for kinds in (["ranking"], ["ranking", "tie"]):
        session = steer(query_kinds=kinds)
        session.step()
        assert session.pick(1).answer.ties_offered is ("tie" in kinds)
        judgement = judgements_of(lab.store, lab.store.get(SessionRow, session.id))[0]
        assert judgement.ties_offered is ("tie" in kinds)


def test_confidence_reaches_the_belief(steer: Any, lab: Any) -> None:
    odds = []
    for confidence in (1, None, 3):
        session = steer()
        session.step()
        session.pick(1, confidence=confidence)
        row = lab.store.get(SessionRow, session.id)
        judgements = judgements_of(lab.store, row)
        others = np.array([item.u for item in judgements[0].items[2:]])
        odds.append(posterior_of(row, judgements).p_beats_incumbent(others).max())
    assert odds[0] > odds[1] > odds[2]


def test_tags_are_kept_once_each_and_without_blanks(steer: Any) -> None:
    session = steer()
    session.step()
    ids = ids_of(session)
    tags = {ids[1]: [" too_dark ", "too_dark", "", "of its time"], ids[2]: ["  "]}
    assert session.pick(0, tags=tags).answer.tags == {ids[1]: ["too_dark", "of its time"]}


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda i: {"cnd_of_nobody": ["too_dark"]}, "tags.cnd_of_nobody"),
        (lambda i: {i[1]: ["too_dark", "moody", "too_bright"]}, "tags.{1}"),
    ],
)
def test_bad_tags_are_refused_by_field_and_leave_the_store_as_it_was(
    steer: Any, lab: Any, snapshot: Any, build: Any, field: str
) -> None:
    session = steer()
    session.step()
    ids, before = ids_of(session), snapshot(lab.store)
    with pytest.raises(InvalidInputError, match=r"was not shown|too_dark and too_bright cannot both") as caught:
        session.pick(0, tags=build(ids))
    assert caught.value.field == field.format(*ids)
    assert snapshot(lab.store) == before


@pytest.mark.parametrize("bad", [{"x": "too_dark"}, {"x": ["y" * 65]}, {"x": [1]}, {"x": ["y"] * 17}, ["too_dark"]])
def test_what_is_no_list_of_tags_is_no_submission(bad: Any) -> None:
    with pytest.raises(ValidationError):
        Submission(answer={"kind": "ranking", "order": ["x"]}, tags=bad)


def test_the_same_answer_sent_again_is_one_answer_and_other_tags_are_another(steer: Any, lab: Any) -> None:
    session = steer()
    session.step()
    ids = ids_of(session)
    sent = {"answer": {"kind": "ranking", "order": [ids[1]]}, "tags": {ids[2]: ["too_dark"]}, "confidence": 3}
    first, again = (session.answer(**sent).answer for _ in range(2))
    assert first == again
    for other in ({"tags": {ids[2]: ["too_bright"]}}, {"tags": {}}, {"confidence": 1}):
        with pytest.raises(RoundClosedError):
            session.answer(**{**sent, **other})
    told = [event for event in lab.store.events(limit=10_000) if event.type == "answer.recorded"]
    assert [(event.data["tags"], event.data["confidence"]) for event in told] == [(sent["tags"], 3)]


def test_ties_keep_the_incumbent(steer: Any) -> None:
    session = steer()
    session.step()
    session.pick(2)
    ids = [candidate.id for candidate in session.step().candidates]
    session.answer({"kind": "ratings", "stars": {ids[3]: 5, ids[0]: 5}})
    assert session.view.incumbent_id == ids[0]
