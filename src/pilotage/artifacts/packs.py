"""Archives: artifacts of one session in one zip, each under its sha256; read like loose files."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from pilotage.artifacts.base import Held
from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import sha256_hex

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,80}")
_WORTH = 0.98  # a PNG is compressed already: packing it again costs time at each look and saves nothing
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Packs:
    """The zips of a folder. Other processes may add and replace them: the folder is looked at again on a miss."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}
        self._places: dict[Path, dict[str, Held]] = {}

    def get(self, name: str) -> bytes | None:
        """The bytes, or None if no archive has them."""
        for path, names in self._index().items():
            if name in names:
                return _read(path, name)
        return None

    def held(self) -> Mapping[str, Held]:
        """Everything that lies in archives."""
        return {name: held for names in self._index().values() for name, held in names.items()}

    def add(self, label: str, names: Sequence[str], read: Callable[[str], bytes]) -> None:
        """Write the archive `label` anew: what it had, and `names`. It is read back before it takes its place.

        Raises:
            InvalidInputError: a label that could name another folder.
            OSError: what was written is not what was read, or the archive is damaged; it stays as it was.
        """
        if not _LABEL.fullmatch(label):
            raise InvalidInputError(f"{label!r} is no name of an archive", field="label")
        path = self._folder / f"{label}.zip"
        known = self._index().get(path, {})
        if path.exists() and not known:
            raise _damage(path)
        self._write(path, sorted({*known, *names}), lambda name: _read(path, name) if name in known else read(name))

    def drop(self, names: Sequence[str], before: datetime) -> list[str]:
        """Write the archives anew without `names`, as far as they were packed before `before`; what went."""
        gone: list[str] = []
        for path, known in self._index().items():
            out = [name for name in names if name in known and known[name].touched_at < before]
            left = sorted(set(known) - set(out))
            if out and left:
                self._write(path, left, partial(_read, path))
            elif out:
                path.unlink()
            gone += out
        return gone

    def _index(self) -> Mapping[Path, Mapping[str, Held]]:
        found = {path: path.stat() for path in sorted(self._folder.glob("*.zip"))}
        seen = {path: (stat.st_mtime_ns, stat.st_ino) for path, stat in found.items()}
        if seen != self._seen:
            known, self._places = self._places, {}
            for path, mark in seen.items():
                kept = known.get(path) if self._seen.get(path) == mark else None
                self._places[path] = dict(_entries(path)) if kept is None else kept
            self._seen = seen
        return self._places

    def _write(self, path: Path, names: Sequence[str], read: Callable[[str], bytes]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "w+b") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    for name in names:
                        _add(archive, name, read(name))
                _check(path, file, names)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        flush_folder(self._folder)


def flush_folder(folder: Path) -> None:
    """Make what was renamed in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError) as cause:
        raise _damage(path) from cause


def _entries(path: Path) -> Iterator[tuple[str, Held]]:
    """What an archive holds; nothing if it is damaged, so that the others can still be read."""
    packed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            yield entry.filename, Held(entry.filename, entry.compress_size, packed_at, path.stem)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    # One fixed date: the same artifacts give the same archive.
    worth = len(zlib.compress(data, 6)) < _WORTH * len(data)
    kind = zipfile.ZIP_DEFLATED if worth else zipfile.ZIP_STORED
    archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, compress_type=kind)


def _check(path: Path, file: IO[bytes], names: Sequence[str]) -> None:
    """Read back what was written before it takes the place of anything."""
    with zipfile.ZipFile(file) as archive:
        if archive.namelist() != list(names) or any(sha256_hex(archive.read(name)) != name for name in names):
            raise _damage(path)


def _damage(path: Path) -> OSError:
    return OSError(errno.EIO, f"the archive {path.name} is damaged")
