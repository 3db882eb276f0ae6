"""The one writer of a run: its log, its summary that follows from the log, and its files before they are told of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from pilotage.core.clock import Clock, system_clock
from pilotage.core.crash import crash_point
from pilotage.core.errors import ConflictError, NotFoundError
from pilotage.labs.latents.events import TYPES, EventLog, RunEvent
from pilotage.labs.latents.folder import EVENTS, Artifact, RunFolder
from pilotage.labs.latents.state import RunSummary, summarise
from pilotage.models.files import hash_of

PATIENCE = 15.0  # seconds: a former trainer whose supervisor is gone ends, and who tells of files is done
_LOOK_EVERY = 0.2  # seconds


class RunWriter:
    """Writes a run. The log comes first: the summary is what follows from it, and mends itself after a crash.

    Threads of one process may share it.
    """

    def __init__(
        self, folder: RunFolder, *, clock: Clock = system_clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the run's log, and mend what a crash left behind.

        Raises:
            ConflictError: another writer has the run, or its log contradicts itself.
            InvalidInputError: the folder holds junk.
            StorageError: the disk is full or refuses.
        """
        self.folder, self._clock, self._lock = folder, clock, threading.RLock()
        self._log = EventLog(folder.path / EVENTS, clock=clock, monotonic=monotonic)
        try:
            self._summary = summarise(folder.config(), self._log.events)
            if folder.summary() != self._summary:
                folder.save_summary(self._summary)
            created = [event for event in self._log.events if event.type == "artifact.created"]
            self._told = {str(event.data.get("path")): event for event in created}
            self._mend()
        except BaseException:
            self._log.close()
            raise

    @classmethod
    def opened(cls, folder: RunFolder, *, patience: float = PATIENCE) -> Self:
        """Take the run's log as soon as it is free.

        Args:
            folder: of the run.
            patience: seconds for whoever writes to it to end.

        Raises:
            ConflictError: it is still being written to, or its log contradicts itself.
            InvalidInputError, StorageError: as without patience.
        """
        end = time.monotonic() + patience
        while True:
            try:
                return cls(folder)
            except ConflictError:
                if time.monotonic() >= end:
                    raise
                time.sleep(_LOOK_EVERY)

    @property
    def summary(self) -> RunSummary:
        """Where the run stands."""
        return self._summary

    @property
    def told(self) -> frozenset[str]:
        """Paths of all files that were told of, by this writer or one before it."""
        with self._lock:
            return frozenset(self._told)

    def emit(self, type_: str, data: Mapping[str, Any]) -> RunEvent | None:
        """Tell what happened, then bring the summary up to it; None for progress that came too soon after the last.

        Raises:
            ConflictError: it can't happen in the run's state; nothing was written.
            InvalidInputError: an unknown type, or data that JSON lacks; nothing was written.
            StorageError: the disk is full or refuses. An event that could not be written has not happened; if it was
                the summary that could not, it has, and the summary is mended when the run is opened again.
        """
        with self._lock:
            self._summary.after(RunEvent(0, self._clock(), type_, TYPES.get(type_, 0), data))
            event = self._log.append(type_, data)
            if event is not None:
                crash_point("run event written")
                if type_ == "artifact.created":
                    self._told[str(data.get("path"))] = event
                summary = self._summary.after(event)
                if summary != self._summary:
                    self._summary = summary
                    self.folder.save_summary(summary)
            return event

    def artifact(self, name: str, epoch: int, data: bytes, **keys: int | str) -> Artifact:
        """Write a file of an epoch and its mirror, then tell of it.

        Args:
            name: a key of `paths.PATTERNS`.
            epoch: from 0.
            data: the whole file.
            keys: what its pattern asks for.

        Raises:
            InvalidInputError: no such artifact.
            StorageError: the disk is full or refuses.
        """
        artifact = self.folder.write(name, epoch, data, **keys)
        self.announce(artifact)
        return artifact

    def announce(self, artifact: Artifact) -> None:
        """Tell of a file that is on the disk already, perhaps written by another process.

        Raises:
            StorageError: the disk is full or refuses.
        """
        self.emit("artifact.created", asdict(artifact))

    def tell_rest(self, paths: Iterable[str]) -> None:
        """Tell of those files that were never told of, as an end between a file and its event leaves them.

        Args:
            paths: of files that are there.

        Raises:
            NotFoundError: no file of an epoch lies at one of them.
            StorageError: the disk is full or refuses.
        """
        with self._lock:
            for path in paths:
                if path not in self._told:
                    self.announce(self.folder.artifact(path))

    def close(self) -> None:
        """Let the run go; its state stays as it is."""
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _mend(self) -> None:
        """Tell again of files that were replaced after they were told of, as a crash between the two leaves them."""
        for path, event in list(self._told.items()):
            try:
                file = self.folder.file(path)
            except NotFoundError:
                continue
            if (sha256 := hash_of(file)) != event.data.get("sha256"):
                self.emit("artifact.created", {**event.data, "sha256": sha256, "bytes": file.stat().st_size})
