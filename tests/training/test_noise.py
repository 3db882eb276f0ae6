from __future__ import annotations

import pytest

pytest.importorskip("diffusers")

from training.starter.noise import SCHEDULER, cumulative_alphas, noised, v_target, weights

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")


def test_the_schedule_is_the_samplers_own() -> None:
    own = diffusers.DDPMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
    )  # fmt: skip
    assert torch.allclose(cumulative_alphas(), own.alphas_cumprod, atol=1e-5)
    assert cumulative_alphas()[-1] == 0
    assert diffusers.DPMSolverMultistepScheduler(**SCHEDULER).config.rescale_betas_zero_snr


def test_the_target_gives_picture_and_noise_back() -> None:
    clean, noise = torch.randn(5, 4, 8, 8), torch.randn(5, 4, 8, 8)
    alphas = cumulative_alphas()[[0, 250, 500, 900, 999]]
    seen, target = noised(clean, noise, alphas), v_target(clean, noise, alphas)
    kept = alphas[:, None, None, None]
    assert torch.allclose(kept.sqrt() * seen - (1 - kept).sqrt() * target, clean, atol=1e-5)
    assert torch.allclose((1 - kept).sqrt() * seen + kept.sqrt() * target, noise, atol=1e-5)


def test_at_the_end_nothing_of_the_picture_is_left() -> None:
    clean, noise = torch.full((1, 4, 8, 8), 9.0), torch.randn(1, 4, 8, 8)
    assert torch.equal(noised(clean, noise, torch.zeros(1)), noise)
    assert torch.equal(v_target(clean, noise, torch.zeros(1)), -clean)


def test_the_weights_are_those_of_min_snr_and_never_nothing() -> None:
    found = weights(torch.tensor([0.0, 0.5, 10 / 11]), gamma=5, floor=0.3)
    assert found.tolist() == pytest.approx([0.3, 1.3 / 2, 5.3 / 11], rel=1e-4)
