"""The posterior's Gaussian against elliptical slice sampling, weighted draws and choix."""

from __future__ import annotations

from dataclasses import replace

import choix
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import multivariate_normal

from pilotage.core.shapes import Array
from pilotage.elicitation import (
    Answer,
    Approval,
    Critique,
    Item,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Versus,
    Worst,
)  # fmt: skip
from pilotage.preferences import propagation
from pilotage.preferences.beliefs import latent_prior
from pilotage.preferences.contests import nodes
from pilotage.preferences.kernels import UtilityPrior
from pilotage.preferences.leads import leads_of
from pilotage.preferences.likelihood import Choices, choices_of, latents_of
from pilotage.preferences.propagation import Gaussian, posterior
from pilotage.spaces import Region
from pilotage.testing.preferences import ANSWERS, PLACES, judged
from pilotage.testing.slices import elliptical_slice

GAUSS, MASSES = np.polynomial.hermite_e.hermegauss(40)
KINDS = ("pick", "ranking", "pair", "worst", "versus", "tie", "ratings", "approval", "shortlist", "critique")


def prior_of(sharpness: float, dim: int) -> UtilityPrior:
    return UtilityPrior(sharpness, 1.0, 0.1, np.full(dim, 0.8 / np.sqrt(dim)), 0.1, np.zeros(dim))


def answer_of(kind: str, order: list[str], felt: Array) -> Answer:
    """What somebody says who feels these utilities about candidates "0", "1", …"""
    good = {str(i): bool(value > np.median(felt)) for i, value in enumerate(felt)}
    verdicts = {name: "better" if felt[int(name)] > felt[0] else "worse" for name in order if name != "0"}
    answers: dict[str, Answer] = {
        "ranking": Ranking(order=tuple(order)),
        "pair": Pairwise(winner=order[0], loser=order[1]),
        "worst": Worst(worst=order[-1], best=order[0]),
        "versus": Versus(incumbent="0", verdicts=verdicts),
        "tie": Tie(items=(order[0], order[1])),
        "ratings": Ratings(stars={name: 5 - place for place, name in enumerate(order)}),
        "approval": Approval(approved=good),
        "shortlist": Shortlist(kept=tuple(name for name, yes in good.items() if yes)),
    }
    return answers.get(kind, Ranking(order=(order[0],)))


def history(kind: str, sharpness: float, dim: int, n: int, seed: int) -> list[Judgement]:
    """`n` answers by a judge as decisive as the prior says, about ever closer places; the best is carried on."""
    rng, region = np.random.default_rng(seed), Region(dim)
    goal = 0.5 * region.sample(1, rng=rng)[0]
    told, best, reach = list[Judgement](), Item("0", "start", (0.0,) * dim), 0.9
    for turn in range(n):
        places = region.clip(np.array(best.u) + reach * region.sample(4, rng=rng))
        items = [Item(str(i), f"{turn}.{i}", tuple(map(float, place))) for i, place in enumerate(places)]
        items[0] = Item("0", best.sample, best.u)
        felt = -0.5 * sharpness * ((np.array([item.u for item in items]) - goal) ** 2).sum(axis=1) + rng.gumbel(size=4)
        order = [str(i) for i in np.argsort(-felt)]
        uphill = goal - np.array(items[1].u)
        critique = Critique("1", "too_dark", tuple(uphill / np.linalg.norm(uphill)))
        critiques = (critique,) if kind == "critique" else ()
        told.append(Judgement(tuple(items), answer_of(kind, order, felt), critiques=critiques))
        best, reach = items[int(order[0])], 0.85 * reach
    return told


def moments(gaussian: Gaussian, mean: Array, covariance: Array) -> tuple[Array, Array]:
    fallen = gaussian.root @ covariance
    return mean + covariance @ gaussian.weights, covariance - fallen.T @ fallen


def duels(mean: Array, covariance: Array) -> Array:
    """(n, n) P(i is picked over j) under a Gaussian."""
    gap = mean[:, None] - mean
    sd = np.sqrt(np.maximum(np.diag(covariance)[:, None] + np.diag(covariance) - 2 * covariance, 0.0))
    return np.asarray(expit(gap[..., None] + sd[..., None] * GAUSS) @ MASSES / MASSES.sum())


