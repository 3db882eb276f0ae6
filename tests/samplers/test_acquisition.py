from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from pilotage.samplers.acquisition import best_set, greedy_emax, optimistic_set, own_best
from pilotage.samplers.pool import distinct, shell
from pilotage.spaces import Region
from pilotage.testing.samplers import view_after


def expected_best(draws: np.ndarray, columns: tuple[int, ...]) -> float:
    return float(np.maximum(draws[:, list(columns)].max(axis=1), 0.0).mean())


@given(st.integers(0, 500))
def test_greedy_comes_within_its_guarantee_of_every_set(seed: int) -> None:
    draws = np.random.default_rng(seed).standard_normal((64, 7))
    picks, gains = greedy_emax(draws, 3, banned=np.zeros(7, dtype=bool))
    best = max(expected_best(draws, columns) for columns in combinations(range(7), 3))
    assert expected_best(draws, tuple(picks)) >= (1 - 1 / np.e) * best
    assert sum(gains) == pytest.approx(expected_best(draws, tuple(picks)))


def test_one_pick_has_the_gain_of_expected_improvement() -> None:
    mean, sd = 0.3, 0.8
    draws = np.random.default_rng(0).normal(mean, sd, size=(200_000, 1))
    _, gains = greedy_emax(draws, 1, banned=np.zeros(1, dtype=bool))
    ratio = mean / sd
    assert gains[0] == pytest.approx(mean * norm.cdf(ratio) + sd * norm.pdf(ratio), abs=5e-3)


def test_a_twin_adds_nothing_so_the_second_pick_is_another() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(1.0, 1.0, 500), rng.normal(0.0, 1.0, 500)
    picks, _ = greedy_emax(np.column_stack([one, one, other]), 2, banned=np.zeros(3, dtype=bool))
    assert picks == [0, 2]


def test_what_is_banned_is_not_picked() -> None:
    picks, _ = greedy_emax(np.array([[3.0, 2.0, 1.0]]), 2, banned=np.array([True, False, False]))
    assert picks == [1, 2]


def test_the_set_beats_as_many_random_places() -> None:
    view, rng = view_after(Region(5), 4), np.random.default_rng(0)
    chosen, _ = best_set(view, view.centre, 1.0, 4, n_pool=256, n_draws=256, rng=rng)
    judges = np.random.default_rng(9)
    worth = [
        np.maximum(view.posterior.draw(u, 2000, rng=judges).max(axis=1), 0).mean()
        for u in (chosen, *(view.region.sample(4, rng=rng) for _ in range(10)))
    ]
    assert worth[0] > max(worth[1:])


def test_steps_of_a_shell_are_nearly_orthogonal_and_of_one_length() -> None:
    steps = shell(np.ones(5), 0.4, 4, rng=np.random.default_rng(0)) - 1.0
    lengths = np.linalg.norm(steps, axis=1)
    assert ((lengths >= 0.34 - 1e-9) & (lengths <= 0.46 + 1e-9)).all()
    unit = steps / lengths[:, None]
    np.testing.assert_allclose(unit @ unit.T, np.eye(4), atol=1e-9)


def test_repeats_and_shown_places_are_replaced_by_fresh_ones() -> None:
    view = view_after(Region(2), 2)
    u = distinct(np.repeat(view.shown[1:3], 3, axis=0), view, n=5, rng=np.random.default_rng(0))
    assert len(np.unique(np.vstack([u, view.shown]).round(9), axis=0)) == 5 + len(np.unique(view.shown, axis=0))


@given(st.integers(0, 500))
def test_each_draw_takes_its_best_of_what_earlier_draws_left(seed: int) -> None:
    draws = np.random.default_rng(seed).standard_normal((4, 6))
    picks = own_best(draws)
    assert len(set(picks)) == 4
    for row, pick in enumerate(picks):
        left = [column for column in range(6) if column not in picks[:row]]
        assert draws[row, pick] == draws[row, left].max()


@given(st.integers(0, 200))
def test_after_each_pick_the_bounds_are_those_of_a_process_observed_there(seed: int) -> None:
    rng = np.random.default_rng(seed)
    root, mean, noise = rng.standard_normal((6, 6)), rng.standard_normal(6), 0.7
    cov = root @ root.T
    picks, bounds = optimistic_set(mean, cov, 3, beta=1.5, noise=noise)
    for turn in range(3):
        seen = picks[:turn]
        known = cov[:, seen] @ np.linalg.inv(cov[np.ix_(seen, seen)] + noise * np.eye(turn)) if turn else cov[:, []]
        upper = mean + 1.5 * np.sqrt(np.diag(cov - known @ cov[seen]))
        upper[seen] = -np.inf
        assert picks[turn] == upper.argmax()
        assert bounds[turn] == pytest.approx(upper.max())
