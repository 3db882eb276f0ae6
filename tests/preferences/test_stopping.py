"""What lies ahead of a search, where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.elicitation import Item, Judgement, Ranking
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.preferences.stopping import RECENT, Outlook, doubting, outlook_of
from pilotage.spaces import Region

BALL = Region(3)
GOAL = np.array([0.4, -0.3, 0.2])
MODEL = PREFERENCE_MODELS.build("laplace_gp")


def search(rounds: int, *, reach: float = 1.0, seed: int = 0) -> list[Judgement]:
    """Rankings by a person who likes `GOAL` best, of the best so far and three places within `reach` of it."""
    rng, best, history = np.random.default_rng(seed), Item("0.0", "0.0", (0.0, 0.0, 0.0)), list[Judgement]()
    for turn in range(1, rounds + 1):
        new = BALL.clip(np.array(best.u) + reach * BALL.sample(3, rng=rng))
        items = (best, *(Item(f"{turn}.{i}", f"{turn}.{i}", tuple(u)) for i, u in enumerate(new.tolist())))
        order = sorted(items, key=lambda item: float(np.linalg.norm(np.array(item.u) - GOAL)))
        history.append(Judgement(items, Ranking(order=tuple(item.candidate for item in order))))
        best = order[0]
    return history


def ahead_of(history: list[Judgement], held: Item | None = None) -> Outlook:
    items = [item for judgement in history for item in judgement.items]
    best = min(items, key=lambda item: float(np.linalg.norm(np.array(item.u) - GOAL)))
    return outlook_of(doubting(MODEL).fold(BALL, history), BALL, history, held or best)


def test_what_is_left_falls_as_answers_come() -> None:
    few, many = ahead_of(search(2)), ahead_of(search(14))
    assert many.left < 0.6 * few.left
    assert many.high < few.high
    assert many.gain < few.gain


def test_somebody_far_from_the_goal_has_more_left_than_somebody_near() -> None:
    history = search(10)
    far = max((item for one in history for item in one.items), key=lambda item: np.linalg.norm(np.array(item.u) - GOAL))
    held = ahead_of(history, far)
    assert held.left > 3 * ahead_of(history).left
    assert held.chance > 0.9


@pytest.mark.parametrize("rounds", [1, 3, 12])
def test_shares_are_shares_in_order_and_one_round_covers_no_more_than_all(rounds: int) -> None:
    found = ahead_of(search(rounds))
    assert 0 <= found.low <= found.left <= found.high <= 1
    assert 0 <= found.gain <= found.left
    assert 0 <= found.chance <= 1


def test_a_doubting_belief_expects_more_where_nobody_has_looked() -> None:
    history = search(12, reach=0.4)
    held = history[-1].items[0]
    sure = outlook_of(MODEL.fold(BALL, history), BALL, history, held)
    assert outlook_of(doubting(MODEL).fold(BALL, history), BALL, history, held).high > 1.2 * sure.high


def test_a_model_without_rougher_tastes_doubts_nothing() -> None:
    plain = PREFERENCE_MODELS.build("winner_average")
    assert doubting(plain) is plain


def test_progress_is_what_the_recent_rounds_found() -> None:
    history = search(3)
    assert ahead_of(history[:RECENT]).progress is None
    idle = [*search(12), *(Judgement(one.items, one.answer) for one in search(12)[-RECENT:])]
    assert ahead_of(idle).progress == pytest.approx(0.0, abs=1e-9)
    start = Judgement(tuple(Item(f"far {i}", f"far {i}", u) for i, u in enumerate([(-0.9, 0.1, 0), (-0.8, 0.3, 0)])),
                      Ranking(order=("far 1", "far 0")))  # fmt: skip
    assert (ahead_of([start, *search(RECENT, seed=3)]).progress or 0) > 0.2


def test_the_same_answers_give_the_same_numbers() -> None:
    assert ahead_of(search(5)) == ahead_of(search(5))
