"""Autoencoders and Gaussian-mixture VAEs that you train yourself: nets, objectives, the training loop, checkpoints.

`config` and `examples` are light; the other modules need torch and are imported where a model is trained or run.
"""

from pilotage.models.latents.config import PRESETS, Difference, Preset, TrainingConfig, differences
from pilotage.models.latents.examples import Examples

__all__ = ["PRESETS", "Difference", "Examples", "Preset", "TrainingConfig", "differences"]
