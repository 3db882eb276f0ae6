"""Wiring: labs for each way of use."""

from __future__ import annotations

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.artifacts import DiskArtifacts, MemoryArtifacts
from pilotage.core.progress import Progress, silent
from pilotage.jobs import InlineEngine
from pilotage.store import MemoryStore, Store


def memory_lab(settings: Settings | None = None, *, progress: Progress = silent) -> Lab:
    """A lab in this process alone: nothing is written to disk."""
    lab = Lab(MemoryStore(), MemoryArtifacts(), ModelCatalog(settings or Settings()))
    lab.use_engine(InlineEngine(lab.store, lab.verbs(), progress=progress))
    return lab


def local_lab(settings: Settings, *, progress: Progress = silent) -> Lab:
    """A lab on the home folder, with jobs run in this process: the terminal's."""
    lab = Lab(open_store(settings), DiskArtifacts(settings.artifacts_folder), ModelCatalog(settings))
    lab.use_engine(InlineEngine(lab.store, lab.verbs(), progress=progress))
    return lab


def open_store(settings: Settings) -> Store:
    """The database, brought to the newest schema."""
    from pilotage.store.sql import SqlStore, migrate  # noqa: PLC0415

    settings.home.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    return SqlStore(settings.database_url)
