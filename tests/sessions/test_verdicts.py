"""Verdicts on searches: standing still is no success, and what can't be told is not told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.elicitation import Item, Judgement, Ranking, Undecided
from pilotage.preferences.stopping import Outlook
from pilotage.sessions.verdicts import ENOUGH, NEAR, STANDS, Trail, rounds_unbeaten, trail_of, verdict_of
from pilotage.spaces import Region

HELD = Item("best", "best", (0.1, 0.2, 0.0, 0.0))
ARRIVED = Outlook(HELD, left=0.05, low=0.0, high=0.2, gain=0.002, chance=0.01, progress=0.0)
FAIR = Trail(answers=12, unbeaten=5, distance=0.5, directions=3.0, narrow=False, skill=0.2)
SPACE = Region(4)


def rounds(n: int, reach: float, *, along: int = 4) -> list[Judgement]:
    """Rounds that the same favourite wins, against rivals at `reach` in the first `along` directions."""
    rng, held = np.random.default_rng(0), np.array(HELD.u)
    found = []
    for turn in range(n):
        steps = rng.standard_normal((3, 4)) * (np.arange(4) < along)
        u = held + reach * steps / np.linalg.norm(steps, axis=1, keepdims=True)
        new = tuple(Item(f"{turn}.{i}", f"{turn}.{i}", tuple(place)) for i, place in enumerate(u.tolist()))
        found.append(Judgement((replace(HELD, candidate=f"best {turn}"), *new), Ranking(order=(f"best {turn}",))))
    return found


def test_little_left_after_a_fair_search_is_worth_stopping_for() -> None:
    assert verdict_of(ARRIVED, FAIR) == ("worth_stopping", "near")


@pytest.mark.parametrize(
    ("ahead", "trail", "expected"),
    [
        (ARRIVED, replace(FAIR, answers=1), ("cannot_tell", "few_answers")),
        (ARRIVED, replace(FAIR, answers=ENOUGH - 1), ("cannot_tell", "few_answers")),
        (replace(ARRIVED, progress=None), FAIR, ("cannot_tell", "few_answers")),
        (ARRIVED, replace(FAIR, skill=-0.01), ("cannot_tell", "forecasts_fail")),
        (ARRIVED, replace(FAIR, narrow=True), ("cannot_tell", "stuck")),
        (replace(ARRIVED, high=0.6, gain=0.05), replace(FAIR, narrow=True), ("cannot_tell", "stuck")),
        (replace(ARRIVED, high=0.6, gain=0.05), FAIR, ("go_on", "gain")),
        (replace(ARRIVED, high=NEAR + 0.01), FAIR, ("cannot_tell", "wide")),
        (replace(ARRIVED, progress=0.1), FAIR, ("go_on", "improving")),
    ],
)
def test_whatever_is_missing_forbids_to_send_anybody_home(
    ahead: Outlook, trail: Trail, expected: tuple[str, str]
) -> None:
    assert verdict_of(ahead, trail) == expected


def test_a_favourite_that_beat_only_near_copies_is_stuck_however_long_it_stands() -> None:
    collapsed = trail_of(SPACE, rounds(10, 0.02), HELD, [])
    assert (collapsed.unbeaten, collapsed.narrow) == (9, True)
    assert verdict_of(ARRIVED, collapsed)[1] == "stuck"
    fair = trail_of(SPACE, rounds(10, 0.4), HELD, [])
    assert not fair.narrow
    assert verdict_of(ARRIVED, fair) == ("worth_stopping", "near")


def test_rivals_of_one_kind_prove_nothing_either() -> None:
    line = trail_of(SPACE, rounds(10, 0.4, along=1), HELD, [])
    assert line.directions == pytest.approx(1.0)
    assert line.narrow
    flat = [Judgement(tuple(replace(item, u=item.u[:1]) for item in one.items), one.answer) for one in rounds(5, 0.4)]
    assert not trail_of(Region(1), flat, replace(HELD, u=HELD.u[:1]), []).narrow  # in one dimension there is one kind


def test_forecasts_are_held_against_nobody_before_there_are_some() -> None:
    assert trail_of(SPACE, rounds(3, 0.4), HELD, [-1.0] * 4).skill is None
    assert trail_of(SPACE, rounds(3, 0.4), HELD, [-1.0, 1.0, 0.5, 0.5, 0.0]).skill == pytest.approx(0.2)


def test_a_favourite_stands_for_as_long_as_it_is_chosen() -> None:
    history = rounds(STANDS + 1, 0.4)
    assert rounds_unbeaten([]) == 0
    assert rounds_unbeaten(history[:1]) == 0
    assert rounds_unbeaten(history) == STANDS
    beaten = Judgement(history[0].items, Ranking(order=("0.1",)))
    assert rounds_unbeaten([*history, beaten]) == 0
    unsure = Judgement(history[0].items, Undecided(why="different"))
    assert rounds_unbeaten([*history, unsure]) == STANDS
