"""What an answer of any kind says of each candidate, as one number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from pilotage.elicitation import (
    Answer,
    Approval,
    Critique,
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
    stages,
)
from pilotage.samplers.feedback import scores

ITEMS = tuple(Item(name, name, (0.1 * i, 0.0)) for i, name in enumerate("abcd"))


def order(answer: Answer, **said: object) -> list[set[str]]:
    """Candidates by falling score; equal ones together."""
    found = scores(Judgement(ITEMS, answer, **said)).round(9)  # type: ignore[arg-type]
    return [{ITEMS[i].candidate for i in np.flatnonzero(found == value)} for value in np.unique(found)[::-1]]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Ranking(order=("c", "a", "d", "b")), [{"c"}, {"a"}, {"d"}, {"b"}]),
        (Ranking(order=("c", "a")), [{"c"}, {"a"}, {"b", "d"}]),
        (Ranking(order=("c",)), [{"c"}, {"a", "b", "d"}]),
        (Pairwise(winner="b", loser="d"), [{"b"}, {"a", "c"}, {"d"}]),
        (Ratings(stars={"a": 2, "b": 5, "c": 3, "d": 2}), [{"b"}, {"c"}, {"a", "d"}]),
        (Approval(approved={"a": True, "b": False, "c": True, "d": False}, favourite="c"), [{"c"}, {"a"}, {"b", "d"}]),
        (Worst(worst="b", best="d"), [{"d"}, {"a", "c"}, {"b"}]),
        (Shortlist(kept=("a", "d"), favourite="d"), [{"d"}, {"a"}, {"b", "c"}]),
        (Versus(incumbent="a", verdicts={"b": "better", "c": "worse", "d": "worse"}), [{"b"}, {"a"}, {"c", "d"}]),
        (Tie(items=("a", "b")), [{"a", "b"}, {"c", "d"}]),
        (Undecided(why="alike"), [set("abcd")]),
        (Undecided(why="different"), [set("abcd")]),
    ],
)  # fmt: skip
def test_the_order_of_the_scores_is_what_the_answer_says(answer: Answer, expected: list[set[str]]) -> None:
    assert order(answer) == expected


def test_a_tag_moves_its_candidate_and_certainty_counts_more() -> None:
    tagged = order(Ranking(order=("c",)), critiques=(Critique("a", "wrong_subject"),))
    assert tagged == [{"c"}, {"b", "d"}, {"a"}]
    sure, guess = (scores(Judgement(ITEMS, Ranking(order=("c",)), confidence=level)) for level in (3, 1))
    assert sure[2] > guess[2] > 0


@given(st.permutations("abcd"), st.integers(1, 4))
def test_a_ranking_of_any_depth_keeps_its_order(said: list[str], depth: int) -> None:
    found = order(Ranking(order=tuple(said[:depth])))
    rest = set(said[depth:])
    assert found == [{name} for name in said[:depth]] + ([rest] if rest else [])


def test_one_step_comes_near_the_posterior_mode_of_the_answer_alone() -> None:
    judgement = Judgement(ITEMS, Ratings(stars={"a": 1, "b": 5, "c": 4}), confidence=2)
    told = stages(judgement, 0)
    names = [*judgement.shown, *{latent for stage in told for form in stage.forms for latent, _ in form.weights}]
    names = list(dict.fromkeys(names))

    def loss(values: np.ndarray) -> float:
        known = dict(zip(names, values, strict=True))
        total = 0.5 * float(values @ values)
        for stage in told:
            forms = [sum(weight * known[name] for name, weight in form.weights) + form.offset for form in stage.forms]
            heights = np.array(forms) / stage.temperature
            total -= heights[stage.winner] - np.logaddexp.reduce(heights)
        return total

    mode = minimize(loss, np.zeros(len(names))).x[:4]
    np.testing.assert_allclose(scores(judgement), mode, atol=0.15)
    assert np.corrcoef(scores(judgement), mode)[0, 1] > 0.99
