"""A run in the database: its row and its events, that follow the log in its folder line by line."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from pilotage.labs.latents.events import EventTail, RunEvent
from pilotage.labs.latents.folder import EVENTS, RunFolder
from pilotage.labs.latents.state import RunSummary
from pilotage.records import Event
from pilotage.store import LatentRunRow, Store

_AT_ONCE = 500  # events that are appended in one transaction


class Mirror:
    """Brings the database up to a run's log: each line becomes one event, in its order.

    How far it is stands in the row, so that any number of processes may do this at once, and end at any moment.
    """

    def __init__(self, store: Store, folder: RunFolder) -> None:
        self._store, self._folder = store, folder
        self._config = folder.config()
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        """From the log's first line."""
        self._tail = EventTail(self._folder.path / EVENTS)
        self._pending: list[RunEvent] = []
        self.summary = RunSummary(run_id=self._folder.run_id, created_at=self._config.created_at)
        self.told: dict[str, dict[str, Any]] = {}  # path -> what was last told of that artifact

    def catch_up(self, *, job_id: str | None = None) -> LatentRunRow:
        """Read what is new, and write it into the database; the row as it stands then.

        Args:
            job_id: the job that trains from now on.

        Raises:
            InvalidInputError, ConflictError: the log is damaged.
            StorageError: the database refuses.
        """
        with self._lock:
            self._read()
            row = self._store.find(LatentRunRow, self._folder.run_id)
            while row is None or row.seq < self._tail.seq or (job_id is not None and row.job_id != job_id):
                if self._lacks(1 if row is None else row.seq + 1):  # a write before this was taken back
                    self._begin()
                    self._read()
                row = self._write(job_id)
            self._pending = []
            return row

    def _read(self) -> None:
        for event in self._tail.poll():
            self.summary = self.summary.after(event)
            self._pending.append(event)
            if event.type == "artifact.created":
                self.told[str(event.data.get("path"))] = dict(event.data)

    def _lacks(self, seq: int) -> bool:
        """Whether a line was read, and is not at hand any more."""
        first = self._pending[0].seq if self._pending else self._tail.seq + 1
        return seq < first and seq <= self._tail.seq

    def _write(self, job_id: str | None) -> LatentRunRow:
        with self._store.transaction() as tx:
            row = tx.find(LatentRunRow, self._folder.run_id) or self._row()
            fresh = [event for event in self._pending if event.seq > row.seq][:_AT_ONCE]
            for event in fresh:
                tx.append(self._event(event))
            seq = fresh[-1].seq if fresh else row.seq
            update: dict[str, Any] = {"seq": seq, **({"job_id": job_id} if job_id is not None else {})}
            if self._tail.seq >= row.seq:  # else another has read further since: what the row says is newer
                update |= self._standing()
            row = row.model_copy(update=update)
            tx.put(row)
        return row

    def _event(self, event: RunEvent) -> Event:
        data = {**event.data, "run_id": self._folder.run_id, "run_seq": event.seq}
        return Event(topic=self._folder.run_id, type=event.type, version=event.v, at=event.ts, data=data)

    def _standing(self) -> dict[str, Any]:
        summary = self.summary
        shared = {name: getattr(summary, name) for name in ("state", "epoch", "metrics", "error")}
        finished: datetime | None = summary.finished_at
        return {**shared, "finished_at": finished}

    def _row(self) -> LatentRunRow:
        config = self._config
        return LatentRunRow(
            id=config.run_id, created_at=config.created_at, kind=config.training.get("kind", "gmvae"),
            data=str(config.data.get("name", "")), epochs=int(config.training.get("epochs", 0)),
            training=config.training, parent_id=(config.parent or {}).get("run_id"),
        )  # fmt: skip
