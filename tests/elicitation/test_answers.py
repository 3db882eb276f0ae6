from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import Approval, Pairwise, Ranking, Ratings, parse_answer

SHOWN = ("a", "b", "c")
ALL = ("ranking", "pairwise", "ratings", "approval")


def parse(value: Any) -> Any:
    return parse_answer(value, shown=SHOWN, kinds=ALL)


def test_a_mapping_becomes_the_answer_of_its_kind() -> None:
    assert parse({"kind": "ranking", "order": ["b", "a"]}) == Ranking(order=("b", "a"))
    assert parse({"kind": "pairwise", "winner": "a", "loser": "c"}) == Pairwise(winner="a", loser="c")
    assert parse({"kind": "ratings", "stars": {"a": 5}}) == Ratings(stars={"a": 5})
    assert parse({"kind": "approval", "approved": {"a": False}}) == Approval(approved={"a": False})


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "ranking", "order": []},
        {"kind": "ranking", "order": ["a", "a"]},
        {"kind": "ranking", "order": ["z"]},
        {"kind": "ranking", "order": ["a"], "extra": 1},
        {"kind": "pairwise", "winner": "a", "loser": "a"},
        {"kind": "ratings", "stars": {"a": 6}},
        {"kind": "ratings", "stars": {"a": 3.5}},
        {"kind": "ratings", "stars": {}},
        {"kind": "approval", "approved": {"a": 1}},
        {"kind": "approval", "approved": {"a": False}, "favourite": "a"},
        {"kind": "approval", "approved": {"a": True}, "favourite": "b"},
        {"kind": "guess"},
        "a",
    ],
)
def test_what_contradicts_itself_is_refused_and_the_field_is_named(value: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(value)
    assert caught.value.field.startswith("answer")


def test_a_kind_that_the_session_does_not_take_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="takes ratings, not pairwise"):
        parse_answer(Pairwise(winner="a", loser="b"), shown=SHOWN, kinds=("ratings",))
