"""Artifacts in memory, for scripts and notebooks."""

from __future__ import annotations

from pilotage.artifacts.base import ArtifactStore
from pilotage.core.errors import NotFoundError
from pilotage.core.hashing import sha256_hex


class MemoryArtifacts(ArtifactStore):
    """A dictionary."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """As `ArtifactStore.put`."""
        name = sha256_hex(data)
        self._blobs[name] = data
        return name

    def get(self, sha256: str) -> bytes:
        """As `ArtifactStore.get`."""
        try:
            return self._blobs[sha256]
        except KeyError:
            raise NotFoundError(f"no artifact {sha256!r}", field="sha256") from None

    def has(self, sha256: str) -> bool:
        """As `ArtifactStore.has`."""
        return sha256 in self._blobs
