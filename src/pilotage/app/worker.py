"""The worker process: models in memory, jobs from the queue; ends with the server that started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from pilotage.app.settings import Settings
from pilotage.app.threads import model_threads, set_threads

SUPERVISED = "PILOTAGE_SUPERVISED"  # set by the server: standard input is a pipe that ends when the server does
GRACE_S = 8.0  # for the step in hand, before a supervised worker ends whatever it does
YIELDING = 5
DEFAULT_MODEL = "starter"


def work(settings: Settings, *, slot: int = 0, queues: Sequence[str] = ()) -> None:
    """Run one worker until it is told to stop (a signal, or the end of the server that supervises it).

    Args:
        settings: where things are kept, and what the models run on.
        slot: which of this machine's workers it is.
        queues: the lanes that it takes jobs from; all of them if empty.

    Raises:
        ConflictError: a worker of this slot runs on this home folder already.
        InvalidInputError: a queue that is none.
    """
    set_threads(model_threads())
    if os.environ.get(SUPERVISED) and hasattr(os, "nice"):
        os.nice(YIELDING)  # to the server beside it: a page that answers late is noticed, a picture hardly
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if os.environ.get(SUPERVISED):
        threading.Thread(target=_watch_parent, args=(stop,), name="parent-watch", daemon=True).start()

    from pilotage.app.logs import log_to  # noqa: PLC0415  (threads are counted when numpy is imported)
    from pilotage.app.memory import MemoryBudget  # noqa: PLC0415
    from pilotage.app.snapshots import note_load, note_start  # noqa: PLC0415
    from pilotage.app.warmth import Warmth  # noqa: PLC0415
    from pilotage.app.wiring import worker_lab  # noqa: PLC0415
    from pilotage.jobs.call_server import CallServer  # noqa: PLC0415
    from pilotage.jobs.live import live_secret  # noqa: PLC0415
    from pilotage.jobs.worker import Place, run_worker  # noqa: PLC0415

    log_to(settings.home / "logs", "worker" if slot == 0 else f"worker-{slot}")
    lab, store = worker_lab(settings)
    clock = lab.ports.clock
    note_start(store, settings, "worker", clock, threads=model_threads())
    warmth = Warmth(lab.catalog, on_loaded=lambda info, ms: note_load(store, info, ms, clock))
    budget = MemoryBudget(lab.catalog, settings)
    verbs = budget.kept(warmth.watched(lab.verbs()))
    if budget.preloads(DEFAULT_MODEL, awaited=bool(os.environ.get(SUPERVISED))):
        threading.Thread(target=warmth.preload, args=(verbs, DEFAULT_MODEL), name="preload", daemon=True).start()
    talks = not queues or "interactive" in queues
    calls = CallServer(live_secret(settings.home), lab.call_handlers(budget) if talks else {})
    own = {"requested": settings.device, "threads": model_threads(), "calls": calls.address if talks else ""}
    place = Place(settings.home, settings.device, slot, *((tuple(queues),) if queues else ()))

    def status() -> dict[str, Any]:
        languages = [one.model_dump(mode="json") for one in lab.catalog.warm_languages()]
        return {**own, **warmth.status(), "languages": languages, "memory": budget.status()}

    run_worker(store, verbs, place, stop=stop, status=status)


def _watch_parent(stop: threading.Event) -> None:
    """Standard input ends when the server closes it, or is killed."""
    sys.stdin.buffer.read()
    stop.set()
    time.sleep(GRACE_S)
    os._exit(0)
