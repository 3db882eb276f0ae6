"""The Gaussian approximations against weighted draws from the prior, which are exact in the limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logsumexp

from pilotage.core.shapes import Array
from pilotage.elicitation import Answer, Ranking
from pilotage.preferences.kernels import UtilityPrior, matern52
from pilotage.preferences.laplace import Mode, laplace_mode
from pilotage.preferences.likelihood import Choices, choices_of, latents_of
from pilotage.preferences.variational import nodes, variational
from pilotage.testing.preferences import ANSWERS, judged


def problem(sharpness: float, seed: int) -> tuple[Choices, Array, Array]:
    """Three picks of four places each by a judge as decisive as the prior says."""
    rng = np.random.default_rng(seed)
    goal = 0.5 * rng.standard_normal(3) / np.sqrt(3)
    history = []
    for turn in range(3):
        places = 0.6 * rng.standard_normal((4, 3))
        utility = -0.5 * sharpness * ((places - goal) ** 2).sum(axis=1) + rng.gumbel(size=4)
        history.append(judged(places, Ranking(order=(str(utility.argmax()),)), prefix=f"{turn}."))
    latents = latents_of(history, 3)
    prior = UtilityPrior(sharpness, 1.0, 0.1, 0.46, 0.1)
    covariance = prior.covariance(latents.u, latents.u) + 0.01 * np.eye(latents.size)
    return choices_of(history, latents), prior.mean(latents.u), covariance


def log_likelihoods(choices: Choices, draws: Array) -> Array:
    """(n_draws,) of each row of latents."""
    total = np.zeros(len(draws))
    for forms, offsets, winner in zip(choices.forms, choices.offsets, choices.winners, strict=True):
        logits = draws @ forms.T + offsets
        total += logits[:, winner] - logsumexp(logits, axis=1)
    return total


def reference(choices: Choices, mean: Array, covariance: Array) -> tuple[Array, float]:
    """(n, n) P(i is picked over j) and the log evidence, by 40,000 prior draws weighted by their likelihood."""
    draws = np.random.default_rng(0).multivariate_normal(mean, covariance, size=40_000)
    logs = log_likelihoods(choices, draws)
    weights = np.exp(logs - logs.max())
    duels = np.array([weights @ expit(draws[:, [i]] - draws) for i in range(len(mean))]) / weights.sum()
    return duels, float(np.log(weights.mean()) + logs.max())


def draws_of(mode: Mode, mean: Array) -> Array:
    """(20000, n) latents under the Gaussian."""
    root = mode.factor @ np.linalg.inv(mode.curvature).T
    return mean + mode.factor @ mode.white + np.random.default_rng(1).standard_normal((20_000, len(mean))) @ root.T


def duels_of(mode: Mode, mean: Array) -> Array:
    """(n, n) P(i is picked over j) under the Gaussian."""
    draws = draws_of(mode, mean)
    return np.array([expit(draws[:, [i]] - draws).mean(axis=0) for i in range(len(mean))])


CASES = [(sharpness, seed) for sharpness in (8.0, 32.0, 128.0) for seed in (1, 2, 3)]
MEAN_ERROR = {8.0: 0.03, 32.0: 0.04, 128.0: 0.06}
MAX_ERROR = {8.0: 0.10, 32.0: 0.20, 128.0: 0.35}  # hard cuts of the prior: no Gaussian follows them


@pytest.mark.parametrize(("sharpness", "seed"), CASES)
def test_duels_agree_with_weighted_draws(sharpness: float, seed: int) -> None:
    choices, mean, covariance = problem(sharpness, seed)
    expected, _ = reference(choices, mean, covariance)
    error = np.abs(duels_of(variational(choices, mean, laplace_mode(choices, mean, covariance)), mean) - expected)
    assert error.mean() < MEAN_ERROR[sharpness]
    assert error.max() < MAX_ERROR[sharpness]


@pytest.mark.parametrize(("sharpness", "seed"), CASES)
def test_the_evidence_agrees_with_weighted_draws(sharpness: float, seed: int) -> None:
    choices, mean, covariance = problem(sharpness, seed)
    _, expected = reference(choices, mean, covariance)
    found = variational(choices, mean, laplace_mode(choices, mean, covariance)).log_evidence
    assert found == pytest.approx(expected, abs=0.4)


@given(st.integers(0, 1000), st.sampled_from(ANSWERS), st.sampled_from([4.0, 24.0, 100.0]))
def test_an_answer_is_more_probable_once_it_was_heard(seed: int, answer: Answer, sharpness: float) -> None:
    """The law of Bayes for every kind: E[p | answer] >= E[p]; the threshold moves too."""
    places = 0.6 * np.random.default_rng(seed).standard_normal((5, 3))
    history = [judged(places, answer)]
    latents, prior = latents_of(history, 3), UtilityPrior(sharpness, 1.0, 0.1, 0.46, 0.1)
    choices, n = choices_of(history, latents), len(places)
    mean, covariance = np.zeros(latents.size), np.diag(np.full(latents.size, 0.5 * sharpness) ** 2)
    mean[:n], covariance[:n, :n] = prior.mean(places), prior.covariance(places, places) + 0.01 * np.eye(n)
    mode = variational(choices, mean, laplace_mode(choices, mean, covariance))
    before = np.random.default_rng(2).multivariate_normal(mean, covariance, size=4000)
    after = draws_of(mode, mean)[:4000]
    likely = [np.exp(log_likelihoods(choices, draws)).mean() for draws in (before, after)]
    assert likely[1] > likely[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_decisive_answers_fool_laplace_alone(seed: int) -> None:
    """Why the second step exists: taken at the mode, the curvature is that of the edge of what is left."""
    choices, mean, covariance = problem(128.0, seed)
    start = laplace_mode(choices, mean, covariance)
    better = variational(choices, mean, start)
    expected, _ = reference(choices, mean, covariance)
    errors = [np.abs(duels_of(mode, mean) - expected).mean() for mode in (start, better)]
    assert errors[1] < 0.6 * errors[0]


@given(st.integers(0, 1000), st.sampled_from([4.0, 64.0, 1000.0]))
def test_the_mode_is_where_the_gradient_vanishes(seed: int, sharpness: float) -> None:
    choices, mean, covariance = problem(sharpness, seed)
    mode = laplace_mode(choices, mean, covariance)
    gradient, _ = choices.derivatives(mean + mode.factor @ mode.white)
    np.testing.assert_allclose(mode.factor.T @ gradient, mode.white, atol=1e-2)


def test_without_choices_the_prior_stays() -> None:
    choices = choices_of([], latents_of([], 3))
    mode = laplace_mode(choices, np.zeros(0), np.zeros((0, 0)))
    assert variational(choices, np.zeros(0), mode).log_evidence == 0.0


@pytest.mark.parametrize("dim", [1, 2, 5, 12])
def test_nodes_have_mean_0_and_unit_covariance(dim: int) -> None:
    np.testing.assert_allclose(nodes(dim).mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(nodes(dim).T @ nodes(dim) / len(nodes(dim)), np.eye(dim), atol=1e-12)


def test_matern_has_the_values_of_its_formula() -> None:
    k = matern52(np.zeros((1, 2)), np.array([[0.0, 0.0], [3.0, 4.0]]), 5.0)
    root = np.sqrt(5.0)
    np.testing.assert_allclose(k, [[1.0, (1 + root + 5 / 3) * np.exp(-root)]])


def test_the_prior_covariance_is_positive_and_the_anchor_is_its_mode() -> None:
    prior = UtilityPrior(32.0, 0.8, 0.3, 0.4, 0.1)
    u = np.random.default_rng(0).uniform(-1, 1, (30, 4))
    assert np.linalg.eigvalsh(prior.covariance(u, u)).min() > 0
    assert (prior.mean(u) < 0).all()
