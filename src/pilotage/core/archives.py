"""Zip archives from elsewhere, read so that none can climb out, swell up or say two things at once."""

from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pilotage.core.errors import InvalidInputError, NotFoundError

MAX_NAME = 240  # bytes: what Windows takes of a whole path, and Linux of one part
_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR = b"PK\x06\x07"  # of the zip64 records, that would overrule the end
_LOCATOR_SIZE = 20
_ENTRY_SIZE = 46 + 2 * MAX_NAME + 256  # of the table of contents: fixed part, name, extra fields
_SLACK = 1 << 16  # bytes that may unpack from next to nothing: a page of blanks is no bomb
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: made where files have no mode
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, RuntimeError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose table of contents has been checked.

    Attributes:
        sizes: name -> bytes once unpacked, in the archive's order; folders are left out.
    """

    sizes: dict[str, int]
    _zip: zipfile.ZipFile

    def read(self, name: str) -> bytes:
        """The content of one file, its checksum checked.

        Raises:
            NotFoundError: the archive has no such file.
            InvalidInputError: the content is damaged, or isn't as long as was said.
        """
        if name not in self.sizes:
            raise NotFoundError(f"the archive has no {name!r}", field="archive", entry=name)
        try:
            with self._zip.open(name) as file:  # by its size: read whole, a file that lies would swell up first
                data = file.read(self.sizes[name]) + file.read(1)
        except _FAULTS as cause:
            raise _refusal(f"cannot be read: {cause}", name) from cause
        if len(data) != self.sizes[name]:
            raise _refusal("is shorter than it says", name)
        return data


@contextmanager
def open_archive(
    file: Path | IO[bytes], *, max_size: int = 2 << 30, max_ratio: int = 200, max_files: int = 20_000
) -> Iterator[Archive]:
    """Open a zip archive that someone else made; nothing is unpacked before all of its contents table is checked.

    Args:
        file: a path, or an open file that can be searched.
        max_size: bytes that the archive may have, and that all its files may have together once unpacked.
        max_ratio: unpacked bytes a packed byte, in any one file.
        max_files: files and folders.

    Raises:
        InvalidInputError: no zip archive or a damaged one; too large, too many files or packed too tightly; encrypted;
            or a name that climbs, is absolute, is a link, stands twice, or means something on another system.
    """
    try:
        packed = zipfile.ZipFile(_checked_end(file, max_size, max_files))
    except InvalidInputError:
        raise
    except _FAULTS as cause:
        raise _refusal(f"is no zip archive that can be read: {cause}") from cause
    with packed:
        entries = packed.infolist()
        if len(entries) > max_files:
            raise _refusal(f"holds more than {max_files} files")
        for entry in entries:
            _check(entry, max_ratio)
        if sum(entry.file_size for entry in entries) > max_size:
            raise _refusal(f"unpacks to more than {max_size} bytes")
        _check_apart(entries)
        yield Archive({entry.filename: entry.file_size for entry in entries if not entry.is_dir()}, packed)


def _checked_end(file: Path | IO[bytes], max_size: int, max_files: int) -> Path | IO[bytes]:
    """Bound the table of contents before it is read: each entry of it costs memory."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            _checked_end(opened, max_size, max_files)
        return file
    size = file.seek(0, 2)
    if size > max_size:
        raise _refusal(f"has more than {max_size} bytes")
    file.seek(max(0, size - _END_SIZE - _LOCATOR_SIZE))
    tail = file.read()
    end = tail[-_END_SIZE:]
    if not end.startswith(_END) or end[-2:] != b"\0\0" or tail.startswith(_LOCATOR):
        raise _refusal("is no plain zip archive (a comment at its end, zip64, or another format)")
    (table,) = struct.unpack_from("<L", end, 12)
    if table > max_files * _ENTRY_SIZE:
        raise _refusal(f"holds more than {max_files} files")
    return file


def _check(entry: zipfile.ZipInfo, max_ratio: int) -> None:
    name = entry.orig_filename  # as it stands in the file: `filename` is cut at a NUL
    if reason := _name_fault(name):
        raise _refusal(reason, name)
    if stat.S_IFMT(entry.external_attr >> 16) not in _KINDS:
        raise _refusal("is a link or a device, not a file", name)
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise _refusal("is encrypted, or packed in a way that isn't read here", name)
    if entry.file_size > max_ratio * entry.compress_size + _SLACK:
        raise _refusal(f"unpacks to more than {max_ratio} times its size", name)


def _name_fault(name: str) -> str | None:
    """Why a name can't be used on every system; None if it can."""
    parts = name.removesuffix("/").split("/")
    if len(name.encode(errors="replace")) > MAX_NAME:
        return "has too long a name"
    if any(char < " " or char in '\\:*?"<>|\x7f' for char in name):
        return "has a name with a backslash, a colon or another character that a path can't have everywhere"
    if any(part in ("", ".", "..") or part[-1] in ". " for part in parts):
        return "has a name that is absolute or climbs, or a part that is empty or ends in a dot or blank"
    if any(part.partition(".")[0].lower() in _DEVICES for part in parts):
        return "has the name of a device"
    return None


def _check_apart(entries: Iterable[zipfile.ZipInfo]) -> None:
    """No two entries that would be one file, on a system that ignores case or spells accents its own way."""
    files: set[str] = set()
    above: dict[str, str] = {}
    for entry in entries:
        plain = unicodedata.normalize("NFC", entry.filename).casefold().removesuffix("/")
        if not entry.is_dir():
            if plain in files:
                raise _refusal("is there twice", entry.filename)
            files.add(plain)
        parts = plain.split("/")
        above |= {"/".join(parts[:n]): entry.filename for n in range(1, len(parts) + entry.is_dir())}
    for plain in files & above.keys():
        raise _refusal("lies in a folder that is also a file", above[plain])


def _refusal(reason: str, entry: str = "") -> InvalidInputError:
    what = f"{entry[:80]!r} in the archive" if entry else "the archive"
    return InvalidInputError(
        f"{what} {reason}", field="archive", hint="Nothing was imported.", **({"entry": entry[:80]} if entry else {})
    )
