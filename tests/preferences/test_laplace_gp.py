"""What the default model does with answers, beyond what every model promises."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotage.core.errors import InvalidInputError
from pilotage.elicitation import Answer, Approval, Item, Judgement, Pairwise, Ranking
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.preferences.laplace_gp import LaplaceGP, LaplaceGPConfig
from pilotage.spaces import Region
from pilotage.testing.preferences import PLACES, judged

MODEL = LaplaceGP(LaplaceGPConfig())
FAST = LaplaceGP(LaplaceGPConfig(sharpness=(16.0, 64.0), remainders=((1.0, 0.1),)))
BALL = Region(3)
seeds = st.integers(0, 10_000)


def places(seed: int, n: int = 4) -> np.ndarray:
    return BALL.sample(n, rng=np.random.default_rng(seed))


def gap(answers: list[Answer], u: np.ndarray, better: int, worse: int) -> float:
    """Mean utility of one judged place over another."""
    mean, _ = FAST.fold(BALL, [judged(u, answer) for answer in answers]).mean_cov(u)
    return float(mean[better] - mean[worse])


@settings(max_examples=40)
@given(seeds)
@pytest.mark.parametrize(
    "answer",
    [
        Pairwise(winner="0", loser="1"),
        Ranking(order=("0",)),
        Approval(approved={"0": True, "1": False}),
    ],
    ids=["pair", "pick", "approval"],
)
def test_what_is_preferred_gains_on_what_is_not(answer: Answer, seed: int) -> None:
    u = places(seed)
    assert gap([answer], u, 0, 1) > gap([], u, 0, 1)


@settings(max_examples=20)
@given(seeds)
def test_a_pair_is_a_ranking_of_the_two(seed: int) -> None:
    u = places(seed, 2)
    pair = FAST.fold(BALL, [judged(u, Pairwise(winner="0", loser="1"))])
    ranking = FAST.fold(BALL, [judged(u, Ranking(order=("0", "1")))])
    for a, b in zip(pair.mean_cov(u), ranking.mean_cov(u), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)


@settings(max_examples=20)
@given(seeds)
def test_the_order_of_the_slots_means_nothing(seed: int) -> None:
    u, probe = places(seed), places(seed + 1)
    order = np.random.default_rng(seed).permutation(4)
    shuffled = tuple(judged(u, Ranking(order=("2",))).items[i] for i in order)
    one = FAST.fold(BALL, [judged(u, Ranking(order=("2",)))]).mean_cov(probe)
    two = FAST.fold(BALL, [Judgement(shuffled, Ranking(order=("2",)))]).mean_cov(probe)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def test_a_ranking_tells_more_than_its_first_place() -> None:
    full, pick = (gap([Ranking(order=order)], PLACES, 2, 4) for order in (("1", "2", "3", "0", "4"), ("1",)))
    assert full > pick


def test_hardly_a_rival_is_left_after_picking_one_place_ten_times() -> None:
    rivals = np.delete(PLACES, 1, axis=0)
    p = MODEL.fold(BALL, [judged(PLACES, Ranking(order=("1",)))] * 10).p_beats_incumbent(rivals)
    assert p.max() < 0.15


def test_yes_and_no_say_where_enough_is() -> None:
    """All approved: what is new is likely to be good enough, too. All refused: it is not."""
    new = judged(PLACES[2:3] + 0.02, Approval(approved={"0": True}), prefix="new")
    told = [judged(PLACES[2:], Approval(approved=dict.fromkeys("012", yes))) for yes in (True, False)]
    histories = [told[0]] * 3, [], [told[1]] * 3
    liked, unheard, disliked = (MODEL.fold(BALL, history).p_event(new) for history in histories)
    assert liked > unheard + 0.2
    assert disliked < unheard - 0.1


def test_a_contradiction_between_two_samples_of_one_place_is_seed_noise() -> None:
    """Two renders of one place may differ: one wins and one loses, and the place is neither good nor bad."""
    here, there = (0.3, 0.0, 0.0), (-0.3, 0.0, 0.0)
    win = Judgement((Item("a", "s1", here), Item("b", "t", there)), Pairwise(winner="a", loser="b"))
    loss = Judgement((Item("a", "s2", here), Item("b", "t", there)), Pairwise(winner="b", loser="a"))
    p = MODEL.fold(BALL, [win, loss]).p_beats_incumbent(np.array([here]))[0]
    assert 0.4 < p < 0.6


def test_consistent_picks_make_the_judge_more_decisive_than_random_ones() -> None:
    goal, rng = np.array([0.4, 0.3, 0.0]), np.random.default_rng(0)
    steady, fickle = [], []
    for turn in range(12):
        u = BALL.sample(4, rng=rng)
        nearest = int(np.linalg.norm(u - goal, axis=1).argmin())
        steady.append(judged(u, Ranking(order=(str(nearest),)), prefix=f"{turn}."))
        fickle.append(judged(u, Ranking(order=(str(rng.integers(4)),)), prefix=f"{turn}."))
    assert _expected_sharpness(steady) > 3 * _expected_sharpness(fickle)


def _expected_sharpness(history: list[Judgement]) -> float:
    posterior = MODEL.fold(BALL, history)
    logs = [np.log(belief.prior.sharpness) for belief in posterior.beliefs]  # type: ignore[attr-defined]
    return float(np.exp(posterior.weights @ logs))


def test_more_answers_leave_less_to_gain() -> None:
    goal, rng, history = np.array([0.4, 0.3, 0.0]), np.random.default_rng(0), []
    for turn in range(15):
        u = np.vstack([goal, goal + 0.85**turn * BALL.sample(3, rng=rng)])
        history.append(judged(BALL.clip(u), Ranking(order=("0",)), prefix=f"{turn}."))
    few, many = (MODEL.fold(BALL, history[:n]).expected_regret() for n in (1, 15))
    assert many < 0.5 * few


@pytest.mark.parametrize("shape", ["ball", "box"])
@pytest.mark.parametrize("dim", [2, 8, 32])
def test_ideals_are_expected_well_inside_whatever_the_shape_and_dimension(
    shape: Literal["ball", "box"], dim: int
) -> None:
    region = Region(dim, shape)
    _, cov = FAST.fold(region, []).ideal()
    anywhere = np.mean(region.sample(4000, rng=np.random.default_rng(1)) ** 2)
    assert 0.6 < np.sqrt(np.trace(cov) / dim / anywhere) < 1.2


def test_settings_are_checked_and_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        PREFERENCE_MODELS.build({"kind": "laplace_gp", "seed_noise": -1})
    assert "seed_noise" in caught.value.field


def test_foresight_is_what_its_own_forecasts_made_of_the_answers() -> None:
    """The chain rule: evidence is the product of forecasts, each made from the answers before it."""
    rng = np.random.default_rng(4)
    history = list[Judgement]()
    told = 0.0
    for turn in range(6):
        u = BALL.sample(4, rng=rng)
        items = tuple(Item(f"{turn}.{i}", f"{turn}.{i}", tuple(place)) for i, place in enumerate(u.tolist()))
        judgement = Judgement(items, Ranking(order=(items[int((-((u - 0.4) ** 2).sum(axis=1)).argmax())].candidate,)))
        told += np.log(FAST.fold(BALL, history).p_event(judgement)) + np.log(4)
        history.append(judgement)
    assert FAST.fold(BALL, []).foresight is None
    foresight = FAST.fold(BALL, history).foresight
    assert foresight == pytest.approx(told, abs=0.3), "the evidence of expectation propagation is nearly exact"
    assert told > 1.0
