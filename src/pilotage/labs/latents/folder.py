"""The folder of one run: made whole, written file by file so that none is ever half there, read with care."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pilotage.artifacts.packs import flush_folder
from pilotage.core.crash import crash_point
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from pilotage.core.hashing import canonical_json, sha256_file, sha256_hex
from pilotage.core.strategies import invalid_input
from pilotage.labs.latents.envelope import SCHEMA_VERSION, timeless
from pilotage.labs.latents.events import TYPES, RunEvent, line_of
from pilotage.labs.latents.paths import FOLDERS, artifact_path, read_path, run_path
from pilotage.labs.latents.state import RunConfig, RunSummary

CONFIG, EVENTS, SUMMARY, CANCEL = "config.json", "events.jsonl", "summary.json", "cancel_requested"
PAGE = "index.html"  # of a run that was taken elsewhere
PART = ".part"  # how a write ends that is going on, or did not end
ABANDONED = 3600.0  # seconds after which a write does not go on any more
MAX_CORE = 64 << 20  # bytes of config.json or summary.json

_Read = TypeVar("_Read", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of a run that is on the disk; as data it is the event that tells of it.

    Attributes:
        path: within the run's folder.
        bytes: its length.
        schema: name and version of its form, `latent_2d_pca/1`.
        epoch: of the weights that it was made with.
    """

    path: str
    sha256: str
    bytes: int
    schema: str
    epoch: int


