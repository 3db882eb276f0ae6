"""The log of a run: `events.jsonl`, one writer, one line an event, numbered by its line."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from pilotage.core.hashing import canonical_json

# What may happen in a run, with the version of the data that tells it. Data only gains fields; else the version grows.
TYPES: Mapping[str, int] = MappingProxyType({
    "run.created": 1, "run.started": 1, "run.completed": 1, "run.cancelled": 1, "run.failed": 1,
    "train.progress": 1, "train.metrics": 1, "artifact.created": 1, "projection.progress": 1,
})  # fmt: skip
PACED = "train.progress"  # comes with every batch
PACE = 0.2  # seconds: five a second
UNFLUSHED = frozenset({PACED, "projection.progress"})  # worth nothing after a power cut


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One line of the log.

    Attributes:
        seq: number of the line, from 1.
        ts: when, UTC.
        type: a key of `TYPES`, or what a newer Pilotage wrote.
        v: version of `data`.
    """

    seq: int
    ts: datetime
    type: str
    v: int
    data: Mapping[str, Any]


class EventLog:
    """Appends to a log; whoever has one open is its only writer.

    A line reaches the system in one write before `append` returns, so the end of this process loses none; all types
    but those in `UNFLUSHED` reach the disk too, so a power cut loses none either. A line that was torn is cut when the
    log is opened.
    """

    def __init__(
        self, path: Path, *, clock: Clock = system_clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the log.

        Raises:
            NotFoundError: there is none.
            ConflictError: another writer has it.
            InvalidInputError: a line before the last is no event, or in another place.
            StorageError: the disk refuses.
        """
        self._clock, self._monotonic, self._paced_at = clock, monotonic, -PACE
        self._file = _opened(path)
        try:
            _lock(self._file)
            tail = EventTail(path)
            self.events: tuple[RunEvent, ...] = tuple(tail.poll())
            os.ftruncate(self._file, tail.end)
        except BaseException:
            os.close(self._file)
            raise
        self._seq, self._end = tail.seq, tail.end

    def append(self, type_: str, data: Mapping[str, Any]) -> RunEvent | None:
        """Write one event; None for progress that came too soon after the last: the next one says more.

        Raises:
            InvalidInputError: an unknown type, or data that JSON lacks (NaN too); nothing was written.
            StorageError: the disk is full or refuses; the log is as before.
        """
        if type_ not in TYPES:
            raise InvalidInputError(f"no event of a run is {type_[:60]!r}", field="type")
        if type_ == PACED and not self._is_due():
            return None
        event = RunEvent(self._seq + 1, self._clock(), type_, TYPES[type_], data)
        self._write(line_of(event), flushed=type_ not in UNFLUSHED)
        self._seq = event.seq
        return event

    def close(self) -> None:
        """Let the log go; what it says is on the disk then. Closing twice is harmless."""
        if self._file >= 0:
            with suppress(OSError):
                os.fsync(self._file)
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _is_due(self) -> bool:
        now = self._monotonic()
        if now - self._paced_at < PACE:
            return False
        self._paced_at = now
        return True

    def _write(self, line: bytes, *, flushed: bool) -> None:
        try:
            os.lseek(self._file, self._end, os.SEEK_SET)
            if os.write(self._file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if flushed:
                os.fsync(self._file)
        except OSError as cause:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise StorageError(f"cannot write the log of a run: {cause.strerror}", hint="Check the disk.") from cause
        self._end += len(line)


class EventTail:
    """Reads a log from its first line on, while it may still be written to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.seq, self.end = 0, 0  # of the last event that was read: its number, and the byte after it

    def poll(self) -> list[RunEvent]:
        """The events since the last call; a line that is still being written waits for the next.

        Raises:
            NotFoundError: there is no such log.
            InvalidInputError: a line before the last is no event, or in another place.
            StorageError: the disk refuses.
        """
        events = []
        lines = self._new_lines()
        for place, line in enumerate(lines):
            event = _event(line, self.seq + 1)
            if event is None:
                if place + 1 < len(lines):
                    raise _broken(self.seq + 1)
                break  # whole, yet no event: a power cut kept its length and not its content
            events.append(event)
            self.seq, self.end = event.seq, self.end + len(line) + 1
        return events

    def _new_lines(self) -> list[bytes]:
        try:
            with self._path.open("rb") as file:
                file.seek(self.end)
                return file.read().split(b"\n")[:-1]
        except FileNotFoundError as cause:
            raise NotFoundError("the run has no log", field="run_id") from cause
        except OSError as cause:
            raise StorageError(f"cannot read the log of a run: {cause.strerror}", hint="Check the disk.") from cause


def line_of(event: RunEvent) -> bytes:
    """The line of an event, with its end.

    Raises:
        InvalidInputError: data that JSON lacks (NaN too).
    """
    fields = {"seq": event.seq, "ts": event.ts.isoformat(), "type": event.type, "v": event.v, "data": event.data}
    try:
        return canonical_json(fields).encode() + b"\n"
    except (TypeError, ValueError) as cause:
        raise InvalidInputError(f"{event.type} cannot be told: {cause}"[:300], field="data") from cause


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as cause:
        raise NotFoundError("the run has no log", field="run_id") from cause
    except OSError as cause:
        raise StorageError(f"cannot open the log of a run: {cause.strerror}", hint="Check the disk.") from cause


def _lock(file: int) -> None:
    with suppress(ImportError):  # a system without it does not keep a second writer out
        import fcntl  # noqa: PLC0415

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise ConflictError("the run is being written to", hint="Wait until it has ended, or cancel it.") from cause


def _broken(line: int) -> InvalidInputError:
    return InvalidInputError(f"line {line} of events.jsonl is no event {line}", field="events.jsonl")


def _event(line: bytes, number: int) -> RunEvent | None:
    """The event in a line; what a newer Pilotage adds to a line is passed over."""
    try:
        said = json.loads(line)
        at = datetime.fromisoformat(said["ts"])
        event = RunEvent(said["seq"], at, said["type"], said["v"], said["data"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    plain = type(event.seq) is int and isinstance(event.type, str) and isinstance(event.data, dict)
    return event if plain and event.seq == number else None
