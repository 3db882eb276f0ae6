from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from pilotage.models.latents import Examples, TrainingConfig

TINY = {"channels": 2, "hidden": 12, "latent_dims": 3, "batch_size": 32, "components": 3, "learning_rate": 5e-3}


@pytest.fixture(scope="session")
def blobs() -> Examples:
    """120 pictures of 8 x 8: a bright bar at one of three heights, in noise; the height is the label."""
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    images = rng.integers(0, 60, size=(120, 8, 8, 1))
    for row, label in enumerate(labels):
        images[row, 1 + 2 * label : 3 + 2 * label] += 190
    return Examples(images.astype(np.uint8), labels.astype(np.int64), 3)


@pytest.fixture(params=["ae", "plain", "vade", "mlp"])
def config(request: pytest.FixtureRequest) -> TrainingConfig:
    """A small training of each kind."""
    kinds = {
        "ae": {"kind": "ae"},
        "plain": {"categorical_kl_anneal": True, "entropy_bonus_enable": True},
        "vade": {"responsibilities": "vade", "recon": "bce_sum", "pretrain_epochs": 2},
        "mlp": {"network": "mlp", "recon": "mse_sum"},
    }
    return TrainingConfig.model_validate({**TINY, "epochs": 4, **kinds[request.param]})
