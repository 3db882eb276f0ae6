from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import (
    Approval,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Undecided,
    Versus,
    Worst,
    parse_answer,
)

SHOWN = ("a", "b", "c")
ALL = ("ranking", "pairwise", "ratings", "approval", "worst", "shortlist", "versus", "tie", "undecided")


def parse(value: Any) -> Any:
    return parse_answer(value, shown=SHOWN, kinds=ALL)


def test_a_mapping_becomes_the_answer_of_its_kind() -> None:
    assert parse({"kind": "ranking", "order": ["b", "a"]}) == Ranking(order=("b", "a"))
    assert parse({"kind": "pairwise", "winner": "a", "loser": "c"}) == Pairwise(winner="a", loser="c")
    assert parse({"kind": "ratings", "stars": {"a": 5}}) == Ratings(stars={"a": 5})
    assert parse({"kind": "approval", "approved": {"a": False}}) == Approval(approved={"a": False})
    assert parse({"kind": "worst", "worst": "a"}) == Worst(worst="a")
    assert parse({"kind": "shortlist", "kept": []}) == Shortlist(kept=())
    versus = {"kind": "versus", "incumbent": "a", "verdicts": {"b": "better", "c": "same"}, "best": "b"}
    assert parse(versus) == Versus(incumbent="a", verdicts={"b": "better", "c": "same"}, best="b")
    assert parse({"kind": "tie", "items": ["a", "c"]}) == Tie(items=("a", "c"))
    assert parse({"kind": "undecided", "why": "bad"}) == Undecided(why="bad")


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("a", ""),
        ({}, ""),
        ({"kind": "guess"}, ""),
        ({"kind": "ranking", "order": []}, ".order"),
        ({"kind": "ranking", "order": "a"}, ".order"),
        ({"kind": "ranking", "order": ["a", "a"]}, ""),
        ({"kind": "ranking", "order": ["z"]}, ""),
        ({"kind": "ranking", "order": ["a"], "extra": 1}, ".extra"),
        ({"kind": "ranking", "order": ["a"], "version": 2}, ".version"),
        ({"kind": "pairwise", "winner": "a"}, ".loser"),
        ({"kind": "pairwise", "winner": "a", "loser": "a"}, ""),
        ({"kind": "ratings", "stars": {"a": 6}}, ".stars.a"),
        ({"kind": "ratings", "stars": {"a": 3.5}}, ".stars.a"),
        ({"kind": "ratings", "stars": {"a": True}}, ".stars.a"),
        ({"kind": "ratings", "stars": {"a": float("nan")}}, ".stars.a"),
        ({"kind": "ratings", "stars": {"z": 3}}, ""),
        ({"kind": "ratings", "stars": {}}, ".stars"),
        ({"kind": "ratings", "stars": [5]}, ".stars"),
        ({"kind": "approval", "approved": {"a": 1}}, ".approved.a"),
        ({"kind": "approval", "approved": {}}, ".approved"),
        ({"kind": "approval", "approved": {"a": False}, "favourite": "a"}, ".favourite"),
        ({"kind": "approval", "approved": {"a": True}, "favourite": "b"}, ".favourite"),
        ({"kind": "worst"}, ".worst"),
        ({"kind": "worst", "worst": "z"}, ""),
        ({"kind": "worst", "worst": "a", "best": "a"}, ""),
        ({"kind": "shortlist"}, ".kept"),
        ({"kind": "shortlist", "kept": ["a", "a"]}, ""),
        ({"kind": "shortlist", "kept": ["z"]}, ""),
        ({"kind": "shortlist", "kept": ["a"], "favourite": "b"}, ".favourite"),
        ({"kind": "shortlist", "kept": [], "favourite": "b"}, ".favourite"),
        ({"kind": "versus", "incumbent": "a"}, ".verdicts"),
        ({"kind": "versus", "incumbent": "a", "verdicts": {}}, ".verdicts"),
        ({"kind": "versus", "incumbent": "a", "verdicts": {"b": "nicer"}}, ".verdicts.b"),
        ({"kind": "versus", "incumbent": "a", "verdicts": {"a": "same"}}, ""),
        ({"kind": "versus", "incumbent": "a", "verdicts": {"b": "same"}, "best": "b"}, ".best"),
        ({"kind": "versus", "incumbent": "a", "verdicts": {"b": "better"}, "best": "a"}, ".best"),
        ({"kind": "tie", "items": ["a"]}, ".items"),
        ({"kind": "tie", "items": ["a", "a"]}, ""),
        ({"kind": "tie", "items": ["a", "z"]}, ""),
        ({"kind": "undecided"}, ".why"),
        ({"kind": "undecided", "why": "tired"}, ".why"),
    ],
)
def test_what_contradicts_itself_is_refused_and_the_field_is_named(value: Any, key: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(value)
    assert caught.value.field == f"answer{key}"
    assert "function-wrap" not in str(caught.value)


def test_a_kind_that_the_session_does_not_take_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="takes ratings, not pairwise"):
        parse_answer(Pairwise(winner="a", loser="b"), shown=SHOWN, kinds=("ratings",))
