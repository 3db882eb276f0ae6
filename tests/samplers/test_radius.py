"""The radius as a pure fold of wins and losses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.elicitation import Answer, Approval, Item, Judgement, Ranking
from pilotage.samplers.radius import RadiusRule, fold_radius

RULE = RadiusRule(start=0.8, least=0.1, most=1.0, grow=1.2, shrink=0.5)


def history(moves: str) -> list[Judgement]:
    """w: a new sample is picked; l: the incumbent (at first the baseline); n: nothing is approved."""
    best, judgements = Item("b", "b", (0.0, 0.0)), []
    for turn, move in enumerate(moves):
        new = Item(f"c{turn}", f"s{turn}", (0.1 + turn, 0.0))
        answer: Answer = Approval(approved={best.candidate: False, new.candidate: False})
        if move != "n":
            picked = new if move == "w" else best
            answer = Ranking(order=(picked.candidate,))
        judgements.append(Judgement((best, new), answer))
        best = new if move == "w" else best
    return judgements


@pytest.mark.parametrize(
    ("moves", "radius", "wins", "losses"),
    [
        ("", 0.8, 0, 0),
        ("w", 0.96, 1, 0),
        ("l", 0.4, 0, 1),
        ("ww", 1.0, 2, 0),
        ("llll", 0.1, 0, 4),
        ("wl", 0.48, 0, 1),
        ("n", 0.8, 0, 0),
        ("lnl", 0.2, 0, 2),
    ],
)
def test_wins_widen_losses_narrow_and_no_choice_does_neither(moves: str, radius: float, wins: int, losses: int) -> None:
    state = fold_radius(history(moves), RULE)
    assert (state.radius, state.wins, state.losses) == (pytest.approx(radius), wins, losses)


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        ("", "first round: the starting radius"),
        ("w", "a new favourite (1 in a row): looking wider"),
        ("www", "a new favourite (3 in a row): looking as wide as before"),
        ("ll", "the favourite stayed (2 in a row): looking closer"),
        ("lllll", "the favourite stayed (5 in a row): looking as close as before"),
        ("wn", "no candidate was preferred: the radius stays"),
    ],
)
def test_every_change_says_why(moves: str, reason: str) -> None:
    assert fold_radius(history(moves), RULE).reason == reason


def test_with_patience_a_change_waits_for_a_repeat() -> None:
    patient = RadiusRule(0.8, 0.1, 1.0, 1.2, 0.5, patience=2)
    assert fold_radius(history("l"), patient).radius == 0.8
    assert fold_radius(history("ll"), patient).radius == 0.4
    assert fold_radius(history("lwl"), patient).radius == 0.8


@given(st.text(alphabet="wln", max_size=12))
def test_it_stays_within_its_limits(moves: str) -> None:
    assert RULE.least <= fold_radius(history(moves), RULE).radius <= RULE.most
