"""Stages against the probabilities that their sources print, and the laws that all answers share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

from pilotage.elicitation import (
    THRESHOLD,
    TIE,
    Answer,
    Approval,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Undecided,
    Versus,
    Worst,
    drift,
    stages,
)
from pilotage.testing.answers import SHOWN, State, gradient, log_p, said, states

THREE = SHOWN[:3]
ROUNDING = 1e-12
RISES: dict[str, tuple[Answer, Sequence[str], Sequence[str]]] = {  # what was said, who rises, who falls
    "a pick": (Ranking(order=("b",)), "b", "acd"),
    "a top two": (Ranking(order=("b", "d")), "b", "ac"),
    "a full ranking": (Ranking(order=("c", "b", "d", "a")), "c", "a"),
    "a pair": (Pairwise(winner="d", loser="a"), "d", "a"),
    "the worst": (Worst(worst="c"), "abd", "c"),
    "the worst and the best": (Worst(worst="c", best="a"), "a", "c"),
    "none better": (Versus(incumbent="a", verdicts=dict.fromkeys("bcd", "worse")), "a", "bcd"),
    "two better": (Versus(incumbent="a", verdicts={"b": "better", "c": "worse", "d": "better"}), "bd", "c"),
    "the best of the better": (Versus(incumbent="a", verdicts=dict.fromkeys("bc", "better"), best="c"), "c", "a"),
    "a tie of two": (Tie(items=("a", "c")), (TIE,), "bd"),
    "a tie of three": (Tie(items=("a", "c", "d")), (TIE,), "b"),
    "stars": (Ratings(stars={"a": 5, "b": 1}), "a", "b"),
    "yes and no": (Approval(approved={"a": True, "c": False}), "a", "c"),
    "a favourite": (Approval(approved={"a": True, "b": True, "c": False}, favourite="b"), "b", "c"),
    "a shortlist": (Shortlist(kept=("a", "b")), "ab", "cd"),
    "a shortlist with a favourite": (Shortlist(kept=("a", "b"), favourite="b"), "b", "cd"),
    "an empty shortlist": (Shortlist(kept=()), (THRESHOLD,), SHOWN),
    "all bad": (Undecided(why="bad"), (THRESHOLD,), SHOWN),
    "all alike": (Undecided(why="alike"), (TIE,), ()),
}


@pytest.mark.parametrize("case", RISES)
@settings(max_examples=200)
@given(x=states, ties=st.booleans(), confidence=st.sampled_from([None, 1, 3]))
def test_every_answer_moves_those_it_names_the_right_way(
    case: str, ties: bool, confidence: int | None, x: State
) -> None:
    answer, up, down = RISES[case]
    slopes = gradient(said(answer, ties=ties, confidence=confidence), x)
    assert all(slopes[name] >= -ROUNDING for name in up)
    assert all(slopes[name] <= ROUNDING for name in down)


@pytest.mark.parametrize("case", RISES)
def test_no_answer_is_lost_on_a_judge_of_whom_nothing_is_known(case: str) -> None:
    answer, up, down = RISES[case]
    slopes = gradient(said(answer), dict.fromkeys((*SHOWN, THRESHOLD, TIE, drift(0)), 0.0))
    assert all(slopes[name] > 0.01 for name in up)
    assert all(slopes[name] < -0.01 for name in down)


@given(states)
def test_what_is_alike_is_drawn_together(x: State) -> None:
    high, low = max(SHOWN, key=x.__getitem__), min(SHOWN, key=x.__getitem__)
    slopes = gradient(said(Undecided(why="alike")), x)
    assert slopes[high] <= ROUNDING
    assert slopes[low] >= -ROUNDING


@given(states)
def test_a_challenger_as_good_as_the_incumbent_is_drawn_to_it(x: State) -> None:
    slopes = gradient(said(Versus(incumbent="a", verdicts={"b": "same"})), x)
    assert (slopes["b"] - slopes["a"]) * (x["b"] - x["a"]) <= ROUNDING


@pytest.mark.parametrize("case", RISES)
@given(x=states, order=st.permutations(SHOWN))
def test_the_order_of_the_slots_changes_nothing(case: str, x: State, order: list[str]) -> None:
    answer = RISES[case][0]
    for ties in (False, True):
        there = log_p(said(answer, tuple(order), ties=ties), x)
        assert there == pytest.approx(log_p(said(answer, ties=ties), x), abs=1e-9)


@pytest.mark.parametrize("case", [case for case in RISES if case != "all alike"])
def test_a_certain_answer_says_more_than_a_guess(case: str) -> None:
    answer, up, _ = RISES[case]
    level = dict.fromkeys((*SHOWN, THRESHOLD, TIE, drift(0)), 0.0)
    guess, plain, sure = (gradient(said(answer, confidence=c), level)[up[0]] for c in (1, None, 3))
    assert guess < plain < sure
    assert gradient(said(answer, confidence=2), level)[up[0]] == plain


def test_different_merits_say_nothing_of_utility() -> None:
    assert stages(said(Undecided(why="different")), 0) == ()


@given(states)
def test_a_pair_is_a_ranking_of_two(x: State) -> None:
    for ties in (False, True):
        pair = log_p(said(Pairwise(winner="b", loser="d"), ties=ties), x)
        assert pair == pytest.approx(log_p(said(Ranking(order=("b",)), ("b", "d"), ties=ties), x), abs=1e-9)
        assert pair == pytest.approx(log_p(said(Ranking(order=("b", "d")), ("b", "d"), ties=ties), x), abs=1e-9)


@given(states)
def test_a_pair_is_bradley_terry(x: State) -> None:
    pair = log_p(said(Pairwise(winner="a", loser="b")), x)
    assert pair == pytest.approx(-np.logaddexp(0, x["b"] - x["a"]), abs=1e-9)


@given(states)
def test_of_two_the_worst_is_the_loser_of_the_pair(x: State) -> None:
    pair = log_p(said(Pairwise(winner="a", loser="b")), x)
    assert log_p(said(Worst(worst="b"), ("a", "b")), x) == pytest.approx(pair, abs=1e-9)


@given(states, st.integers(1, 4))
def test_all_rankings_of_one_length_sum_to_1(x: State, length: int) -> None:
    logs = [log_p(said(Ranking(order=order)), x) for order in permutations(SHOWN, length)]
    assert logsumexp(logs) == pytest.approx(0.0, abs=1e-9)


@given(states)
def test_a_pick_is_the_sum_of_all_rankings_that_begin_with_it(x: State) -> None:
    longer = [log_p(said(Ranking(order=order)), x) for order in permutations(SHOWN) if order[0] == "c"]
    assert logsumexp(longer) == pytest.approx(log_p(said(Ranking(order=("c",))), x), abs=1e-9)


@given(states)
def test_all_choices_of_the_worst_and_the_best_sum_to_1(x: State) -> None:
    assert logsumexp([log_p(said(Worst(worst=w)), x) for w in SHOWN]) == pytest.approx(0.0, abs=1e-9)
    both = [log_p(said(Worst(worst=w, best=b)), x) for w, b in permutations(SHOWN, 2)]
    assert logsumexp(both) == pytest.approx(0.0, abs=1e-9)


@given(states)
def test_all_verdicts_on_the_challengers_sum_to_1(x: State) -> None:
    said_of = [dict(zip("bc", two, strict=True)) for two in product(("better", "same", "worse"), repeat=2)]
    logs = [log_p(said(Versus(incumbent="a", verdicts=verdicts)), x) for verdicts in said_of]
    assert logsumexp(logs) == pytest.approx(0.0, abs=1e-9)


@given(states)
def test_a_duel_in_which_ties_are_rare_is_a_pair(x: State) -> None:
    never = {**x, TIE: -1e3}
    duel = log_p(said(Versus(incumbent="a", verdicts={"b": "worse"})), never)
    assert duel == pytest.approx(log_p(said(Pairwise(winner="a", loser="b")), x), abs=1e-9)


@given(states)
def test_the_stars_of_an_item_sum_to_1(x: State) -> None:
    assert logsumexp([log_p(said(Ratings(stars={"a": r})), x) for r in range(1, 6)]) == pytest.approx(0.0, abs=1e-9)


@given(states)
def test_all_yes_and_no_sum_to_1_and_a_shortlist_is_a_yes_or_no_to_each(x: State) -> None:
    everything = [dict(zip(THREE, yes, strict=True)) for yes in product((True, False), repeat=3)]
    logs = [log_p(said(Approval(approved=approved), THREE), x) for approved in everything]
    assert logsumexp(logs) == pytest.approx(0.0, abs=1e-9)
    for approved, expected in zip(everything, logs, strict=True):
        kept = Shortlist(kept=tuple(name for name in THREE if approved[name]))
        assert log_p(said(kept, THREE), x) == pytest.approx(expected, abs=1e-9)


@given(states)
def test_all_bad_is_a_pick_of_what_was_not_shown(x: State) -> None:
    outside = log_p(said(Ranking(order=(THRESHOLD,)), (*SHOWN, THRESHOLD)), x)
    assert log_p(said(Undecided(why="bad")), x) == pytest.approx(outside, abs=1e-9)


def test_more_utility_means_more_stars_and_more_approval() -> None:
    low, high = ({"a": value, THRESHOLD: 0.0, drift(0): 0.0} for value in (-2.0, 2.0))
    mean_stars = [
        sum(r * np.exp(log_p(said(Ratings(stars={"a": r}), ("a",)), x)) for r in range(1, 6)) for x in (low, high)
    ]
    assert mean_stars[0] < 3 < mean_stars[1]
    approvals = [np.exp(log_p(said(Approval(approved={"a": True}), ("a",)), x)) for x in (low, high)]
    assert approvals == pytest.approx([0.1192, 0.8808], abs=1e-4)  # logistic(-2), logistic(2)


def test_a_mild_round_explains_its_stars_by_its_own_drift_alone() -> None:
    of_fourth = stages(said(Ratings(stars={"a": 5})), 3)[0]
    assert {name for form in of_fourth.forms for name, _ in form.weights} == {"a", THRESHOLD, drift(3)}
    five = said(Ratings(stars={"a": 5}))
    plain, mild = ({"a": 0.0, THRESHOLD: 0.0, drift(0): value} for value in (0.0, 1.0))
    assert log_p(five, mild) > log_p(five, plain)


def test_a_favourite_adds_a_choice_among_the_approved_alone() -> None:
    x = {"a": 1.0, "b": 0.0, "c": -1.0, "d": 0.0, THRESHOLD: 0.0}
    yes = {"a": True, "b": True, "c": False}
    extra = log_p(said(Approval(approved=yes, favourite="a")), x) - log_p(said(Approval(approved=yes)), x)
    assert extra == pytest.approx(-np.log1p(np.exp(-1.0)))


def test_the_last_place_left_is_no_choice() -> None:
    assert len(stages(said(Ranking(order=SHOWN)), 0)) == 3
    for alone in (Ranking(order=("a",)), Worst(worst="a"), Undecided(why="alike")):
        assert stages(said(alone, ("a",), ties=True), 0) == ()
