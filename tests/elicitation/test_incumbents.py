from __future__ import annotations

import pytest

from pilotage.elicitation import (
    Answer,
    Approval,
    Item,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Undecided,
    Versus,
    Worst,
    incumbent,
)


def judged(answer: Answer, **samples: str) -> Judgement:
    """Candidates a, b, c in the slots; `a="s0"` says which sample a candidate shows."""
    return Judgement(tuple(Item(name, samples.get(name, name), (0.0,)) for name in "abc"), answer)


def best(*judgements: Judgement) -> str | None:
    item = incumbent(judgements)
    return item.sample if item else None


def test_nothing_is_incumbent_before_the_first_choice() -> None:
    assert best() is None
    assert best(judged(Approval(approved={"a": False, "b": False}))) is None


def test_the_first_of_a_ranking_or_a_pair_is_incumbent() -> None:
    assert best(judged(Ranking(order=("b", "a")))) == "b"
    assert best(judged(Pairwise(winner="c", loser="a"))) == "c"


def test_the_last_choice_counts() -> None:
    assert best(judged(Ranking(order=("b",))), judged(Ranking(order=("c",)))) == "c"


def test_rejecting_everything_keeps_the_incumbent() -> None:
    assert best(judged(Ranking(order=("b",))), judged(Approval(approved={"a": False}))) == "b"


def test_a_tie_stays_with_the_sample_that_is_already_best() -> None:
    tied = judged(Ratings(stars={"a": 4, "b": 4, "c": 2}), b="old")
    assert best(tied) == "a"
    assert best(judged(Ranking(order=("c",)), c="old"), tied) == "old"


def test_a_favourite_goes_before_the_order_of_the_slots() -> None:
    assert best(judged(Approval(approved={"a": True, "b": True}))) == "a"
    assert best(judged(Approval(approved={"a": True, "b": True}, favourite="b"))) == "b"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Shortlist(kept=("c", "b")), "b"),
        (Shortlist(kept=("c", "b"), favourite="c"), "c"),
        (Shortlist(kept=()), "old"),
        (Versus(incumbent="a", verdicts={"b": "worse", "c": "same"}), "old"),
        (Versus(incumbent="a", verdicts={"b": "better", "c": "better"}), "b"),
        (Versus(incumbent="a", verdicts={"b": "better", "c": "better"}, best="c"), "c"),
        (Worst(worst="b", best="c"), "c"),
        (Worst(worst="b"), "old"),
        (Worst(worst="a"), "b"),
        (Tie(items=("c", "a")), "old"),
        (Tie(items=("c", "b")), "b"),
        (Undecided(why="alike"), "old"),
        (Undecided(why="bad"), "old"),
        (Undecided(why="different"), "old"),
    ],
)
def test_each_kind_has_its_own_first(answer: Answer, expected: str) -> None:
    """Candidate a shows the incumbent."""
    assert best(judged(Ranking(order=("a",)), a="old"), judged(answer, a="old")) == expected


def test_of_two_the_one_that_is_not_the_worst_is_first() -> None:
    two = Judgement((Item("a", "a", (0.0,)), Item("b", "b", (0.0,))), Worst(worst="a"))
    assert best(two) == "b"


def test_the_worst_of_many_makes_nobody_the_first() -> None:
    assert best(judged(Worst(worst="b"))) is None


def test_where_no_challenger_is_better_the_incumbent_named_is_first() -> None:
    assert best(judged(Versus(incumbent="b", verdicts={"a": "worse", "c": "same"}))) == "b"
