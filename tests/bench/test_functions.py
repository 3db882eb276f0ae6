"""Test functions against the optima that their sources print, and as problems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.bench.base import Problem
from pilotage.bench.functions import FUNCTIONS, HARTMANN6_BEST
from pilotage.bench.names import CASES
from pilotage.bench.problems import ERROR_RATE, problem_of


def problem(case: str, shape: Any = "box", seed: int = 0) -> Problem:
    return problem_of(FUNCTIONS.build(CASES[case])(np.random.default_rng(seed)), shape)


def test_hartmann6_has_its_published_optimum() -> None:
    place = np.array([[0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]])  # Surjanovic and Bingham 2013
    landscape = FUNCTIONS.build("hartmann6")(np.random.default_rng(0))
    assert landscape.value(place)[0] == pytest.approx(HARTMANN6_BEST, abs=1e-4)
    assert landscape.best == pytest.approx(3.32237, abs=1e-5)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("shape", ["box", "ball"])
def test_a_random_place_is_worth_nothing_and_no_place_more_than_one(case: str, shape: str) -> None:
    stated = problem(case, shape)
    utility = stated.utility(stated.region.sample(20_000, rng=np.random.default_rng(1)))
    assert abs(utility.mean()) < 0.05
    assert utility.max() <= 1.0 + 1e-9


@pytest.mark.parametrize("case", CASES)
def test_the_worse_of_two_of_the_best_percent_wins_a_fifth_of_the_duels(case: str) -> None:
    stated, rng = problem(case), np.random.default_rng(2)
    utility = stated.utility(stated.region.sample(20_000, rng=rng))
    pairs = rng.choice(np.sort(utility)[-200:], size=(20_000, 2))
    felt = pairs + stated.noise * rng.gumbel(size=pairs.shape)
    differ = pairs[:, 0] != pairs[:, 1]
    wrong = (felt.argmax(axis=1) != pairs.argmax(axis=1))[differ]
    assert wrong.mean() == pytest.approx(ERROR_RATE, abs=0.03)


def test_the_ball_spreads_as_the_cube_does() -> None:
    stated = problem("bowl16", "ball")
    u = stated.region.sample(50_000, rng=np.random.default_rng(3))
    assert np.cov((stated.width * u).T) == pytest.approx(np.eye(16) / 12, abs=3e-3)


def test_only_the_active_directions_of_a_bowl_matter() -> None:
    stated = problem("bowl32")
    slope = np.array([(stated.utility(1e-3 * e[None]) - stated.utility(-1e-3 * e[None]))[0] for e in np.eye(32)])
    curved = np.array([[stated.utility(1e-2 * (a + b)[None])[0] for a in np.eye(32)] for b in np.eye(32)])
    assert np.linalg.norm(slope) > 0
    centred = curved - curved[:, [0]] - curved[[0]] + curved[0, 0]  # the mixed second differences span four directions
    assert np.linalg.matrix_rank(centred, tol=1e-8) <= 6


def test_every_peak_is_an_optimum_far_from_the_others() -> None:
    stated = problem("centres", seed=5)
    assert stated.utility(stated.peaks) == pytest.approx(np.ones(3))
    gaps = np.linalg.norm(stated.peaks[:, None] - stated.peaks, axis=2)[np.triu_indices(3, 1)]
    assert gaps.min() * stated.width >= 0.7


def test_a_seed_places_the_optimum() -> None:
    at = np.zeros((1, 5))
    assert problem("ackley5", seed=1).utility(at) == problem("ackley5", seed=1).utility(at)
    assert problem("ackley5", seed=1).utility(at) != problem("ackley5", seed=2).utility(at)
