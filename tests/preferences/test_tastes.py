"""A taste begins a belief where earlier sessions ended, and yields to answers that speak against it."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from pilotage.core.errors import ShapeError
from pilotage.elicitation import Judgement, Ranking
from pilotage.preferences.laplace_gp import TASTE_HOLDS, LaplaceGP, LaplaceGPConfig, Taste
from pilotage.preferences.mixture import MixturePosterior
from pilotage.spaces import Region
from pilotage.testing.preferences import judged

BALL = Region(3)
TASTE = Taste(mean=(0.5, 0.0, -0.2), sd=(0.1, 0.3, 0.2))
PLAIN, TASTED = LaplaceGP(LaplaceGPConfig()), LaplaceGP(LaplaceGPConfig(taste=TASTE))
FAST = LaplaceGP(LaplaceGPConfig(taste=TASTE, sharpness=(24.0,), remainders=((1.0, 0.1),)))
PROBE = BALL.sample(6, rng=np.random.default_rng(4))


def rounds(ideal: np.ndarray, n: int) -> list[Judgement]:
    """`n` picks of four by somebody with this ideal and some noise, about ever closer places."""
    rng, told, best = np.random.default_rng(2), list[Judgement](), np.zeros(3)
    for turn in range(n):
        u = BALL.clip(np.vstack([best, best + 0.85**turn * BALL.sample(3, rng=rng)]))
        felt = -12.0 * ((u - ideal) ** 2).sum(axis=1) + rng.gumbel(size=4)
        told.append(judged(u, Ranking(order=(str(felt.argmax()),)), prefix=f"{turn}."))
        best = u[felt.argmax()]
    return told


def trust(posterior: MixturePosterior) -> float:
    """How much of a belief begins at the taste."""
    centres = [belief.prior.centre for belief in posterior.beliefs]  # type: ignore[attr-defined]
    return float(sum(w for w, centre in zip(posterior.weights, centres, strict=True) if centre.any()))


def test_before_any_answer_the_ideal_lies_where_the_taste_says_or_anywhere() -> None:
    (plain, anywhere), (mean, cov) = PLAIN.fold(BALL, []).ideal(), TASTED.fold(BALL, []).ideal()
    at = np.array(TASTE.mean)
    np.testing.assert_allclose(mean, TASTE_HOLDS * at + (1 - TASTE_HOLDS) * plain, atol=1e-12)
    apart = TASTE_HOLDS * (1 - TASTE_HOLDS) * np.outer(at, at)
    within = TASTE_HOLDS * np.diag(TASTE.sd) ** 2 + (1 - TASTE_HOLDS) * anywhere
    np.testing.assert_allclose(cov, within + apart, atol=1e-12)
    assert TASTED.fold(BALL, []).p_beats_incumbent(np.array([TASTE.mean]))[0] > 0.6


def test_answers_that_agree_with_a_taste_are_trusted_further_with_it_than_without() -> None:
    ideal = np.array(TASTE.mean)
    told = rounds(ideal, 4)
    tasted, plain = TASTED.fold(BALL, told), PLAIN.fold(BALL, told)
    assert trust(tasted) > TASTE_HOLDS
    away = [np.linalg.norm(posterior.ideal()[0] - ideal) for posterior in (tasted, plain)]
    assert away[0] < 0.6 * away[1]


def test_answers_that_contradict_a_taste_leave_the_belief_that_there_is_without_one() -> None:
    told = rounds(-np.array(TASTE.mean), 8)
    tasted, plain = TASTED.fold(BALL, told), PLAIN.fold(BALL, told)
    assert trust(tasted) < 0.02
    np.testing.assert_allclose(tasted.ideal()[0], plain.ideal()[0], atol=0.02)
    np.testing.assert_allclose(tasted.p_best(PROBE), plain.p_best(PROBE), atol=0.01)


def test_what_the_judgements_explain_is_what_the_mean_has_gained_on_both_expectations() -> None:
    told = rounds(np.zeros(3), 3)
    posterior = FAST.fold(BALL, told)
    assert 0.05 < trust(posterior) < 0.95, "else this says nothing of a mixture"
    before = [b.prior.mean(np.vstack([PROBE, posterior.reference])) for b in posterior.beliefs]  # type: ignore[attr-defined]
    expected = posterior.weights @ np.array([mean[:-1] - mean[-1] for mean in before])
    gained = posterior.mean_cov(PROBE)[0] - expected
    np.testing.assert_allclose(posterior.explain(PROBE).sum(axis=0), gained, atol=1e-9)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_foresight_with_a_taste_is_what_its_own_forecasts_made_of_the_answers(side: float) -> None:
    told = rounds(side * np.array(TASTE.mean), 5)
    forecasts = [FAST.fold(BALL, told[:n]).p_event(told[n]) for n in range(len(told))]
    assert FAST.fold(BALL, told).foresight == pytest.approx(np.log(forecasts).sum() + 5 * np.log(4), abs=0.3)


def test_a_taste_of_another_dimension_is_refused() -> None:
    with pytest.raises(ShapeError):
        LaplaceGP(LaplaceGPConfig(taste=Taste(mean=(0.1,), sd=(0.2,)))).fold(BALL, [])
    with pytest.raises(ValidationError):
        Taste(mean=(0.1, 0.2), sd=(0.2,))
