"""Which workers are alive, and where they can be spoken to: each writes its row every two seconds."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from pilotage.store import Reader, WorkerRow

BEAT_EVERY = 2.0
_SILENT_AFTER = timedelta(seconds=5 * BEAT_EVERY)  # a busy machine may miss a few beats


def live_workers(reader: Reader, now: datetime) -> Sequence[WorkerRow]:
    """The workers that were heard of lately and have not said goodbye (their address is empty then).

    For people to see: it believes the workers' clocks. Who takes over jobs must not (`pilotage.jobs.leases`).
    """
    return [row for row in reader.list(WorkerRow) if row.address and now - row.beat_at < _SILENT_AFTER]


def live_addresses(reader: Reader) -> Sequence[str]:
    """Where the workers of this machine listen."""
    return [address for row in reader.list(WorkerRow) if (address := address_here(row)) and not is_gone(row)]


def address_here(worker: WorkerRow | None) -> str:
    """The worker's live channel if it is on this machine, else nothing: its loopback address is not ours."""
    return worker.address if worker is not None and _is_here(worker.id) else ""


def is_gone(worker: WorkerRow | None) -> bool:
    """Whether a worker's process is known to have ended: on this machine one can ask."""
    if worker is None or os.name != "posix" or not _is_here(worker.id):
        return False
    try:
        os.kill(worker.pid, 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False


def worker_name(slot: int) -> str:
    """The id of a worker of this machine, which is also DBOS's name for it."""
    return f"{socket.gethostname()}:{slot}"


def _is_here(worker_id: str) -> bool:
    return worker_id.rpartition(":")[0] == socket.gethostname()
