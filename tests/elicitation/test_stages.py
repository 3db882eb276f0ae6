"""Stages against the probabilities that their sources print, and the laws that all answers share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from pilotage.elicitation import (
    THRESHOLD,
    Answer,
    Approval,
    Item,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    drift,
    stages,
)

SHOWN = ("a", "b", "c", "d")
ITEMS = tuple(Item(name, name, (0.0,)) for name in SHOWN)
utilities = st.fixed_dictionaries({name: st.floats(-30, 30) for name in (*SHOWN, THRESHOLD, drift(0))})


def log_p(answer: Answer, x: Mapping[str, float], shown: tuple[str, ...] = SHOWN) -> float:
    """A naive loop over the stages."""
    total = 0.0
    judgement = Judgement(tuple(Item(name, name, (0.0,)) for name in shown), answer)
    for stage in stages(judgement, 0):
        logits = np.array([sum(w * x[n] for n, w in form.weights) + form.offset for form in stage.forms])
        total += logits[stage.winner] / stage.temperature - logsumexp(logits / stage.temperature)
    return float(total)


@given(utilities)
def test_a_pair_is_a_ranking_of_two(x: Mapping[str, float]) -> None:
    pair = log_p(Pairwise(winner="b", loser="d"), x)
    assert pair == pytest.approx(log_p(Ranking(order=("b",)), x, ("b", "d")), abs=1e-9)
    assert pair == pytest.approx(log_p(Ranking(order=("b", "d")), x, ("b", "d")), abs=1e-9)


@given(utilities)
def test_a_pair_is_bradley_terry(x: Mapping[str, float]) -> None:
    assert log_p(Pairwise(winner="a", loser="b"), x) == pytest.approx(-np.logaddexp(0, x["b"] - x["a"]), abs=1e-9)


@given(utilities, st.integers(1, 4))
def test_all_rankings_of_one_length_sum_to_1(x: Mapping[str, float], length: int) -> None:
    logs = [log_p(Ranking(order=order), x) for order in permutations(SHOWN, length)]
    assert logsumexp(logs) == pytest.approx(0.0, abs=1e-9)


@given(utilities)
def test_a_pick_is_the_sum_of_all_rankings_that_begin_with_it(x: Mapping[str, float]) -> None:
    longer = [log_p(Ranking(order=order), x) for order in permutations(SHOWN) if order[0] == "c"]
    assert logsumexp(longer) == pytest.approx(log_p(Ranking(order=("c",)), x), abs=1e-9)


@given(utilities)
def test_the_stars_of_an_item_sum_to_1(x: Mapping[str, float]) -> None:
    assert logsumexp([log_p(Ratings(stars={"a": r}), x) for r in range(1, 6)]) == pytest.approx(0.0, abs=1e-9)


@given(utilities)
def test_all_yes_and_no_sum_to_1(x: Mapping[str, float]) -> None:
    asked = ("a", "b", "c")
    logs = [log_p(Approval(approved=dict(zip(asked, yes, strict=True))), x) for yes in product((True, False), repeat=3)]
    assert logsumexp(logs) == pytest.approx(0.0, abs=1e-9)


def test_more_utility_means_more_stars_and_more_approval() -> None:
    low, high = ({"a": value, THRESHOLD: 0.0, drift(0): 0.0} for value in (-2.0, 2.0))
    mean_stars = [sum(r * np.exp(log_p(Ratings(stars={"a": r}), x, ("a",))) for r in range(1, 6)) for x in (low, high)]
    assert mean_stars[0] < 3 < mean_stars[1]
    approvals = [np.exp(log_p(Approval(approved={"a": True}), x, ("a",))) for x in (low, high)]
    assert approvals == pytest.approx([0.1192, 0.8808], abs=1e-4)  # logistic(-2), logistic(2)


def test_a_favourite_adds_a_choice_among_the_approved_alone() -> None:
    x = {"a": 1.0, "b": 0.0, "c": -1.0, "d": 0.0, THRESHOLD: 0.0, drift(0): 0.0}
    yes = {"a": True, "b": True, "c": False}
    extra = log_p(Approval(approved=yes, favourite="a"), x) - log_p(Approval(approved=yes), x)
    assert extra == pytest.approx(-np.log1p(np.exp(-1.0)))


def test_the_last_place_left_is_no_choice() -> None:
    assert len(stages(Judgement(ITEMS, Ranking(order=SHOWN)), 0)) == 3
    assert stages(Judgement(ITEMS[:1], Ranking(order=("a",))), 0) == ()
