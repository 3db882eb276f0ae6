"""What answers put before what, for packages that know duels and picks alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.core.errors import ShapeError
from pilotage.elicitation import (
    Answer,
    Approval,
    Critique,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Undecided,
    Versus,
    Worst,
)  # fmt: skip
from pilotage.preferences.adapters.readings import BAR, Pick, duels, read
from pilotage.testing.preferences import PLACES, judged

FOUR = PLACES[:4]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Ranking(order=("1",)), [(2, (1, 3, 4))]),
        (Ranking(order=("1", "3")), [(2, (1, 3, 4)), (4, (1, 3))]),
        (Pairwise(winner="3", loser="0"), [(4, (1,))]),
        (Worst(worst="2", best="0"), [(1, (3,)), (2, (3,)), (4, (3,)), (1, (2, 4))]),
        (Ratings(stars={"0": 2, "1": 5, "2": 2}), [(2, (1,)), (2, (3,))]),
        (Approval(approved={"0": True, "3": False}), [(1, (BAR,)), (BAR, (4,))]),
        (Shortlist(kept=("2",), favourite="2"), [(BAR, (1,)), (BAR, (2,)), (3, (BAR,)), (BAR, (4,))]),
        (Versus(incumbent="0", verdicts={"1": "better", "2": "worse", "3": "same"}), [(2, (1,)), (1, (3,))]),
        (Tie(items=("0", "1")), [(1, (3, 4)), (2, (3, 4))]),
        (Undecided(why="bad"), [(BAR, (1, 2, 3, 4))]),
        (Undecided(why="alike"), []),
        (Undecided(why="different"), []),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_each_kind_of_answer_puts_some_before_others(answer: Answer, expected: list[Pick]) -> None:
    (picks,) = read([judged(FOUR, answer)], 3).picks
    assert list(picks) == expected


def test_a_strict_pick_among_ties_is_a_pick() -> None:
    offered = replace(judged(FOUR, Ranking(order=("1",))), ties_offered=True)
    assert read([offered], 3).picks == (((2, (1, 3, 4)),),)


def test_a_tag_that_says_good_or_bad_is_heard_and_a_slope_is_not() -> None:
    tags = (Critique("0", "good_composition"), Critique("1", "too_dark", (1.0, 0.0, 0.0)))
    told = replace(judged(FOUR, Undecided(why="different")), critiques=tags)
    assert read([told], 3).picks == (((1, (BAR,)),),)


def test_what_is_acceptable_wins_its_duels_with_what_is_not() -> None:
    (picks,) = read([judged(FOUR, Shortlist(kept=("2", "3"), favourite="2"))], 3).picks
    assert duels(picks) == [(3, 4), (3, 1), (3, 2), (4, 1), (4, 2)]


def test_a_place_shown_again_is_the_same_item_and_never_its_own_rival() -> None:
    again = judged(np.vstack([FOUR[1], FOUR[1], FOUR[0]]), Ranking(order=("0", "2")), prefix="later")
    reading = read([judged(FOUR, Ranking(order=("1",))), again], 3)
    np.testing.assert_array_equal(reading.places, FOUR)
    assert reading.picks[1] == ((2, (1,)), (1, (2,)))
    np.testing.assert_array_equal(reading.reference, FOUR[1])


def test_places_of_another_dimension_are_refused() -> None:
    with pytest.raises(ShapeError):
        read([judged(FOUR, Ranking(order=("1",)))], 2)
