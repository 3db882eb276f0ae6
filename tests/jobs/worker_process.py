"""A worker for the tests, `worker_process.py HOME [SLOT [LEASE]]`: the verbs of the contract suite, and three more."""

import functools
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pilotage.core.clock import system_clock
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs.binding import BoundStore
from pilotage.jobs.leases import Leases
from pilotage.jobs.worker import Place, run_worker
from pilotage.store import ArtifactRow
from pilotage.store.sql import SqlStore
from pilotage.testing.jobs import echo_verbs

HOME = Path(sys.argv[1])


def count(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    """Count in a file to ten, going on where another process left off."""
    file = HOME / payload["file"]
    file.touch()
    while (done := len(file.read_text().split())) < payload["to"]:
        with file.open("a") as out:
            out.write(f"{os.getpid()}\n")
        progress(Step("generating", done, payload["to"], previews=((done % 2, Media("image/png", b"png")),)))
        cancel.check()
        time.sleep(0.1)
    return {"pids": len(set(file.read_text().split()))}


def die(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    """What a broken driver does."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def write(
    store: BoundStore, payload: dict[str, Any], *, progress: Progress, cancel: CancelToken
) -> dict[str, Any]:  # fmt: skip
    """Write an artifact's row each tenth of a second, named by who writes; deaf to the wish to stop."""
    for done in range(payload["to"]):
        with store.transaction() as tx:
            row = ArtifactRow(id=f"{os.getpid()}-{done}", created_at=system_clock(), media_type="text/plain", size=done)
            tx.put(row)
        progress(Step("generating", done, payload["to"]))
        time.sleep(0.1)
    return {"pid": os.getpid()}


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = SqlStore(os.environ.get("PILOTAGE_DATABASE") or f"sqlite:///{HOME / 'p.db'}")
    heard: list[Any] = []
    slot = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    leases = Leases(lease=float(sys.argv[3])) if len(sys.argv) > 3 else None
    verbs = {**echo_verbs(), "count": count, "die": die, "write": functools.partial(write, BoundStore(store))}
    run_worker(
        store, verbs, Place(HOME, "cpu", slot), stop=stop, leases=leases, status=lambda: {"heard": list(heard)},
        on_command=heard.append,
    )  # fmt: skip


if __name__ == "__main__":
    main()
