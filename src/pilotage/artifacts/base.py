"""The artifact port."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of kept bytes without reading them.

    Attributes:
        name: their sha256.
        size: what they take, in bytes; less than their length in a compressed archive.
        touched_at: when they were last put.
        archive: the archive that they lie in; empty for bytes that lie loose.
    """

    name: str
    size: int
    touched_at: datetime
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A file among the artifacts that is none: what an interrupted write left, or something put there by hand."""

    path: str
    size: int
    touched_at: datetime

    @property
    def is_unfinished(self) -> bool:
        """Whether a write left it that did not end: nothing refers to it, ever."""
        return self.path.endswith(".part")


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
            StorageError: the disk refuses to read them.
        """

    @abstractmethod
    def has(self, sha256: str) -> bool:
        """Whether the bytes are here."""

    @abstractmethod
    def held(self) -> Iterable[Held]:
        """Everything that is kept, by name; bytes that lie loose and in an archive come once, loose."""

    @abstractmethod
    def remove(self, names: Sequence[str], *, before: datetime) -> Sequence[str]:
        """Remove those that nobody has put since `before`; what was removed.

        Raises:
            StorageError: the disk refuses.
        """

    def pack(self, label: str, names: Sequence[str]) -> int:
        """Keep these in one compressed archive named `label`; reading stays the same.

        Returns:
            The space that this saves, in bytes.

        Raises:
            StorageError: the disk is full or refuses; everything is then where it was.
        """
        del label, names
        return 0

    def strays(self) -> Sequence[Stray]:
        """Files that are no artifacts, oldest name first."""
        return ()

    def discard(self, stray: Stray) -> None:  # noqa: B027  (a store without strays has none to discard)
        """Delete a write that did not end; move any other stray to `lost+found`."""

    @abstractmethod
    def set_aside(self, name: str) -> None:
        """Take bytes that nothing refers to out of the way; on a disk, to `lost+found`."""
