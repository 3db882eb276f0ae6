"""The noise of training: zero-terminal signal-to-noise ratio, v-prediction, min-SNR weights."""

from __future__ import annotations

import torch
from torch import Tensor

TRAIN_STEPS = 1000
BETAS = (0.00085, 0.012)
SCHEDULER = {
    "num_train_timesteps": TRAIN_STEPS, "beta_start": BETAS[0], "beta_end": BETAS[1], "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
    "algorithm_type": "dpmsolver++", "steps_offset": 1,
}  # fmt: skip
__all__ = ["TRAIN_STEPS", "cumulative_alphas", "noised", "v_target", "weights"]


def cumulative_alphas() -> Tensor:
    """(1000,) of them, the last 0: at the end of the forward process nothing of the picture is left.

    Source: Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1. Without
    it the model never learns an all-black ground, since the mean of pure noise then still tells the picture's.
    """
    betas = torch.linspace(BETAS[0] ** 0.5, BETAS[1] ** 0.5, TRAIN_STEPS, dtype=torch.float64) ** 2
    roots = torch.cumprod(1 - betas, 0).sqrt()
    first, last = roots[0].clone(), roots[-1].clone()
    return (((roots - last) * first / (first - last)) ** 2).float()


def noised(clean: Tensor, noise: Tensor, alphas: Tensor) -> Tensor:
    """√a x + √(1-a) ε; `alphas` is (n,), the others (n, ...)."""
    kept = alphas.reshape(-1, *[1] * (clean.ndim - 1))
    return kept.sqrt() * clean + (1 - kept).sqrt() * noise


def v_target(clean: Tensor, noise: Tensor, alphas: Tensor) -> Tensor:
    """√a ε - √(1-a) x.

    Source: Salimans & Ho 2022, "Progressive Distillation", appendix D.
    """
    kept = alphas.reshape(-1, *[1] * (clean.ndim - 1))
    return kept.sqrt() * noise - (1 - kept).sqrt() * clean


def weights(alphas: Tensor, gamma: float, floor: float) -> Tensor:
    """(n,) loss weights (min(snr, γ) + floor) / (snr + 1).

    Source: Hang et al. 2023, "Efficient Diffusion Training via Min-SNR Weighting Strategy", for v.
    Differs: the floor, without which a step of pure noise, where the picture is chosen, would not be learnt.
    """
    snr = alphas / (1 - alphas).clamp(min=1e-6)
    return (snr.clamp(max=gamma) + floor) / (snr + 1)
