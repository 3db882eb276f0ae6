"""Artifacts on disk: `ab/cd/abcd…`, written aside, flushed, then renamed into place."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from pilotage.artifacts.base import ArtifactStore
from pilotage.core.errors import NotFoundError, StorageError
from pilotage.core.hashing import sha256_hex

_HASH = re.compile(r"[0-9a-f]{64}")


class DiskArtifacts(ArtifactStore):
    """A folder. A crash leaves either the whole file or none (and perhaps a stray `.part`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """As `ArtifactStore.put`."""
        name = sha256_hex(data)
        path = self.path(name)
        if not path.exists():
            try:
                self._write(path, data)
            except OSError as cause:
                raise StorageError(
                    f"cannot keep an artifact: {cause.strerror}", hint="Free some disk space."
                ) from cause
        return name

    def get(self, sha256: str) -> bytes:
        """As `ArtifactStore.get`."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFoundError(f"no artifact {sha256!r}", field="sha256") from None

    def has(self, sha256: str) -> bool:
        """As `ArtifactStore.has`."""
        return bool(_HASH.fullmatch(sha256)) and self.path(sha256).exists()

    def path(self, sha256: str) -> Path:
        """Where the bytes of this hash lie, or would.

        Raises:
            NotFoundError: not 64 lower-case hex digits, so no path outside the folder can be named.
        """
        if not _HASH.fullmatch(sha256):
            raise NotFoundError(f"no artifact {sha256!r}", field="sha256")
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)  # the rename itself must survive a power cut
        finally:
            os.close(directory)
