"""The folder of runs and the picture sets of a lab, and the mirrors of the runs that somebody looks at."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pilotage.app.latent_mirror import Mirror
from pilotage.app.latent_training import end_if_orphaned
from pilotage.app.picture_sets import PictureSets
from pilotage.core.clock import system_clock
from pilotage.core.errors import NotFoundError, PilotageError
from pilotage.labs.latents.folder import PART, RunFolder, is_abandoned
from pilotage.labs.latents.paths import run_path
from pilotage.records import Event
from pilotage.store import JobRow, LatentRunRow, Store

_WATCHED = 32  # mirrors that are kept: reading a log from its beginning takes a while
_GONE = ".gone"


class LatentShelf:
    """Where runs and sets lie. Without a folder of its own, in one that goes with the process."""

    def __init__(self, store: Store, home: Path | None = None) -> None:
        self._store, self._home = store, home
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self._mirrors: OrderedDict[str, Mirror] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def home(self) -> Path:
        """The folder."""
        with self._lock:
            if self._home is None:
                self._own = tempfile.TemporaryDirectory(prefix="pilotage-")
                self._home = Path(self._own.name)
            return self._home

    @property
    def runs(self) -> Path:
        """Where each run has its folder."""
        return self.home / "runs"

    @property
    def sets_folder(self) -> Path:
        """Where one's own picture sets lie."""
        return self.home / "picture-sets"

    @property
    def sets(self) -> PictureSets:
        """The picture sets."""
        return PictureSets(self.sets_folder)

    def folder(self, run_id: str) -> RunFolder:
        """The folder of a run that is there.

        Raises:
            NotFoundError: no such run; field `run_id`.
            InvalidInputError: it holds something else than a run.
        """
        return RunFolder.open(self.runs, run_id)

    def mirror(self, run_id: str) -> Mirror:
        """What brings the database up to a run.

        Raises:
            NotFoundError, InvalidInputError: as `folder`.
        """
        folder = self.folder(run_id)
        with self._lock:
            mirror = self._mirrors.pop(run_id, None) or Mirror(self._store, folder)
            self._mirrors[run_id] = mirror
            while len(self._mirrors) > _WATCHED:
                self._mirrors.popitem(last=False)
        return mirror

    def settle(self) -> None:
        """Give a row to each run that was put here by hand, and forget each whose folder is gone.

        A run that is said to train, without a job that does, and whose log nobody holds, was interrupted. Without a
        folder of runs nothing is done: a disk that is not there has deleted nothing. What a kill left half made or half
        removed goes an hour later.
        """
        known = {row.id for row in self._store.list(LatentRunRow)}
        if not self.runs.is_dir():
            return
        there = set(os.listdir(self.runs))
        self._sweep(there)
        for run_id in sorted(there - known):
            with suppress(PilotageError):  # no run, or one that cannot be read: asked for by its id, it tells why
                run_path(self.runs, run_id)
                self.mirror(run_id).catch_up()
        for row in self._store.list(LatentRunRow, where={"state": "running"}):
            if row.id in there and not self._is_worked_on(row.id):
                with suppress(PilotageError):
                    end_if_orphaned(self.folder(row.id), patience=0.0)
                    self.mirror(row.id).catch_up()
        self.forget([run_id for run_id in sorted(known - there) if not self._is_worked_on(run_id)], at=system_clock())

    def forget(self, run_ids: Sequence[str], *, at: datetime) -> None:
        """Take runs whose folders are gone out of the database: rows, jobs, and events but for one that tells of it.

        Args:
            run_ids: of the runs.
            at: now.
        """
        if not run_ids:
            return
        with self._lock:
            for run_id in run_ids:
                self._mirrors.pop(run_id, None)
        with self._store.transaction() as tx:
            for run_id in run_ids:
                tx.remove(LatentRunRow, {"id": run_id})
                tx.remove(JobRow, {"topic": run_id})
                told = Event(topic=run_id, type="run.deleted", at=at, data={"run_id": run_id})
                tx.forget(run_id, before=tx.append(told).seq)

    def remove(self, run_id: str) -> None:
        """Remove a run's folder, at one moment as seen from elsewhere.

        Raises:
            NotFoundError: it is gone already.
        """
        gone = self.runs / f".{run_id}{_GONE}"
        shutil.rmtree(gone, ignore_errors=True)
        try:
            os.rename(self.runs / run_id, gone)
        except FileNotFoundError as cause:
            raise NotFoundError(f"no run {run_id!r}", field="run_id") from cause
        shutil.rmtree(gone, ignore_errors=True)

    def _sweep(self, names: Iterable[str]) -> None:
        """Remove what a kill left of folders that were being made or removed."""
        for path in (self.runs / name for name in names if name.startswith(".") and name.endswith((PART, _GONE))):
            if is_abandoned(path):
                shutil.rmtree(path, ignore_errors=True)

    def _is_worked_on(self, run_id: str) -> bool:
        active = {"topic": run_id, "state": ("queued", "running")}
        return bool(self._store.list(JobRow, where=active, limit=1))
