"""Small latent runs, trained for real in two seconds: for pages and routes that show what a run leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pilotage.core.errors import PilotageError
from pilotage.core.ids import new_id
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.running import run
from pilotage.models.latents import TrainingConfig

_SMALL: dict[str, Any] = {
    "epochs": 3, "pretrain_epochs": 1, "channels": 4, "hidden": 16, "latent_dims": 4, "batch_size": 64,
    "recon": "bce_sum", "responsibilities": "vade", "learning_rate": 5e-3,
}  # fmt: skip


def tiny_run(home: Path, **knobs: Any) -> str:
    """Train a mixture VAE with convolutions on digits of 8 x 8 for three epochs, each with both maps of 100 points.

    Args:
        home: the home folder whose `runs` it goes into.
        knobs: of the training that stand otherwise.

    Returns:
        The id of the run, which is complete.
    """
    images = builtin("digits8")
    recording = Recording(points=100, umap_every=1, samples_every=1)
    config = run_config(new_id("lat"), images, TrainingConfig(**{**_SMALL, **knobs}), recording)
    folder = RunFolder.create(home / "runs", config)
    if run(folder, images) != "completed":
        raise PilotageError(f"the run ended as {folder.summary().error}")
    return config.run_id