def exact(choices: Choices, mean: Array, covariance: Array, near: tuple[Array, Array]) -> tuple[Array, Array]:
    """Draws of the latents; the chain runs on the ellipses of a wide Gaussian `near` the posterior: mixes fast."""
    centre, wide = near[0], 2.0 * near[1] + 1e-9 * np.trace(near[1]) * np.eye(len(mean))
    inverses = [np.linalg.inv(np.linalg.cholesky(c)) for c in (covariance, wide)]

    def log_likelihood(x: Array) -> Array:
        prior, proposal = (x + centre - mean) @ inverses[0].T, x @ inverses[1].T
        return choices.log_p(x + centre).sum(axis=1) - 0.5 * (prior**2).sum(axis=1) + 0.5 * (proposal**2).sum(axis=1)

    draws, r_hat = elliptical_slice(log_likelihood, wide)
    assert r_hat < 1.1
    return draws + centre


def errors(kind: str, sharpness: float, dim: int, n: int, seed: int = 1) -> tuple[Array, Array]:
    """Errors of all pair probabilities: of the model's Gaussian, and of the one with the exact moments."""
    told = history(kind, sharpness, dim, n, seed)
    latents = latents_of(told, dim)
    choices, items = choices_of(told, latents), slice(0, len(latents.samples))
    mean, covariance = latent_prior(prior_of(sharpness, dim), latents, seed_noise=0.1)
    gaussian = posterior(leads_of(choices), mean, covariance)
    assert gaussian is not None
    found = moments(gaussian, mean, covariance)
    draws = exact(choices, mean, covariance, found)
    truth = np.array([expit(draws[:, [i]] - draws).mean(axis=0) for i in range(latents.size)])
    both = found, (draws.mean(axis=0), np.cov(draws.T))
    ours, best = (np.abs(duels(*moment) - truth)[items, items] for moment in both)
    return ours, best


@pytest.mark.parametrize("sharpness", [8.0, 128.0, 512.0])
@pytest.mark.parametrize("kind", KINDS)
def test_duels_after_few_answers_agree_with_slice_sampling(kind: str, sharpness: float) -> None:
    ours, best = errors(kind, sharpness, dim=3, n=3)
    assert ours.mean() < 0.035
    assert ours.max() < max(0.1, best.max() + 0.04)  # beyond .1 only where no Gaussian does well


@pytest.mark.parametrize("kind", ["pick", "ranking"])
def test_duels_after_many_decisive_answers_agree_with_slice_sampling(kind: str) -> None:
    ours, _ = errors(kind, 128.0, dim=5, n=10)
    assert ours.mean() < 0.02
    assert ours.max() < 0.1


def posed(kind: str, sharpness: float, seed: int) -> tuple[Choices, Array, Array]:
    told = history(kind, sharpness, 3, 3, seed)
    latents = latents_of(told, 3)
    mean, covariance = latent_prior(prior_of(sharpness, 3), latents, seed_noise=0.1)
    return choices_of(told, latents), mean, covariance


def fitted(choices: Choices, mean: Array, covariance: Array, lapse: float = 0.0) -> Gaussian:
    found = posterior(leads_of(choices), mean, covariance, lapse=lapse)
    assert found is not None
    return found


@pytest.mark.parametrize("sharpness", [8.0, 32.0, 128.0])
@pytest.mark.parametrize("kind", ["pick", "ranking", "ratings", "approval", "tie"])
def test_the_evidence_agrees_with_weighted_draws(kind: str, sharpness: float) -> None:
    choices, mean, covariance = posed(kind, sharpness, 2)
    found = fitted(choices, mean, covariance)
    centre, spread = moments(found, mean, covariance)
    wide = 1.3 * spread + 1e-9 * np.trace(spread) * np.eye(len(mean))
    draws = np.random.default_rng(0).multivariate_normal(centre, wide, size=40_000)
    logs = np.concatenate([choices.log_p(part).sum(axis=1) for part in np.split(draws, 10)])
    logs += multivariate_normal(mean, covariance).logpdf(draws) - multivariate_normal(centre, wide).logpdf(draws)
    expected = float(np.log(np.exp(logs - logs.max()).mean()) + logs.max())
    assert found.log_evidence == pytest.approx(expected, abs=0.3 if kind == "tie" else 0.15)


