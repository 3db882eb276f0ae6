"""Which workers are alive, and where they can be spoken to: each writes its row every two seconds."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from pilotage.core.errors import GenerationError
from pilotage.jobs.base import problem
from pilotage.store import JobRow, Reader, Store, WorkerRow

BEAT_EVERY = 2.0
_SILENT_AFTER = timedelta(seconds=5 * BEAT_EVERY)  # a busy machine may miss a few beats


def live_workers(reader: Reader, now: datetime) -> Sequence[WorkerRow]:
    """The workers that were heard of lately and have not said goodbye (their address is empty then).

    For people to see: it believes the workers' clocks. Who takes over jobs must not (`pilotage.jobs.leases`).
    """
    return [row for row in reader.list(WorkerRow) if row.address and now - row.beat_at < _SILENT_AFTER]


def live_addresses(reader: Reader) -> Sequence[str]:
    """Where the workers of this machine listen, the one heard of last first; some may have died since."""
    rows = sorted(reader.list(WorkerRow), key=lambda row: row.beat_at, reverse=True)
    return [address for row in rows if (address := address_here(row))]


def address_here(worker: WorkerRow | None) -> str:
    """The worker's live channel if it is on this machine, else nothing: its loopback address is not ours."""
    return worker.address if worker is not None and worker.id == worker_name(slot_of(worker.id)) else ""


def worker_name(slot: int | str) -> str:
    """The id of a worker of this machine, which is also DBOS's name for it."""
    return f"{socket.gethostname()}:{slot}"


def slot_of(worker_id: str) -> str:
    """The slot in a worker's id."""
    return worker_id.rpartition(":")[2]


def note_death(store: Store, slot: int, cause: str) -> None:
    """Write down, at the jobs that a worker of this machine had in hand, how it ended: the only clue if they fail."""
    with store.transaction() as tx:
        for job in tx.list(JobRow, where={"state": "running", "worker_id": worker_name(slot)}):
            tx.put(job.model_copy(update={"error": problem(GenerationError(cause))}))
