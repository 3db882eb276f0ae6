"""What a posterior says besides moments: events, explanations, ideals and slopes."""

from __future__ import annotations

import gc
import weakref
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.elicitation import (
    Answer,
    Approval,
    Critique,
    Judgement,
    Pairwise,
    Ranking,
    Ratings,
    Shortlist,
    Tie,
    Undecided,
    Versus,
    Worst,
)  # fmt: skip
from pilotage.preferences import kernels
from pilotage.preferences.kernels import Probes, UtilityPrior
from pilotage.preferences.laplace_gp import LaplaceGP, LaplaceGPConfig
from pilotage.spaces import Region
from pilotage.testing.preferences import ANSWERS, PLACES, judged

BALL = Region(3)
MODEL = LaplaceGP(LaplaceGPConfig())
FAST = LaplaceGP(LaplaceGPConfig(sharpness=(24.0,), remainders=((1.0, 0.1),)))
HISTORY = [judged(PLACES, answer, prefix=f"{turn}.") for turn, answer in enumerate(ANSWERS)]
STEADY = LaplaceGP(LaplaceGPConfig(sharpness=(24.0,), remainders=((1.0, 0.1),), lapse=0.0))
PROBE = BALL.sample(6, rng=np.random.default_rng(4))
DARK = Critique("0", "too_dark", (0.6, 0.8, 0.0))


def picked(name: str) -> Judgement:
    return judged(PROBE[:4], Ranking(order=(name,)), prefix="new")


def test_the_probabilities_of_all_picks_sum_to_1_and_are_p_best() -> None:
    posterior = MODEL.fold(BALL, HISTORY)
    p = [posterior.p_event(picked(str(i))) for i in range(4)]
    assert sum(p) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(p, posterior.p_best(PROBE[:4]), atol=0.01)


def test_the_probabilities_of_all_rankings_sum_to_less_than_1_by_the_slips_alone() -> None:
    orders = [judged(PROBE[:3], Ranking(order=order), prefix="new") for order in permutations("012")]
    assert sum(FAST.fold(BALL, HISTORY).p_event(order) for order in orders) == pytest.approx(1.0, abs=1e-9)


def test_an_event_in_several_stages_is_rarer_than_its_first() -> None:
    posterior = MODEL.fold(BALL, HISTORY)
    full = judged(PROBE[:4], Ranking(order=("0", "1", "2", "3")), prefix="new")
    assert 0.0 < posterior.p_event(full) < posterior.p_event(picked("0"))


def test_what_says_nothing_of_utility_is_certain() -> None:
    silent = judged(PROBE, Undecided(why="different"), prefix="new")
    assert MODEL.fold(BALL, HISTORY).p_event(silent) == 1.0


def test_an_event_elsewhere_than_in_the_region_is_refused() -> None:
    with pytest.raises(ShapeError):
        MODEL.fold(BALL, []).p_event(judged(PROBE[:, :2], Ranking(order=("0",))))


def test_what_the_judgements_explain_sums_to_what_the_mean_has_gained() -> None:
    posterior = FAST.fold(BALL, HISTORY)
    (belief,) = posterior.beliefs
    prior = belief.prior.mean(np.vstack([PROBE, posterior.reference]))  # type: ignore[attr-defined]
    explained = posterior.explain(PROBE)
    assert explained.shape == (len(HISTORY), len(PROBE))
    gained = posterior.mean_cov(PROBE)[0] - (prior[:-1] - prior[-1])
    np.testing.assert_allclose(explained.sum(axis=0), gained, atol=1e-9)


def test_the_judgement_that_favoured_a_place_explains_why_it_is_liked() -> None:
    told = [judged(PLACES, Ranking(order=("1",))), judged(PLACES[2:], Ranking(order=("0",)), prefix="later")]
    explained = FAST.fold(BALL, told).explain(PLACES[1:3] + 0.02)
    lead = explained[:, 0] - explained[:, 1]
    assert lead[0] > 0 > lead[1]


def test_the_ideal_moves_towards_what_is_chosen_and_becomes_surer() -> None:
    before, after = (MODEL.fold(BALL, told).ideal() for told in ([], [judged(PLACES, Ranking(order=("1",)))] * 3))
    np.testing.assert_allclose(before[0], 0.0, atol=1e-12)
    assert after[0] @ PLACES[1] > 0.05
    assert np.trace(after[1]) < np.trace(before[1])


def test_the_ideal_of_a_steady_judge_is_found() -> None:
    goal, rng, told = np.array([0.3, -0.2, 0.1]), np.random.default_rng(0), []
    for turn in range(12):
        u = goal + 0.85**turn * BALL.sample(4, rng=rng)
        nearest = int(np.linalg.norm(u - goal, axis=1).argmin())
        told.append(judged(BALL.clip(u), Ranking(order=(str(nearest),)), prefix=f"{turn}."))
    mean, cov = MODEL.fold(BALL, told).ideal()
    assert np.linalg.norm(mean - goal) < 0.2
    assert ((mean - goal) ** 2 < 9 * np.diag(cov)).all()


def test_a_slip_leaves_what_is_expected_nearly_alone() -> None:
    """With slips allowed for, an unbelievable answer is taken for one."""
    told = [judged(PLACES, Ranking(order=("1", "3", "0", "2", "4")), prefix=f"{turn}.") for turn in range(4)]
    slip = judged(PLACES, Ranking(order=("4",)), prefix="slip")
    changes = [
        np.abs(np.diff([model.fold(BALL, history).p_best(PLACES) for history in (told, [*told, slip])], axis=0)).max()
        for model in (STEADY, LaplaceGP(FAST.config.model_copy(update={"lapse": 0.1})))
    ]
    assert changes[1] < 0.5 * changes[0]


