"""Pictures to learn from: sets that ship, and files of your own."""

from pilotage.labs.latents.data.imageset import ImageSet

__all__ = ["ImageSet"]
