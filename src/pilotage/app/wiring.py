"""Wiring: labs for each way of use."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.memory import MemoryBudget
from pilotage.app.settings import Settings
from pilotage.artifacts import DiskArtifacts, MemoryArtifacts
from pilotage.core.errors import StorageError
from pilotage.core.progress import Progress, silent
from pilotage.jobs import InlineEngine
from pilotage.jobs.call_server import call_address
from pilotage.jobs.calling import InlineCalls, RemoteCalls
from pilotage.jobs.live import live_secret
from pilotage.store import MemoryStore

if TYPE_CHECKING:
    from pilotage.store.sql import SqlStore


def memory_lab(settings: Settings | None = None, *, progress: Progress = silent) -> Lab:
    """A lab in this process alone: nothing is written to disk."""
    settings = settings or Settings()
    lab = Lab(MemoryStore(), MemoryArtifacts(), ModelCatalog(settings))
    budget = MemoryBudget(lab.catalog, settings)
    lab.use_engine(InlineEngine(lab.store, budget.kept(lab.verbs()), progress=progress))
    lab.use_calls(InlineCalls(lab.call_handlers(budget)))
    return lab


def local_lab(settings: Settings, *, progress: Progress = silent) -> Lab:
    """A lab on the home folder, with jobs run in this process: the terminal's."""
    lab, _ = worker_lab(settings)
    budget = MemoryBudget(lab.catalog, settings)
    lab.use_engine(engine := InlineEngine(lab.store, budget.kept(lab.verbs()), progress=progress))
    lab.use_calls(InlineCalls(lab.call_handlers(budget)))
    with suppress(StorageError):  # a full disk can still be read
        engine.settle()
    return lab


def server_lab(settings: Settings) -> Lab:
    """The lab of the API process: it asks for jobs, and workers do them."""
    from pilotage.app.quota import BoundedEngine  # noqa: PLC0415  (a second of imports)

    lab, store = worker_lab(settings)
    lab.use_engine(BoundedEngine(store, settings.home, limit=settings.queue_limit))
    lab.use_calls(RemoteCalls(lambda: call_address(store), live_secret(settings.home)))
    return lab


def worker_lab(settings: Settings) -> tuple[Lab, SqlStore]:
    """The lab of a worker, and its database; it has no engine, since it does jobs and asks for none."""
    store = open_store(settings)
    lab = Lab(store, DiskArtifacts(settings.artifacts_folder), ModelCatalog(settings))
    lab.keep_language_in(settings.home)
    lab.keep_latents_in(settings.home)
    return lab, store


def open_store(settings: Settings) -> SqlStore:
    """The database, brought to the newest schema; an older one is backed up first."""
    from pilotage.store.sql import SqlStore, migrate  # noqa: PLC0415

    settings.home.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url, folder=settings.home / "backups")
    return SqlStore(settings.database_url)
