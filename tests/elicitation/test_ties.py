"""Ties against Davidson's formula and its generalisation to sets."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from scipy.special import logsumexp

from pilotage.elicitation import TIE, Pairwise, Ranking, Tie, Undecided, Versus, stages
from pilotage.testing.answers import SHOWN, State, log_p, said, states

PAIRS = tuple(combinations(SHOWN, 2))


@given(states)
def test_two_about_equal_are_davidsons_tie(x: State) -> None:
    ours, theirs, nu = np.exp(x["a"]), np.exp(x["b"]), np.exp(x[TIE])
    expected = np.log(nu * np.sqrt(ours * theirs) / (ours + theirs + nu * np.sqrt(ours * theirs)))
    for answer in (Tie(items=("a", "b")), Undecided(why="alike"), Versus(incumbent="a", verdicts={"b": "same"})):
        assert log_p(said(answer, ("a", "b")), x) == pytest.approx(expected, abs=1e-9)


@given(states)
def test_a_first_place_alone_or_shared_sums_to_1(x: State) -> None:
    logs = [log_p(said(Ranking(order=(name,)), ties=True), x) for name in SHOWN]
    logs += [log_p(said(Tie(items=pair)), x) for pair in PAIRS] + [log_p(said(Undecided(why="alike")), x)]
    assert logsumexp(logs) == pytest.approx(0.0, abs=1e-9)


@given(states)
def test_a_tie_of_all_is_all_alike(x: State) -> None:
    assert log_p(said(Tie(items=SHOWN)), x) == pytest.approx(log_p(said(Undecided(why="alike")), x), abs=1e-9)


def test_a_tie_of_three_of_four_is_an_alternative_of_its_own() -> None:
    assert len(stages(said(Tie(items=("a", "b", "d"))), 0)[0].forms) == len(SHOWN) + len(PAIRS) + 2
    assert len(stages(said(Tie(items=("a", "b"))), 0)[0].forms) == len(SHOWN) + len(PAIRS) + 1


@given(states)
def test_where_ties_could_be_said_a_strict_pick_speaks_against_them(x: State) -> None:
    for answer in (Ranking(order=("a",)), Ranking(order=SHOWN), Pairwise(winner="a", loser="b")):
        offered, silent = said(answer, ties=True), said(answer)
        assert log_p(offered, x) <= log_p(silent, x) + 1e-12
        assert log_p(offered, {**x, TIE: -1e3}) == pytest.approx(log_p(silent, x), abs=1e-9)


def test_only_the_first_place_can_be_shared() -> None:
    first, *rest = stages(said(Ranking(order=SHOWN), ties=True), 0)
    assert TIE in {name for form in first.forms for name, _ in form.weights}
    assert TIE not in {name for stage in rest for form in stage.forms for name, _ in form.weights}
