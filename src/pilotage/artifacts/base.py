"""The artifact port."""

from __future__ import annotations

from abc import ABC, abstractmethod


class ArtifactStore(ABC):
    """Bytes by their sha256. Putting the same bytes twice keeps them once."""

    @abstractmethod
    def put(self, data: bytes) -> str:
        """Keep `data`; its sha256. When this returns, the bytes are durable.

        Raises:
            StorageError: the disk is full or refuses.
        """

    @abstractmethod
    def get(self, sha256: str) -> bytes:
        """The bytes.

        Raises:
            NotFoundError: none with this hash, or what is asked for is not a hash.
        """

    @abstractmethod
    def has(self, sha256: str) -> bool:
        """Whether the bytes are here."""
