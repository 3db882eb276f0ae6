"""A worker for the tests: `python worker_process.py HOME` does the verbs of the contract suite, and two more."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs.worker import run_worker
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


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = SqlStore(f"sqlite:///{HOME / 'p.db'}")
    heard: list[Any] = []
    run_worker(
        store, {**echo_verbs(), "count": count, "die": die}, home=HOME, device="cpu", stop=stop,
        status=lambda: {"heard": list(heard)}, on_command=heard.append,
    )  # fmt: skip


if __name__ == "__main__":
    main()
