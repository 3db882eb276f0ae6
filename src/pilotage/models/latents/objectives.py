"""What training minimises, term by term; every term is a mean over the batch, in nats unless it is a squared error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch  # noqa: TID253  (imported when a model is trained)
from torch import Tensor  # noqa: TID253

from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.divergences import categorical_kl, entropy, gaussian_kl, mahalanobis, reconstruction
from pilotage.models.latents.nets import MixtureVae


@dataclass(frozen=True, slots=True)
class MixtureTerms:
    """Scalars of one batch, unweighted, and the responsibilities that they were taken under.

    Attributes:
        recon: distance of the reconstructions.
        kld_c: KL(q(c|x) || uniform).
        kld_z: E_q(c|x) KL(q(z|x) || p(z|c)).
        log_qc: (B, K) log q(c|x).
    """

    recon: Tensor
    kld_c: Tensor
    kld_z: Tensor
    log_qc: Tensor


def log_responsibilities(model: MixtureVae, z: Tensor, logits: Tensor | None) -> Tensor:
    """(B, K) log q(c|x): the head's, or log p(c|z) under the prior (VaDE).

    Source: Jiang et al. 2017, arXiv 1611.05148, equation 16, with equal weights of the components.
    """
    if logits is not None:
        return logits.log_softmax(1)
    mu, logvar = model.prior
    return (-0.5 * (mahalanobis(z, mu, logvar) + logvar.sum(1))).log_softmax(1)


def mixture_terms(model: MixtureVae, x: Tensor, noise: Tensor) -> MixtureTerms:
    """The terms of the mixture VAE's loss, its sum over components exact.

    q(z|x) does not depend on c, so that E_q(c|x) of the KL is a weighted sum of K closed forms.

    Args:
        model: of the batch.
        x: (B, C, H, W) in 0..1.
        noise: (B, d) standard normal.
    """
    mu, logvar, logits = model.encode(x)
    z = mu + noise * (0.5 * logvar).exp()
    log_qc = log_responsibilities(model, z, logits)
    apart = gaussian_kl(mu, logvar, *model.prior)
    return MixtureTerms(
        recon=reconstruction(model.config.recon, model.decode(z), x),
        kld_c=categorical_kl(log_qc).mean(),
        kld_z=(log_qc.exp() * apart).sum(1).mean(),
        log_qc=log_qc,
    )


def mixture_loss(terms: MixtureTerms, config: TrainingConfig, kl_weight: float, bonus_weight: float) -> Tensor:
    """`recon + kld_weight * (kl_weight * kld_c + kld_z) - bonus_weight * entropy`: what is minimised.

    Args:
        terms: of a batch.
        config: gives `kld_weight`, and whose entropy the bonus rewards.
        kl_weight: of `kld_c` in this epoch; 1 without annealing.
        bonus_weight: of the entropy in this epoch; 0 without a bonus.
    """
    loss = terms.recon + config.kld_weight * (kl_weight * terms.kld_c + terms.kld_z)
    if bonus_weight:
        loss = loss - bonus_weight * _rewarded(terms.log_qc, config)
    return loss


def _rewarded(log_qc: Tensor, config: TrainingConfig) -> Tensor:
    if config.entropy_bonus_kind == "sample":
        return entropy(log_qc).mean()
    return entropy(torch.logsumexp(log_qc, 0) - math.log(len(log_qc)))
