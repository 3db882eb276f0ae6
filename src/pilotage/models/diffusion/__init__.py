"""Text-to-image diffusion: Stable Diffusion 1.x, 2.x and XL, from folders, single files and hub ids."""

from pilotage.models.diffusion.loading import Lora
from pilotage.models.diffusion.model import DiffusionModel

__all__ = ["DiffusionModel", "Lora"]