class RunFolder:
    """The files of one run. Several processes may write artifacts at once; the log has one writer."""

    def __init__(self, runs: Path, run_id: str) -> None:
        """Name the folder; nothing is read.

        Raises:
            NotFoundError: `run_id` is no id of a run.
        """
        self.run_id, self.path = run_id, run_path(runs, run_id)

    @classmethod
    def create(cls, runs: Path, config: RunConfig) -> RunFolder:
        """Make the folder of a new run: config, summary, and a log that tells of its making. It is there whole or not.

        Raises:
            ConflictError: a run of this id is there.
            StorageError: the disk is full or refuses.
        """
        folder = cls(runs, config.run_id)
        summary = RunSummary(run_id=config.run_id, created_at=config.created_at)
        made = RunEvent(1, config.created_at, "run.created", TYPES["run.created"], {"run_id": config.run_id})
        with _refusals("make the folder of a run"):
            runs.mkdir(parents=True, exist_ok=True)
            part = _aside(folder.path)
            try:
                for name in FOLDERS:
                    (part / name).mkdir(parents=True)
                for name, data in ((CONFIG, _json(config)), (SUMMARY, _json(summary)), (EVENTS, line_of(made))):
                    _put(part / name, data)
                crash_point("run made")
                os.rename(part, folder.path)
            except BaseException as cause:
                shutil.rmtree(part, ignore_errors=True)
                if isinstance(cause, OSError) and cause.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise ConflictError(f"there is a run {config.run_id} already", field="run_id") from cause
                raise
            flush_folder(runs)
        return folder

    @classmethod
    def open(cls, runs: Path, run_id: str) -> RunFolder:
        """The folder of a run that is there.

        Raises:
            NotFoundError: no such run.
            InvalidInputError: it holds something else than a run: the field names the file.
        """
        folder = cls(runs, run_id)
        if not folder._is_own("") or not folder.path.is_dir():
            raise NotFoundError(f"no run {run_id!r}", field="run_id")
        for name, said in ((CONFIG, folder.config().run_id), (SUMMARY, folder.summary().run_id)):
            if said != run_id:
                raise InvalidInputError(f"{name} is of another run, {said[:60]!r}", field=name)
        for name in FOLDERS:
            if not folder._is_own(name) or not (folder.path / name).is_dir():
                raise InvalidInputError(f"{name} is no folder", field=name)
        if not folder._is_own(EVENTS) or not (folder.path / EVENTS).is_file():
            raise InvalidInputError(f"{EVENTS} is no file", field=EVENTS)
        return folder

    def config(self) -> RunConfig:
        """What the run was asked for.

        Raises:
            InvalidInputError: config.json is missing or damaged.
        """
        return self._core(CONFIG, RunConfig)

    def summary(self) -> RunSummary:
        """Where the run stood when its log was last written to.

        Raises:
            InvalidInputError: summary.json is missing or damaged.
        """
        return self._core(SUMMARY, RunSummary)

    def save_summary(self, summary: RunSummary) -> None:
        """Replace summary.json.

        Raises:
            StorageError: the disk is full or refuses; the former one stays.
        """
        with _refusals("write the summary of a run"):
            _put(self.path / SUMMARY, _json(summary))

    def write(self, name: str, epoch: int, data: bytes, **keys: int | str) -> Artifact:
        """Write an artifact of an epoch, then its mirror; both are on the disk when this returns.

        The mirror holds the newest epoch that there is, whatever the order of writing. A file that says the same
        already keeps its bytes, so that what was told of it stays true though it is made once more.

        Args:
            name: a key of `PATTERNS`.
            epoch: from 0.
            data: the whole file.
            keys: what the pattern asks for.

        Raises:
            InvalidInputError: no such artifact.
            StorageError: the disk is full or refuses; what was there before stays.
        """
        path = artifact_path(name, epoch, **keys)
        with _refusals("write an artifact of a run"):
            data = _as_it_stands(self._inside(path), data)
            _put(self._inside(path), data)
            crash_point("run artifact written")
            self._mirror(name, **keys)
            crash_point("run artifact mirrored")
        return Artifact(path, sha256_hex(data), len(data), f"{name}/{SCHEMA_VERSION}", epoch)

    def epochs(self, name: str, **keys: int | str) -> tuple[int, ...]:
        """The epochs of which an artifact is there, ascending."""
        before, _, after = artifact_path(name, None, **keys).partition("latest")
        folder, _, start = before.rpartition("/")
        end, slash, _ = after.partition("/")
        entries = re.compile(rf"{re.escape(start)}epoch_(0|[1-9][0-9]*){re.escape(end)}")
        try:
            found = [int(match[1]) for entry in os.listdir(self.path / folder) if (match := entries.fullmatch(entry))]
        except FileNotFoundError:
            return ()
        return tuple(sorted(n for n in found if not slash or (self.path / f"{before}epoch_{n}{after}").exists()))

    def file(self, path: str) -> Path:
        """The file of an artifact, by its path within the folder.

        Raises:
            NotFoundError: no artifact can lie there, or none does; no other file can be named.
        """
        read_path(path)
        if not self._is_own(path) or not (self.path / path).is_file():
            raise NotFoundError(f"the run has no {path}", field="path")
        return self.path / path

    def artifact(self, path: str) -> Artifact:
        """The file at a path within the folder, as it would have been told of when it was written.

        Raises:
            NotFoundError: no file of an epoch lies there.
        """
        place, file = read_path(path), self.file(path)
        if place.epoch is None:
            raise NotFoundError(f"{path} is a mirror", field="path")
        return Artifact(path, sha256_file(file), file.stat().st_size, f"{place.name}/{SCHEMA_VERSION}", place.epoch)

    def request_cancel(self) -> None:
        """Ask whoever trains to stop; it looks at every batch.

        Raises:
            StorageError: the disk is full or refuses.
        """
        with _refusals("ask a run to stop"):
            _put(self.path / CANCEL, b"")

    @property
    def cancel_requested(self) -> bool:
        """Whether somebody asked."""
        return (self.path / CANCEL).exists()

    def clear_cancel(self) -> None:
        """Forget that somebody asked: a run that goes on begins so."""
        (self.path / CANCEL).unlink(missing_ok=True)

    def clear_parts(self) -> None:
        """Remove what writes left behind that did not end."""
        for above, _, names in os.walk(self.path):
            for path in (Path(above, name) for name in names if name.startswith(".") and name.endswith(PART)):
                if is_abandoned(path):
                    with suppress(OSError):
                        path.unlink()

    def _core(self, name: str, schema: type[_Read]) -> _Read:
        path = self.path / name
        try:
            if not self._is_own(name) or path.stat().st_size > MAX_CORE:
                raise InvalidInputError(f"{name} is a link, or too large", field=name)
            return schema.model_validate_json(path.read_bytes())
        except OSError as cause:
            raise InvalidInputError(f"{name} cannot be read: {cause.strerror}", field=name) from cause
        except ValidationError as cause:
            raise invalid_input(cause, prefix=name) from cause

    def _is_own(self, path: str) -> bool:
        """Whether no part of a path below the folder of all runs is a link that leads elsewhere."""
        runs = os.path.realpath(self.path.parent)
        return os.path.realpath(self.path / path) == os.path.normpath(os.path.join(runs, self.run_id, path))

    def _inside(self, path: str) -> Path:
        if not self._is_own(os.path.dirname(path)):
            raise OSError(errno.ELOOP, "a folder of the run is a link")
        return self.path / path

    def _mirror(self, name: str, **keys: int | str) -> None:
        mirror = self._inside(artifact_path(name, None, **keys))
        mirrored = None
        while mirrored != (newest := self.epochs(name, **keys)[-1]):  # another process may have written meanwhile
            _link(self.path / artifact_path(name, newest, **keys), mirror)
            mirrored = newest


def is_abandoned(path: Path) -> bool:
    """Whether what lies aside for the moment of a write, or of a removal, has lain there for an hour."""
    try:
        return time.time() - path.lstat().st_mtime > ABANDONED
    except OSError:
        return False


def _as_it_stands(path: Path, data: bytes) -> bytes:
    """The bytes that are there if they say the same, else `data`."""
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        return data
    return there if timeless(there) == timeless(data) else data


def _json(model: BaseModel) -> bytes:
    return canonical_json(model.model_dump(mode="json")).encode() + b"\n"


def _put(path: Path, data: bytes) -> None:
    """A whole file or none, on the disk when this returns."""
    _make_folder(path.parent)
    part = _aside(path)
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def _link(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`, or its copy where a disk has no second names."""
    _make_folder(target.parent)
    part = _aside(target)
    try:
        os.link(source, part)
    except OSError:
        return _put(target, source.read_bytes())
    os.replace(part, target)
    part.unlink(missing_ok=True)  # replacing a file by itself leaves both names
    return flush_folder(target.parent)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}{PART}")


def _make_folder(folder: Path) -> None:
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for above in reversed(missing):
        flush_folder(above.parent)


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as cause:
        full = cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        hint = "Free some disk space." if full else "Check the disk."
        raise StorageError(f"cannot {what}: {cause.strerror}", hint=hint) from cause
