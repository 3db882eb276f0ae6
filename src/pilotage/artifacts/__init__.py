"""Content-addressed blobs: what a model made, named by the sha256 of its bytes."""

from pilotage.artifacts.base import ArtifactStore, Held, Stray
from pilotage.artifacts.disk import DiskArtifacts
from pilotage.artifacts.memory import MemoryArtifacts

__all__ = ["ArtifactStore", "DiskArtifacts", "Held", "MemoryArtifacts", "Stray"]
