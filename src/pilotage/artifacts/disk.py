"""Artifacts on disk: `ab/cd/abcd…`, written aside, flushed, then renamed into place; or packed in archives."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pilotage.artifacts.base import ArtifactStore, Held, Stray
from pilotage.artifacts.packs import Packs, flush_folder
from pilotage.core.crash import crash_point
from pilotage.core.errors import NotFoundError, StorageError
from pilotage.core.hashing import sha256_hex

_HASH = re.compile(r"[0-9a-f]{64}")
_ARCHIVE, _LOST = "archive", "lost+found"


class DiskArtifacts(ArtifactStore):
    """A folder. A crash leaves either the whole file or none (and perhaps a stray `.part`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packs = Packs(folder / _ARCHIVE)

    def put(self, data: bytes) -> str:
        """As `ArtifactStore.put`."""
        name = sha256_hex(data)
        path = self.path(name)
        with _refusals("cannot keep an artifact"):
            if not _touch(path):
                self._write(path, data)
        return name

    def get(self, sha256: str) -> bytes:
        """As `ArtifactStore.get`."""
        path = self.path(sha256)
        with _refusals("cannot read an artifact"):
            try:
                if path.is_symlink():  # none of ours: it may lead anywhere
                    raise FileNotFoundError
                return path.read_bytes()
            except FileNotFoundError:
                packed = self._packs.get(sha256)
        if packed is None:
            raise NotFoundError(f"no artifact {sha256!r}", field="sha256")
        return packed

    def has(self, sha256: str) -> bool:
        """As `ArtifactStore.has`."""
        return bool(_HASH.fullmatch(sha256)) and (self.path(sha256).exists() or sha256 in self._packs.held())

    def held(self) -> Iterable[Held]:
        """As `ArtifactStore.held`."""
        with _refusals("cannot list the artifacts"):
            loose = {file.name: _held(file) for file in self._loose()}
            return [held for _, held in sorted({**self._packs.held(), **loose}.items())]

    def remove(self, names: Sequence[str], *, before: datetime) -> Sequence[str]:
        """As `ArtifactStore.remove`."""
        with _refusals("cannot remove an artifact"):
            gone = [name for name in names if self._removed(self.path(name), before)]
            packed = self._packs.drop([name for name in names if not self.path(name).exists()], before)
        return sorted({*gone, *packed})

    def pack(self, label: str, names: Sequence[str]) -> int:
        """As `ArtifactStore.pack`."""
        with _refusals("cannot write an archive"):
            began = datetime.now(UTC)
            loose = [name for name in names if self.path(name).exists()]
            if not loose:
                return 0
            archive = self._folder / _ARCHIVE / f"{label}.zip"
            before = sum(map(_on_disk, (archive, *map(self.path, loose))))
            self._packs.add(label, loose, self.get)
            for name in loose:
                self._removed(self.path(name), began)
            return before - _on_disk(archive)

    def strays(self) -> Sequence[Stray]:
        """As `ArtifactStore.strays`."""
        with _refusals("cannot list the artifacts"):
            return [_stray(self._folder, file) for file in self._files() if not self._is_artifact(file)]

    def discard(self, stray: Stray) -> None:
        """As `ArtifactStore.discard`."""
        file = self._folder / stray.path
        with _refusals("cannot clear a stray file"):
            if stray.is_unfinished:
                file.unlink(missing_ok=True)
            else:
                self._lose(file)

    def set_aside(self, name: str) -> None:
        """As `ArtifactStore.set_aside`."""
        with _refusals("cannot move an artifact"):
            self._lose(self.path(name))

    def path(self, sha256: str) -> Path:
        """Where the bytes of this hash lie, or would.

        Raises:
            NotFoundError: not 64 lower-case hex digits, so no path outside the folder can be named.
        """
        if not _HASH.fullmatch(sha256):
            raise NotFoundError(f"no artifact {sha256!r}", field="sha256")
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def _files(self) -> Iterator[Path]:
        return (file for file in sorted(self._folder.rglob("*")) if file.is_file() and _LOST not in file.parts)

    def _loose(self) -> Iterator[Path]:
        return (file for file in self._files() if _HASH.fullmatch(file.name) and file == self.path(file.name))

    def _is_artifact(self, file: Path) -> bool:
        packed = file.suffix == ".zip" and file.parent == self._folder / _ARCHIVE
        return packed or (bool(_HASH.fullmatch(file.name)) and file == self.path(file.name))

    def _lose(self, file: Path) -> None:
        target = self._folder / _LOST / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            os.replace(file, target)

    @staticmethod
    def _removed(path: Path, before: datetime) -> bool:
        """Whether a file was there, untouched since `before`, and is gone now.

        It is renamed, then looked at again: whoever puts the same bytes meanwhile either touched the file
        before, which is seen then, or finds none and writes it anew.
        """
        aside = path.with_name(path.name + ".part")
        try:
            if path.stat().st_mtime >= before.timestamp():
                return False
            os.replace(path, aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= before.timestamp():
            os.replace(aside, path)
            return False
        aside.unlink()
        return True

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            crash_point("artifact written")
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        crash_point("artifact renamed")
        flush_folder(path.parent)  # the rename itself must survive a power cut


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """Turn what the disk says into an error of ours.

    Raises:
        StorageError: it refused.
    """
    try:
        yield
    except OSError as cause:
        raise StorageError(f"{what}: {cause.strerror}", hint=_hint(cause)) from cause


def _hint(cause: OSError) -> str:
    if cause.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "The folder of the artifacts cannot be written by this user."
    return "Free some disk space." if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "Check the disk."


def _touch(path: Path) -> bool:
    """Whether the file is there; its age then counts from now, so that no clean takes it from under its user."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _on_disk(file: Path) -> int:
    """The bytes that a file takes up: whole blocks, where the system tells; none if it is not there."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return 0
    return 512 * blocks if (blocks := getattr(stat, "st_blocks", None)) is not None else stat.st_size


def _held(file: Path) -> Held:
    stat = file.stat()
    return Held(file.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


def _stray(folder: Path, file: Path) -> Stray:
    stat = file.stat()
    return Stray(file.relative_to(folder).as_posix(), stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
