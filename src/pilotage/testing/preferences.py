"""What every preference model promises: subclass `PreferenceModelContract` and provide `model`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.elicitation import Answer, Approval, Item, Judgement, Pairwise, Ranking, Ratings
from pilotage.preferences import Posterior, PreferenceModel
from pilotage.spaces import Region

DIM = 3
PLACES = np.array([[0.0, 0, 0], [0.5, 0.1, -0.2], [-0.3, 0.4, 0.1], [0.1, -0.5, 0.3], [-0.2, -0.2, -0.6]])


def judged(places: Array, answer: Answer, *, prefix: str = "s") -> Judgement:
    """An answer about candidates "0", "1", … at (n, d) `places`; equal `prefix` means the same samples."""
    items = (Item(str(i), f"{prefix}{i}", tuple(map(float, place))) for i, place in enumerate(places))
    return Judgement(tuple(items), answer)


ANSWERS: tuple[Answer, ...] = (
    Ranking(order=("1",)),
    Ranking(order=("1", "3", "0", "2", "4")),
    Pairwise(winner="1", loser="2"),
    Ratings(stars={"0": 3, "1": 5, "2": 1}),
    Approval(approved={"1": True, "2": False}, favourite="1"),
    Approval(approved={"0": False, "2": False}),
)
PICK = judged(PLACES, ANSWERS[0])


def everything(posterior: Posterior, u: Array) -> bytes:
    """All that a posterior says about `u`, as bytes."""
    mean, cov = posterior.mean_cov(u)
    draws = posterior.draw(u, 8, rng=np.random.default_rng(5))
    rest = posterior.p_best(u), posterior.p_beats_incumbent(u), np.array(posterior.expected_regret())
    return b"".join(part.tobytes() for part in (mean, cov, draws, *rest))


class PreferenceModelContract:
    """The contract of `pilotage.preferences.PreferenceModel`.

    Attributes:
        isotropic: whether turning the region turns the belief with it.
    """

    isotropic: ClassVar[bool] = True

    @pytest.fixture
    def model(self) -> PreferenceModel:
        raise NotImplementedError

    @pytest.fixture(params=["ball", "box"])
    def region(self, request: pytest.FixtureRequest) -> Region:
        return Region(DIM, request.param)

    def probe(self, region: Region, n: int = 6) -> Array:
        """(n, d) places that were never judged."""
        return region.sample(n, rng=np.random.default_rng(11))

    def margin(self, model: PreferenceModel, judgements: Sequence[Judgement]) -> Array:
        """(4,) how far the place of candidate 1 lies above the other judged places, in utility."""
        mean, _ = model.fold(Region(DIM), judgements).mean_cov(PLACES)
        return np.delete(mean[1] - mean, 1)

    def test_the_same_judgements_give_the_same_bytes(self, model: PreferenceModel, region: Region) -> None:
        history = [judged(PLACES, answer) for answer in ANSWERS]
        u = self.probe(region)
        assert everything(model.fold(region, history), u) == everything(model.fold(region, history), u)

    def test_no_judgements_give_the_prior(self, model: PreferenceModel, region: Region) -> None:
        u = self.probe(region)
        posterior = model.fold(region, [])
        assert posterior.p_best(u).min() > 0
        mean, cov = posterior.mean_cov(np.zeros((1, DIM)))
        assert (mean[0], cov[0, 0]) == pytest.approx((0.0, 0.0), abs=1e-6)

    def test_a_longer_log_leaves_the_belief_of_its_prefix_alone(self, model: PreferenceModel, region: Region) -> None:
        history, u = [judged(PLACES, answer) for answer in ANSWERS], self.probe(region)
        first = model.fold(region, history[:2])
        before = everything(first, u)
        model.fold(region, history)
        assert everything(first, u) == everything(model.fold(region, history[:2]), u) == before

    def test_the_incumbent_is_worth_0_for_certain(self, model: PreferenceModel, region: Region) -> None:
        mean, cov = model.fold(region, [PICK]).mean_cov(PLACES)
        assert mean[1] == pytest.approx(0.0, abs=1e-6)
        assert cov[1] == pytest.approx(0.0, abs=1e-6)
        assert cov[:, 1] == pytest.approx(0.0, abs=1e-6)

    def test_covariances_are_symmetric_and_not_negative(self, model: PreferenceModel, region: Region) -> None:
        _, cov = model.fold(region, [PICK]).mean_cov(self.probe(region, 12))
        np.testing.assert_allclose(cov, cov.T)
        assert np.linalg.eigvalsh(cov).min() > -1e-6 * np.diag(cov).max()

    def test_a_choice_raises_the_chosen_over_the_rest(self, model: PreferenceModel) -> None:
        assert (self.margin(model, [PICK]) > self.margin(model, [])).all()

    def test_repeating_the_choice_of_the_incumbent_does_not_help_its_rivals(
        self, model: PreferenceModel, region: Region
    ) -> None:
        rivals = np.delete(PLACES, 1, axis=0)
        odds = [model.fold(region, [PICK] * n).p_beats_incumbent(rivals).max() for n in (1, 2, 4, 8)]
        assert (np.diff(odds) <= 1e-6).all(), odds

    def test_win_probabilities_sum_to_1(self, model: PreferenceModel, region: Region) -> None:
        for history in ([], [PICK]):
            for n in (1, 2, 5):
                p = model.fold(region, history).p_best(self.probe(region, n))
                assert (p >= 0).all()
                assert p.sum() == pytest.approx(1.0)

    def test_beating_the_incumbent_is_being_best_of_two(self, model: PreferenceModel, region: Region) -> None:
        posterior, centre = model.fold(region, [PICK]), PLACES[1]
        for place in self.probe(region):
            duel = posterior.p_best(np.array([centre, place]))[1]
            assert posterior.p_beats_incumbent(place[None])[0] == pytest.approx(duel, abs=0.02)

    def test_draws_have_the_moments(self, model: PreferenceModel, region: Region) -> None:
        posterior, u = model.fold(region, [PICK]), self.probe(region, 4)
        mean, cov = posterior.mean_cov(u)
        draws = posterior.draw(u, 8000, rng=np.random.default_rng(2))
        scale = np.sqrt(np.diag(cov))
        assert draws.shape == (8000, 4)
        np.testing.assert_allclose(draws.mean(axis=0) / scale, mean / scale, atol=0.08)
        np.testing.assert_allclose(np.cov(draws.T) / np.outer(scale, scale), cov / np.outer(scale, scale), atol=0.2)

    def test_draws_follow_their_rng(self, model: PreferenceModel, region: Region) -> None:
        posterior, u = model.fold(region, [PICK]), self.probe(region)
        one, same, other = (posterior.draw(u, 3, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one, same)
        assert (one != other).any()

    def test_expected_regret_is_a_number_not_below_0(self, model: PreferenceModel, region: Region) -> None:
        for history in ([], [PICK], [PICK] * 3):
            regret = model.fold(region, history).expected_regret()
            assert np.isfinite(regret)
            assert regret >= 0

    def test_the_probabilities_of_all_picks_sum_to_1(self, model: PreferenceModel, region: Region) -> None:
        posterior, u = model.fold(region, [PICK]), self.probe(region, 4)
        p = [posterior.p_event(judged(u, Ranking(order=(str(i),)), prefix="new")) for i in range(4)]
        assert sum(p) == pytest.approx(1.0, abs=1e-6)
        np.testing.assert_allclose(p, posterior.p_best(u), atol=0.02)

    def test_each_judgement_explains_its_share_relative_to_the_incumbent(
        self, model: PreferenceModel, region: Region
    ) -> None:
        history, u = [PICK, judged(PLACES[1:], ANSWERS[0], prefix="later")], self.probe(region)
        posterior = model.fold(region, history)
        assert posterior.explain(u).shape == (2, len(u))
        assert model.fold(region, []).explain(u).shape == (0, len(u))
        at_the_incumbent = posterior.explain(np.array([history[1].items[1].u]))
        np.testing.assert_allclose(at_the_incumbent, 0.0, atol=1e-9)

    def test_the_ideal_is_a_place_with_a_covariance(self, model: PreferenceModel, region: Region) -> None:
        for history in ([], [PICK]):
            mean, cov = model.fold(region, history).ideal()
            assert (mean.shape, cov.shape) == ((DIM,), (DIM, DIM))
            np.testing.assert_allclose(cov, cov.T, atol=1e-12)
            assert np.linalg.eigvalsh(cov).min() > 0

    @pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.kind)
    def test_every_kind_of_answer_is_understood(self, model: PreferenceModel, region: Region, answer: Answer) -> None:
        p = model.fold(region, [judged(PLACES, answer)]).p_best(PLACES)
        assert np.isfinite(p).all()

    def test_places_of_another_dimension_are_refused(self, model: PreferenceModel, region: Region) -> None:
        with pytest.raises(ShapeError):
            model.fold(region, [judged(PLACES[:, :2], ANSWERS[0])])
        with pytest.raises(ShapeError):
            model.fold(region, []).mean_cov(np.zeros((1, DIM + 1)))

    def test_turning_the_ball_turns_the_belief(self, model: PreferenceModel) -> None:
        if not self.isotropic:
            pytest.skip("not isotropic, and says so")
        turn = np.linalg.qr(np.random.default_rng(3).standard_normal((DIM, DIM)))[0]
        u = self.probe(Region(DIM))
        still = model.fold(Region(DIM), [PICK]).mean_cov(u)
        turned = model.fold(Region(DIM), [judged(PLACES @ turn, ANSWERS[0])]).mean_cov(u @ turn)
        for a, b in zip(still, turned, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
