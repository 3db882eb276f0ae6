"""Which workers are alive: each writes its row every two seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pilotage.store import Reader, WorkerRow

BEAT_EVERY = 2.0
_SILENT_AFTER = timedelta(seconds=5 * BEAT_EVERY)  # a busy machine may miss a few beats


def live_workers(reader: Reader, now: datetime) -> Sequence[WorkerRow]:
    """The workers that were heard of lately and have not said goodbye (their address is empty then)."""
    return [row for row in reader.list(WorkerRow) if row.address and now - row.beat_at < _SILENT_AFTER]
