"""CMA-ES on ranks, against the package's own ask and tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cmaes import CMA

from pilotage.elicitation import Item, Judgement, Ranking, Undecided
from pilotage.samplers.cma import WINNER_ONLY, fold, generations
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after

GOAL = np.array([0.3, -0.2, 0.1])


def own_loop(rounds: int, size: int = 6) -> tuple[CMA, list[Judgement]]:
    """The package's loop on a sphere, and the same as judgements with full rankings."""
    search = CMA(mean=np.zeros(3), sigma=0.2, population_size=size, seed=4)
    history = []
    for turn in range(rounds):
        places = [search.ask() for _ in range(size)]
        values = [float(np.linalg.norm(place - GOAL)) for place in places]
        search.tell(list(zip(places, values, strict=True)))
        items = tuple(Item(f"{turn}.{i}", f"{turn}.{i}", tuple(place)) for i, place in enumerate(places))
        order = tuple(items[int(i)].candidate for i in np.argsort(values))
        history.append(Judgement(items, Ranking(order=order)))
    return search, history


def test_the_fold_is_the_package_s_own_ask_and_tell() -> None:
    theirs, history = own_loop(12)
    ours = fold(generations(history), 3, 0.2 * np.sqrt(3), 6, seed=4)
    np.testing.assert_allclose(ours.mean, theirs.mean, atol=1e-12)
    np.testing.assert_allclose(ours._C, theirs._C, atol=1e-10)
    assert ours._sigma == pytest.approx(theirs._sigma)
    assert ours.generation == theirs.generation == 12
    assert np.linalg.norm(ours.mean - GOAL) < 0.2 * np.linalg.norm(GOAL)
    ours.reseed_rng(9)
    theirs.reseed_rng(9)
    np.testing.assert_allclose(ours.ask(), theirs.ask(), atol=1e-10)


def test_it_proposes_samples_of_that_gaussian_and_tells_its_shape() -> None:
    theirs, history = own_loop(12)
    view = replace(view_after(Region(3), 0), history=tuple(history), round=13)
    found = ask("cma", view, n=400, first_step=0.2 * np.sqrt(3))
    spread = theirs._sigma**2 * theirs._C
    np.testing.assert_allclose(found.u.mean(axis=0), theirs.mean, atol=5 * np.sqrt(np.diag(spread).max() / 400))
    np.testing.assert_allclose(np.cov(found.u.T), spread, atol=0.35 * spread.max())
    state = found.state
    assert (state["generations"], state["skipped"], state["feedback"]) == (12, 0, "ranks")
    assert state["sigma"] == pytest.approx(theirs._sigma)
    assert state["condition_number"] == pytest.approx(np.linalg.cond(theirs._C), rel=1e-6)


def test_with_first_places_only_it_says_what_it_lacks() -> None:
    state = ask("cma", view_after(Region(3), 4)).state
    assert (state["feedback"], state["reason"], state["generations"]) == ("winner only", WINNER_ONLY, 4)


def test_two_places_of_four_are_enough() -> None:
    view = view_after(Region(3), 2)
    history = [
        replace(judgement, answer=Ranking(order=(judgement.answer.order[0], other)))
        for judgement in view.history
        for other in [next(name for name in judgement.shown if name != judgement.answer.order[0])]
    ]
    assert ask("cma", replace(view, history=tuple(history))).state["feedback"] == "ranks"


def test_what_is_not_ranked_follows_by_how_near_to_the_first_it_lies() -> None:
    items = tuple(Item(name, name, (x, 0.0)) for name, x in (("far", 0.9), ("near", 0.2), ("first", 0.1), ("mid", 0.5)))
    (places,) = generations([Judgement(items, Ranking(order=("first",)))]).places
    assert places[:, 0].tolist() == [0.1, 0.2, 0.5, 0.9]


def test_answers_that_rank_nothing_or_another_number_are_left_out_and_counted() -> None:
    _, history = own_loop(3)
    silent = Judgement(history[0].items, Undecided(why="different"))
    fewer = Judgement(history[0].items[:4], Ranking(order=(history[0].items[0].candidate,)))
    told = generations([silent, history[0], fewer, *history[1:]])
    assert (len(told.places), told.skipped) == (3, 2)


@pytest.mark.parametrize("n", [1, 2])
def test_rounds_of_two_or_three_are_generations_too(n: int) -> None:
    assert np.isfinite(ask("cma", view_after(Region(3), 0), n=n).u).all()