@given(st.integers(0, 1000), st.sampled_from(ANSWERS), st.sampled_from([4.0, 24.0, 100.0]))
def test_an_answer_is_more_probable_once_it_was_heard(seed: int, answer: Answer, sharpness: float) -> None:
    """The law of Bayes for every kind: E[p | answer] >= E[p]; the threshold moves too."""
    told = [judged(0.6 * np.random.default_rng(seed).standard_normal((5, 3)), answer)]
    latents = latents_of(told, 3)
    choices = choices_of(told, latents)
    mean, covariance = latent_prior(prior_of(sharpness, 3), latents, seed_noise=0.1)
    after = moments(fitted(choices, mean, covariance), mean, covariance)
    normal = np.random.default_rng(2).standard_normal((4000, len(mean)))
    likely = [
        np.exp(choices.log_p(centre + normal @ np.linalg.cholesky(spread + 1e-6 * np.eye(len(mean))).T).sum(axis=1))
        for centre, spread in ((mean, covariance), after)
    ]
    assert likely[1].mean() > likely[0].mean()


@pytest.mark.parametrize("sharpness", [64.0, 200.0])
def test_a_slip_among_steady_picks_hardly_moves_the_belief(sharpness: float) -> None:
    told = history("pick", sharpness, 3, 12, 3)
    best = np.array(told[-1].items[0].u)
    wrong = judged(np.array([best, -0.9 * best / np.linalg.norm(best)]), Ranking(order=("1",)), prefix="x")
    latents = latents_of([*told, wrong], 3)
    mean, covariance = latent_prior(prior_of(sharpness, 3), latents, seed_noise=0.1)
    before, after = choices_of(told, latents), choices_of([*told, wrong], latents)
    steady = moments(fitted(before, mean, covariance), mean, covariance)[0]
    moved = [
        np.abs(moments(fitted(after, mean, covariance, lapse), mean, covariance)[0] - steady).max()
        for lapse in (0.0, 0.05)
    ]
    assert moved[1] < 0.25 * moved[0]


def test_independent_pairs_have_the_moments_that_choix_propagates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propagation, "SETTLED", 1e-6)
    pairs = [(0, 1), (1, 2), (0, 2), (3, 1), (2, 3), (0, 1)]
    told = [judged(np.eye(4)[[a, b]], Pairwise(winner="0", loser="1")) for a, b in pairs]
    told = [Judgement(tuple(replace(i, sample=f"s{int(np.argmax(i.u))}") for i in t.items), t.answer) for t in told]
    latents = latents_of(told, 4)
    order = [latents.samples[f"s{i}"] for i in range(4)]
    found = moments(fitted(choices_of(told, latents), np.zeros(4), 2.0 * np.eye(4)), np.zeros(4), 2.0 * np.eye(4))
    mean, covariance = choix.ep_pairwise(4, pairs, alpha=0.5, model="logit")
    np.testing.assert_allclose(found[0][order], mean, atol=1e-3)
    np.testing.assert_allclose(found[1][np.ix_(order, order)], covariance, atol=1e-3)


def test_a_lead_asked_for_often_is_as_if_asked_once_with_more_weight() -> None:
    """Ten equal answers make equal leads: no factorisation fails, and all are believed."""
    told = [judged(PLACES, Ranking(order=("1",)))] * 10
    latents = latents_of(told, 3)
    mean, covariance = latent_prior(prior_of(32.0, 3), latents, seed_noise=0.1)
    centre, _ = moments(fitted(choices_of(told, latents), mean, covariance), mean, covariance)
    assert centre.argmax() == latents.samples["s1"]


def test_without_choices_the_prior_stays() -> None:
    found = fitted(choices_of([], latents_of([], 3)), np.zeros(0), np.zeros((0, 0)))
    assert (found.log_evidence, found.root.shape) == (0.0, (0, 0))


def test_what_is_hopeless_is_left_early() -> None:
    choices, mean, covariance = posed("pick", 32.0, 2)
    assert posterior(leads_of(choices), mean, covariance, hopeless=20.0) is None


@pytest.mark.parametrize("dim", [1, 2, 5, 12])
def test_nodes_have_mean_0_and_unit_covariance(dim: int) -> None:
    np.testing.assert_allclose(nodes(dim).mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(nodes(dim).T @ nodes(dim) / len(nodes(dim)), np.eye(dim), atol=1e-12)
