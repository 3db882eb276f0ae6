from __future__ import annotations

import math

import pytest
import torch  # noqa: TID253
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Categorical, Independent, Normal, kl_divergence  # noqa: TID253

from pilotage.models.latents.divergences import categorical_kl, entropy, gaussian_kl, mahalanobis, reconstruction


def drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(seed=st.integers(0, 10**6), batch=st.integers(1, 5), components=st.integers(1, 5), dims=st.integers(1, 6))
def test_gaussian_kl_is_that_of_torchs_distributions(seed: int, batch: int, components: int, dims: int) -> None:
    mu, logvar = drawn(seed, batch, dims), drawn(seed + 1, batch, dims)
    prior_mu, prior_logvar = drawn(seed + 2, components, dims), drawn(seed + 3, components, dims)
    posterior = Independent(Normal(mu[:, None], (0.5 * logvar).exp()[:, None]), 1)
    prior = Independent(Normal(prior_mu, (0.5 * prior_logvar).exp()), 1)
    found = gaussian_kl(mu, logvar, prior_mu, prior_logvar)
    torch.testing.assert_close(found, kl_divergence(posterior, prior))
    assert (found >= 0).all()


def test_gaussian_kl_is_what_samples_say() -> None:
    mu, logvar = drawn(0, 1, 4), 0.5 * drawn(1, 1, 4)
    prior_mu, prior_logvar = drawn(2, 1, 4), 0.5 * drawn(3, 1, 4)
    z = mu + drawn(4, 200_000, 4) * (0.5 * logvar).exp()
    ratio = Normal(mu, (0.5 * logvar).exp()).log_prob(z) - Normal(prior_mu, (0.5 * prior_logvar).exp()).log_prob(z)
    sampled = ratio.sum(1)
    assert float(gaussian_kl(mu, logvar, prior_mu, prior_logvar)) == pytest.approx(
        float(sampled.mean()), abs=4 * float(sampled.std()) / 200_000**0.5
    )


def test_far_gaussians_of_tiny_variance_keep_their_digits() -> None:
    mu = torch.full((1, 2), 40.0)
    near = gaussian_kl(mu, torch.full((1, 2), -8.0), mu + 0.01, torch.full((1, 2), -8.0))
    assert float(near) == pytest.approx(2 * 0.5 * math.exp(8) * 0.01**2, rel=1e-2)


@given(seed=st.integers(0, 10**6), components=st.integers(1, 8))
def test_categorical_kl_is_that_of_torchs_distributions(seed: int, components: int) -> None:
    log_qc = drawn(seed, 4, components).log_softmax(1)
    uniform = Categorical(logits=torch.zeros(components, dtype=torch.float64))
    torch.testing.assert_close(categorical_kl(log_qc), kl_divergence(Categorical(logits=log_qc), uniform))
    torch.testing.assert_close(entropy(log_qc), Categorical(logits=log_qc).entropy())


def test_certain_responsibilities_have_the_whole_kl_and_even_ones_none() -> None:
    certain = torch.tensor([[50.0, 0.0, 0.0, 0.0]], dtype=torch.float64).log_softmax(1)
    assert float(categorical_kl(certain)) == pytest.approx(math.log(4))
    assert float(categorical_kl(torch.zeros(1, 4).log_softmax(1))) == pytest.approx(0, abs=1e-6)


def test_distances_are_those_of_a_naive_loop() -> None:
    z, mu, logvar = drawn(0, 3, 2), drawn(1, 4, 2), drawn(2, 4, 2)
    naive = [
        [sum((z[b, j] - mu[k, j]) ** 2 / logvar[k, j].exp() for j in range(2)) for k in range(4)] for b in range(3)
    ]
    torch.testing.assert_close(mahalanobis(z, mu, logvar), torch.tensor(naive, dtype=torch.float64))


def test_reconstructions_are_measured_over_the_pixels_that_their_names_say() -> None:
    logits, x = drawn(0, 5, 1, 8, 8), drawn(1, 5, 1, 8, 8).sigmoid()
    squares = (logits.sigmoid() - x).square()
    torch.testing.assert_close(reconstruction("mse_mean", logits, x), squares.mean())
    torch.testing.assert_close(reconstruction("mse_sum", logits, x), squares.sum((1, 2, 3)).mean())
    crossed = -Bernoulli(logits=logits, validate_args=False).log_prob(x).sum((1, 2, 3)).mean()
    torch.testing.assert_close(reconstruction("bce_sum", logits, x), crossed)
