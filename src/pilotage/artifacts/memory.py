"""Artifacts in memory, for scripts and notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pilotage.artifacts.base import ArtifactStore, Held
from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import NotFoundError
from pilotage.core.hashing import sha256_hex


class MemoryArtifacts(ArtifactStore):
    """A dictionary."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._blobs: dict[str, tuple[bytes, datetime]] = {}
        self._clock = clock

    def put(self, data: bytes) -> str:
        """As `ArtifactStore.put`."""
        name = sha256_hex(data)
        self._blobs[name] = data, self._clock()
        return name

    def get(self, sha256: str) -> bytes:
        """As `ArtifactStore.get`."""
        try:
            return self._blobs[sha256][0]
        except KeyError:
            raise NotFoundError(f"no artifact {sha256!r}", field="sha256") from None

    def has(self, sha256: str) -> bool:
        """As `ArtifactStore.has`."""
        return sha256 in self._blobs

    def held(self) -> Iterable[Held]:
        """As `ArtifactStore.held`."""
        return [Held(name, len(data), at) for name, (data, at) in sorted(self._blobs.items())]

    def remove(self, names: Sequence[str], *, before: datetime) -> Sequence[str]:
        """As `ArtifactStore.remove`."""
        old = [name for name in names if name in self._blobs and self._blobs[name][1] < before]
        for name in old:
            del self._blobs[name]
        return old

    def set_aside(self, name: str) -> None:
        """As `ArtifactStore.set_aside`: memory has no other place, so they go."""
        self._blobs.pop(name, None)
