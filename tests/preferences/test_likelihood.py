"""The likelihood against a naive loop and choix."""

from __future__ import annotations

import choix
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logsumexp

from pilotage.elicitation import (
    THRESHOLD,
    TIE,
    Approval,
    Item,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    Tie,
    drift,
    stages,
)
from pilotage.preferences.likelihood import choices_of, latents_of
from pilotage.testing.preferences import ANSWERS, PLACES, judged

HISTORY = [judged(PLACES, answer) for answer in ANSWERS]
LATENTS = latents_of(HISTORY, 3)
CHOICES = choices_of(HISTORY, LATENTS)
vectors = st.lists(st.floats(-8, 8), min_size=LATENTS.size, max_size=LATENTS.size).map(np.array)


@given(vectors)
def test_it_is_the_sum_over_stages_one_by_one(x: np.ndarray) -> None:
    total = 0.0
    scalars = {name: x[row] for name, row in LATENTS.scalars.items()}
    for index, judgement in enumerate(HISTORY):
        named = {item.candidate: x[LATENTS.samples[item.sample]] for item in judgement.items} | scalars
        for stage in stages(judgement, index):
            logits = [sum(w * named[name] for name, w in form.weights) + form.offset for form in stage.forms]
            total += logits[stage.winner] - logsumexp(logits)
    assert CHOICES.log_p(x[None]).sum() == pytest.approx(total, abs=1e-9)


def test_gaps_beyond_ten_thousand_stay_finite() -> None:
    x = 1e5 * np.arange(LATENTS.size, dtype=float)
    assert np.isfinite(CHOICES.log_p(np.array([x, -x]))).all()


def test_a_sample_shown_twice_is_one_latent_and_a_second_sample_of_a_place_another() -> None:
    first = judged(PLACES[:2], Ranking(order=("1",)))
    carried = Judgement(
        (Item("x", "s1", first.items[1].u), Item("y", "fresh", first.items[1].u)), Ranking(order=("y",))
    )
    latents = latents_of([first, carried], 3)
    assert sorted(latents.samples) == ["fresh", "s0", "s1"]
    assert latents.size == 3


def test_only_answers_that_speak_of_a_scalar_bring_it() -> None:
    for answer, expected in ((Ranking(order=("0",)), ()), (Pairwise(winner="0", loser="1"), ()),
                             (Ratings(stars={"0": 3}), (THRESHOLD, drift(0))), (Tie(items=("0", "1")), (TIE,)),
                             (Approval(approved={"0": True}), (THRESHOLD,))):  # fmt: skip
        assert latents_of([judged(PLACES, answer)], 3).scalars.keys() == set(expected)


def _choix_rankings(n_items: int, n_rounds: int) -> list[tuple[int, ...]]:
    rng, worth = np.random.default_rng(4), np.linspace(-1.5, 1.5, n_items)
    return [tuple(int(i) for i in np.argsort(-(worth + rng.gumbel(size=n_items)))) for _ in range(n_rounds)]


def _mode(history: list[Judgement], n: int, *, variance: float) -> np.ndarray:
    """(n,) most probable utilities of candidates 0, 1, … under an independent prior."""
    latents = latents_of(history, n)
    choices = choices_of(history, latents)
    found = minimize(
        lambda x: 0.5 * x @ x / variance - choices.log_p(x[None]).sum(),
        np.zeros(n),
        tol=1e-9,
    )
    return np.asarray(found.x[[latents.samples[f"s{i}"] for i in range(n)]])


def test_with_an_independent_prior_the_mode_is_choix_maximum_likelihood_estimate() -> None:
    rankings = _choix_rankings(5, 40)
    history = [judged(np.eye(5), Ranking(order=tuple(str(i) for i in ranking))) for ranking in rankings]
    utility = _mode(history, 5, variance=1e6)
    expected = choix.opt_rankings(5, rankings, tol=1e-10)
    np.testing.assert_allclose(utility - utility.mean(), expected - expected.mean(), atol=1e-4)


def test_a_penalised_mode_is_choix_posterior_mode_of_pairs() -> None:
    rng = np.random.default_rng(1)
    pairs = [tuple(int(i) for i in rng.choice(4, 2, replace=False)) for _ in range(30)]
    history = [judged(np.eye(4), Pairwise(winner=str(a), loser=str(b))) for a, b in pairs]
    expected = choix.opt_pairwise(4, pairs, alpha=0.1, tol=1e-10)  # choix penalises alpha |x|^2
    np.testing.assert_allclose(_mode(history, 4, variance=1 / 0.2), expected, atol=1e-4)
