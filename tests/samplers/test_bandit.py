"""The linear bandit: its belief is the closed form, and it follows what was said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pilotage.elicitation import Ranking
from pilotage.samplers.bandit import LinearBelief, context_features
from pilotage.samplers.feedback import scores
from pilotage.spaces import Region
from pilotage.testing.samplers import ask, view_after


def one_by_one(features: np.ndarray, rewards: np.ndarray, ridge: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """The posterior by Kalman updates, one observation at a time."""
    mean, cov = np.zeros(features.shape[1]), np.eye(features.shape[1]) / ridge
    for x, y in zip(features, rewards, strict=True):
        gain = cov @ x / (x @ cov @ x + noise**2)
        mean, cov = mean + gain * (y - x @ mean), cov - np.outer(gain, x @ cov)
    return mean, cov


def test_its_belief_is_that_of_bayesian_linear_regression() -> None:
    rng = np.random.default_rng(0)
    features, rewards = rng.standard_normal((20, 6)), rng.standard_normal(20)
    belief = LinearBelief.fit(features, rewards, ridge=0.7, noise=0.4)
    mean, cov = one_by_one(features, rewards, 0.7, 0.4)
    np.testing.assert_allclose(belief.mean, mean, atol=1e-9)
    np.testing.assert_allclose(belief.cov, cov, atol=1e-9)


def test_it_tells_the_reward_that_the_answers_so_far_let_expect() -> None:
    view = view_after(Region(3), 5)
    found = ask("bandit", view, ridge=2.0, noise=0.5)
    rows = [context_features(np.array([i.u for i in j.items]), turn) for turn, j in enumerate(view.history, 1)]
    rewards = np.concatenate([scores(judgement) for judgement in view.history])
    mean, cov = one_by_one(np.vstack(rows), rewards, 2.0, 0.5)
    known = context_features(found.u, 6)
    assert [facts["reward"] for facts in found.metadata] == pytest.approx(known @ mean)
    assert [facts["reward_sd"] for facts in found.metadata] == pytest.approx(np.sqrt(np.diag(known @ cov @ known.T)))
    assert found.state["rewards"] == len(rewards)
    assert found.state["context"] == {"round": 6}


def test_the_features_are_the_place_its_squares_and_the_round() -> None:
    np.testing.assert_allclose(context_features(np.array([[0.5, -2.0]]), 4), [[1, 0.5, -2.0, 0.25, 4.0, 0.4]])


@pytest.mark.parametrize("policy", ["thompson", "ucb"])
def test_it_goes_where_what_was_chosen_lies(policy: str) -> None:
    view = view_after(Region(4), 12)
    full = [
        replace(j, answer=Ranking(order=tuple(i.candidate for i in sorted(j.items, key=lambda i: -i.u[0]))))
        for j in view.history
    ]
    found = ask("bandit", replace(view, history=tuple(full)), n=8, policy=policy, width=0.2)
    assert found.u[:, 0].mean() > 0.4
    assert found.state["policy"] == policy
