"""Distances of pictures and of distributions: the closed forms that the losses are made of."""

from __future__ import annotations

import math

import torch.nn.functional as F  # noqa: TID253  (imported when a model is trained)
from torch import Tensor  # noqa: TID253


def reconstruction(kind: str, logits: Tensor, x: Tensor) -> Tensor:
    """Distance of pictures from their reconstructions.

    Args:
        kind: `mse_mean` (squared error, mean over pixels), `mse_sum` or `bce_sum` (over a picture's pixels, mean
            over pictures).
        logits: (B, C, H, W) of the decoder.
        x: (B, C, H, W) in 0..1.
    """
    if kind == "bce_sum":
        return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    if kind == "mse_sum":
        return F.mse_loss(logits.sigmoid(), x, reduction="sum") / len(x)
    return F.mse_loss(logits.sigmoid(), x)


def gaussian_kl(mu: Tensor, logvar: Tensor, prior_mu: Tensor, prior_logvar: Tensor) -> Tensor:
    """KL of B diagonal Gaussians from each of K.

    Args:
        mu: (B, d) means.
        logvar: (B, d) log variances.
        prior_mu: (K, d) means.
        prior_logvar: (K, d) log variances.

    Returns:
        (B, K), in nats.

    Source: Kingma and Welling 2014, arXiv 1312.6114, appendix B, for two Gaussians.
    """
    spread = logvar.exp() @ (-prior_logvar).exp().T + mahalanobis(mu, prior_mu, prior_logvar)
    return 0.5 * (spread + prior_logvar.sum(1) - logvar.sum(1, keepdim=True) - mu.shape[1])


def categorical_kl(log_qc: Tensor) -> Tensor:
    """(B,) KL of (B, K) categorical distributions, given as logarithms, from the uniform one."""
    return math.log(log_qc.shape[1]) - entropy(log_qc)


def entropy(log_p: Tensor) -> Tensor:
    """(...,) entropies of (..., K) distributions given as finite logarithms."""
    return -(log_p.exp() * log_p).sum(-1)


def mahalanobis(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """(B, K) squared distances of B points from K means, in standard deviations of each; a closed sum would cancel."""
    return ((z[:, None] - mu).square() * (-logvar).exp()).sum(2)
