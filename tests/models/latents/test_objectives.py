from __future__ import annotations

import math
from typing import Any

import pytest
import torch  # noqa: TID253
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence  # noqa: TID253

from pilotage.models.latents import TrainingConfig
from pilotage.models.latents.nets import MixtureVae, build
from pilotage.models.latents.objectives import MixtureTerms, log_responsibilities, mixture_loss, mixture_terms

SHAPE = (1, 8, 8)


def small(**more: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({"channels": 2, "hidden": 8, "latent_dims": 3, "components": 4, **more})


def vae(**more: Any) -> MixtureVae:
    model = build(small(**more), SHAPE)
    assert isinstance(model, MixtureVae)
    return model


def prior_of(model: MixtureVae) -> Independent:
    mu, logvar = model.prior
    return Independent(Normal(mu, (0.5 * logvar).exp()), 1)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(6, *SHAPE, generator=generator), torch.randn(6, 3, generator=generator)


@pytest.mark.parametrize("kind", ["head", "vade"])
def test_both_kl_terms_are_sums_over_components_of_torchs_own(kind: str, batch: tuple[torch.Tensor, ...]) -> None:
    model, (x, noise) = vae(responsibilities=kind), batch
    terms = mixture_terms(model, x, noise)
    mu, logvar, _ = model.encode(x)
    posterior = Independent(Normal(mu[:, None], (0.5 * logvar).exp()[:, None]), 1)
    qc = Categorical(logits=terms.log_qc)
    torch.testing.assert_close(terms.kld_z, (qc.probs * kl_divergence(posterior, prior_of(model))).sum(1).mean())
    torch.testing.assert_close(terms.kld_c, kl_divergence(qc, Categorical(torch.ones(4))).mean())


def test_vade_responsibilities_are_the_posterior_of_the_prior_mixture() -> None:
    model, z = vae(responsibilities="vade"), torch.randn(7, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        model.prior_logvar.normal_(generator=torch.Generator().manual_seed(3))
        prior = prior_of(model)
        mixture = MixtureSameFamily(Categorical(torch.ones(4)), prior)
        wanted = prior.log_prob(z[:, None]) - math.log(4) - mixture.log_prob(z)[:, None]
        torch.testing.assert_close(log_responsibilities(model, z, None), wanted)


def test_with_vade_responsibilities_the_kl_bounds_that_to_the_whole_mixture(batch: tuple[torch.Tensor, ...]) -> None:
    model, (x, _) = vae(responsibilities="vade"), batch
    with torch.no_grad():
        mu, logvar, _none = model.encode(x)
        q, mixture = Normal(mu, (0.5 * logvar).exp()), MixtureSameFamily(Categorical(torch.ones(4)), prior_of(model))
        noises = torch.randn(4000, *mu.shape, generator=torch.Generator().manual_seed(2))
        z = mu + noises * (0.5 * logvar).exp()
        exact = float((q.log_prob(z).sum(-1) - mixture.log_prob(z)).mean())
        terms = [mixture_terms(model, x, noise) for noise in noises[:300]]
    assert sum(float(t.kld_c + t.kld_z) for t in terms) / len(terms) > exact - 0.01


def test_the_total_is_recon_and_both_kls_under_one_weight() -> None:
    terms = MixtureTerms(*torch.tensor([5.0, 0.7, 3.0]), torch.zeros(2, 4).log_softmax(1))
    assert float(mixture_loss(terms, small(), 1.0, 0.0)) == pytest.approx(8.7)
    assert float(mixture_loss(terms, small(kld_weight=2.0), 1.0, 0.0)) == pytest.approx(12.4)
    assert float(mixture_loss(terms, small(kld_weight=2.0), 0.5, 0.0)) == pytest.approx(11.7)
    assert float(mixture_loss(terms, small(), 1.0, 2.0)) == pytest.approx(8.7 - 2 * math.log(4))


def test_the_bonus_rewards_soft_answers_or_a_wide_use_as_chosen() -> None:
    opposed = (torch.eye(4) * 60).log_softmax(1)  # each certain, all together even
    terms = MixtureTerms(*torch.zeros(3), opposed)
    assert float(mixture_loss(terms, small(entropy_bonus_kind="sample"), 1.0, 1.0)) == pytest.approx(0, abs=1e-6)
    assert float(mixture_loss(terms, small(entropy_bonus_kind="marginal"), 1.0, 1.0)) == pytest.approx(-math.log(4))


def test_every_weight_of_the_model_learns_from_the_loss(batch: tuple[torch.Tensor, ...]) -> None:
    model = vae()
    torch.autograd.backward(mixture_loss(mixture_terms(model, *batch), model.config, 1.0, 0.0))
    silent = [name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert silent == []