def test_slopes_are_the_derivatives_of_the_covariance() -> None:
    """Against central differences, for the bowl and the remainder together."""
    rng = np.random.default_rng(1)
    prior = UtilityPrior(20.0, 0.7, 0.4, np.array([0.3, 0.5, 0.2]), 0.3, np.array([0.1, 0.0, -0.3]))
    u, at, along = rng.uniform(-0.6, 0.6, (3, 4, 3))
    h, probes = 1e-4, Probes(u, at, along)
    spread = np.vstack([u, at + h * along, at - h * along])
    half = np.eye(4) / (2 * h)
    forms = np.block([[np.eye(4), np.zeros((4, 8))], [np.zeros((4, 4)), half, -half]])
    np.testing.assert_allclose(prior.probe_mean(probes), forms @ prior.mean(spread), atol=1e-6)
    expected = forms @ prior.covariance(spread, spread) @ forms.T
    np.testing.assert_allclose(prior.probe_covariance(probes, probes), expected, rtol=1e-4, atol=1e-3)


def test_a_measured_fault_says_where_to_go() -> None:
    """ "Too dark", with the direction of brightness: from there, brighter gains on darker."""
    told = [judged(PLACES, Ranking(order=("0",)))]
    tagged = [Judgement(told[0].items, told[0].answer, critiques=(DARK,))]
    ends = PLACES[0] + 0.2 * np.array([DARK.direction, DARK.direction]) * [[1.0], [-1.0]]
    lead = [float(-np.diff(FAST.fold(BALL, history).mean_cov(ends)[0])[0]) for history in (told, tagged)]
    assert lead[1] > lead[0] + 0.5


def test_a_heuristic_belief_takes_slopes_from_differences() -> None:
    from pilotage.preferences import PREFERENCE_MODELS

    posterior = PREFERENCE_MODELS.build({"kind": "winner_average"}).fold(BALL, [judged(PLACES, Ranking(order=("1",)))])
    uphill = tuple(PLACES[1] / np.linalg.norm(PLACES[1]))
    said = [
        Judgement(judged(PLACES, Ranking(order=("0",))).items, Undecided(why="different"), critiques=(critique,))
        for critique in (Critique("0", "too_dark", uphill), Critique("0", "too_bright", uphill))
    ]
    p = [posterior.p_event(judgement) for judgement in said]
    assert sum(p) == pytest.approx(1.0, abs=1e-6)
    assert p[0] > p[1]


SAID: dict[str, Answer] = {
    "pick": Ranking(order=("0",)),
    "ranking": Ranking(order=("0", "2", "1", "3")),
    "pair": Pairwise(winner="0", loser="1"),
    "worst": Worst(worst="1"),
    "best and worst": Worst(worst="1", best="0"),
    "versus": Versus(incumbent="1", verdicts={"0": "better", "2": "worse"}),
    "tie": Tie(items=("0", "2")),
    "ratings": Ratings(stars={"0": 5, "1": 1}),
    "approval": Approval(approved={"0": True, "1": False}),
    "shortlist": Shortlist(kept=("0",)),
    "all bad": Undecided(why="bad"),
    "all alike": Undecided(why="alike"),
}


def after_random_rankings(seed: int) -> tuple[list[Judgement], np.ndarray]:
    """Up to three rankings of nobody in particular, and four new places."""
    rng = np.random.default_rng(seed)
    orders = [tuple(rng.permutation(list("0123"))) for _ in range(rng.integers(0, 4))]
    told = [judged(BALL.sample(4, rng=rng), Ranking(order=o), prefix=f"{turn}.") for turn, o in enumerate(orders)]
    return told, BALL.sample(4, rng=rng)


@settings(max_examples=200)
@given(st.integers(0, 100_000))
@pytest.mark.parametrize("kind", SAID)
def test_what_was_said_is_expected_more_of_the_same_places(kind: str, seed: int) -> None:
    """The law of Bayes, for every kind and from any state: E[p | answer] >= E[p]."""
    told, u = after_random_rankings(seed)
    again = judged(u, SAID[kind], prefix="again")
    p = [STEADY.fold(BALL, history).p_event(again) for history in (told, [*told, judged(u, SAID[kind])])]
    assert p[1] > 0.999 * p[0]  # what was certain stays so


@settings(max_examples=200)
@given(st.integers(0, 100_000))
def test_who_wins_a_pair_gains_on_who_loses(seed: int) -> None:
    told, u = after_random_rankings(seed)
    before, after = (STEADY.fold(BALL, h).mean_cov(u[:2]) for h in (told, [*told, judged(u[:2], SAID["pair"])]))
    sd = np.sqrt(before[1][0, 0] + before[1][1, 1] - 2 * before[1][0, 1])
    assert -np.diff(after[0]) > -np.diff(before[0]) - 0.02 * sd  # what was certain stays so


def test_what_beliefs_share_is_worked_out_once_and_kept_no_longer_than_the_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    posterior, matern52, worked_out = MODEL.fold(BALL, HISTORY), kernels.matern52, []

    def watched(u: Array, v: Array, lengthscale: float) -> Array:
        found = matern52(u, v, lengthscale)
        worked_out.append((lengthscale, weakref.ref(found)))
        return found

    monkeypatch.setattr(kernels, "matern52", watched)
    posterior.mean_cov(BALL.sample(200, rng=np.random.default_rng(5)))
    lengthscales = [lengthscale for lengthscale, _ in worked_out]
    assert 2 * len(set(lengthscales)) == len(lengthscales) < len(posterior.beliefs), (
        "each: with what was judged, and alone"
    )
    gc.collect()
    assert all(found() is None for _, found in worked_out)
