"""Other packages' models say here what they say themselves; where they coincide with ours, all agree."""

from __future__ import annotations

from collections.abc import Sequence

import choix
import numpy as np
import pytest

from pilotage.core.errors import ModelUnavailableError
from pilotage.core.shapes import Array
from pilotage.elicitation import Approval, Judgement, Pairwise, Ranking
from pilotage.preferences import PREFERENCE_MODELS, propagation
from pilotage.preferences.adapters import ADAPTERS
from pilotage.preferences.adapters.pairwise_gp import fitted
from pilotage.preferences.leads import leads_of
from pilotage.preferences.likelihood import choices_of, latents_of
from pilotage.spaces import Region
from pilotage.testing.preferences import PICK, PLACES, everything, judged

REGION = Region(3, "box")
PAIRS = [(1, 0), (1, 2), (3, 2), (1, 4), (3, 4), (0, 4), (3, 1), (1, 3)]
RANKINGS = [(1, 3, 0, 2, 4), (3, 1, 0, 4, 2), (1, 0, 3, 2, 4)]
ELSEWHERE = REGION.sample(7, rng=np.random.default_rng(4))


def paired(pairs: Sequence[tuple[int, int]] = PAIRS) -> list[Judgement]:
    return [judged(PLACES, Pairwise(winner=str(winner), loser=str(loser))) for winner, loser in pairs]


def ranked() -> list[Judgement]:
    return [judged(PLACES, Ranking(order=tuple(map(str, ranking)))) for ranking in RANKINGS]


def test_without_a_package_its_model_cannot_be_built_and_says_how_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pilotage.core.versions.find_spec", lambda name: None)
    for kind in ADAPTERS:
        assert PREFERENCE_MODELS.parse(kind).kind == kind
        with pytest.raises(ModelUnavailableError) as caught:
            PREFERENCE_MODELS.build(kind)
        assert "pilotage[bench]" in caught.value.hint
        assert caught.value.field == "preference_model"


@pytest.mark.parametrize("history", [paired(), paired(PAIRS[:1]), [PICK] * 3], ids=["pairs", "a pair", "picks"])
def test_the_gaussian_process_predicts_what_botorch_does(history: list[Judgement]) -> None:
    import torch

    (belief,) = PREFERENCE_MODELS.build("pairwise_gp").fold(REGION, history).beliefs
    pairs = PAIRS[: len(history)] if history[0].answer.kind == "pairwise" else [(1, i) for i in (0, 2, 3, 4)] * 3
    theirs = fitted((PLACES + 1) / 2, pairs).posterior(torch.tensor((ELSEWHERE + 1) / 2))
    mean, cov = belief.mean_cov(ELSEWHERE)
    scale = belief.kernel.scale
    np.testing.assert_allclose(mean, theirs.mean.detach().numpy()[:, 0], atol=1e-4 * np.sqrt(scale))
    np.testing.assert_allclose(cov, theirs.distribution.covariance_matrix.detach().numpy(), atol=1e-4 * scale)
    np.testing.assert_allclose(belief.explain(ELSEWHERE).sum(axis=0), mean, atol=1e-9)


def test_before_any_duel_it_is_what_botorch_starts_from() -> None:
    import torch
    from botorch.models.pairwise_gp import PairwiseGP

    (belief,) = PREFERENCE_MODELS.build("pairwise_gp").fold(REGION, []).beliefs
    fresh = PairwiseGP(torch.rand(2, 3, dtype=torch.double), torch.tensor([[0, 1]])).covar_module
    assert belief.kernel.scale == pytest.approx(fresh.outputscale.item())
    np.testing.assert_allclose(belief.kernel.lengths, 2 * fresh.base_kernel.lengthscale.detach().numpy()[0])


def test_the_fit_neither_depends_on_global_draws_nor_moves_them() -> None:
    import torch

    model = PREFERENCE_MODELS.build("pairwise_gp")
    beliefs = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002
        torch.manual_seed(seed)
        before = np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
        beliefs.append(everything(model.fold(REGION, [PICK] * 2), ELSEWHERE))
        assert (np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before  # noqa: NPY002
    assert beliefs[0] == beliefs[1]


def worths(history: list[Judgement], spread: float = 2.0) -> Array:
    """(5,) the item-level model's means at the five places."""
    (belief,) = PREFERENCE_MODELS.build({"kind": "item_level", "spread": spread}).fold(REGION, history).beliefs
    return np.asarray(belief.mean_cov(PLACES)[0])


def test_worths_are_those_that_choix_finds() -> None:
    expected = choix.opt_pairwise(5, PAIRS, alpha=0.125, tol=1e-10)
    np.testing.assert_allclose(worths(paired()), expected, atol=1e-6)
    expected = choix.opt_rankings(5, RANKINGS, alpha=0.125, tol=1e-10)
    np.testing.assert_allclose(worths(ranked()), expected, atol=1e-6)


def test_what_is_just_acceptable_is_an_item_of_its_own() -> None:
    told = [judged(PLACES, Approval(approved={"0": True, "1": False})), *paired()]
    pairs = [(0, 5), (5, 1), *PAIRS]
    np.testing.assert_allclose(worths(told), choix.opt_pairwise(6, pairs, alpha=0.125, tol=1e-10)[:5], atol=1e-6)


def test_of_a_new_place_nothing_is_known() -> None:
    mean, cov = PREFERENCE_MODELS.build("item_level").fold(REGION, paired()).mean_cov(ELSEWHERE)
    away = -worths(paired())[1]  # the last pair's winner is the incumbent
    np.testing.assert_allclose(mean, away, atol=1e-9)
    np.testing.assert_allclose(cov - np.diag(np.diag(cov)), cov[0, 1] * (1 - np.eye(7)), atol=1e-9)


@pytest.mark.parametrize("kind", ["pairs", "rankings"])
def test_where_items_are_apart_and_hardly_known_the_engine_agrees_with_choix(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """As the prior narrows, a posterior's mean, which we match, and its mode, which choix finds, become one."""
    monkeypatch.setattr(propagation, "SETTLED", 1e-9)
    told, sd = paired() if kind == "pairs" else ranked(), 0.03
    latents = latents_of(told, 3)
    found = propagation.posterior(leads_of(choices_of(told, latents)), np.zeros(5), sd**2 * np.eye(5), lapse=0.0)
    assert found is not None
    ours = sd**2 * found.weights[[latents.samples[f"s{i}"] for i in range(5)]]
    expected = worths(told, sd)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
