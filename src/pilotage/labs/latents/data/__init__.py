"""Pictures to learn from: sets that ship, and files of your own."""

from pilotage.labs.latents.data.builtin import BUILTIN, builtin
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.data.importing import read_images

__all__ = ["BUILTIN", "ImageSet", "builtin", "read_images"]
