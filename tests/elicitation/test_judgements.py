from __future__ import annotations

from pilotage.elicitation import Answer, Approval, Item, Judgement, Pairwise, Ranking, Ratings, incumbent


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
