"""One session gives the same files whatever keeps it: memory, SQLite or PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pilotage.app.catalog import ModelCatalog
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.artifacts import DiskArtifacts
from pilotage.jobs import InlineEngine
from pilotage.reports.codebook import TABLES
from pilotage.sessions import acts, runs
from pilotage.sessions.acts import Submission
from pilotage.store import MemoryStore, Store
from pilotage.store.sql import SqlStore, migrate

CONFIG = {"model": "analytic", "seed": 11, "name": "ræv ✓ “x”", "candidates": 4, "request": {"prompt": "a disc"}}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Store, Path], dict[str, bytes]]:
    """Steer a session on a store, with a clock that ticks as it is read; every file that can be had of it."""

    def take(store: Store, folder: Path) -> dict[str, bytes]:
        seconds, ids, took = itertools.count(), itertools.count(), itertools.count()
        monkeypatch.setattr(acts, "new_id", lambda prefix: f"{prefix}_{next(ids):016}")
        monkeypatch.setattr(runs, "perf_counter", lambda: next(took) / 8)

        def clock() -> datetime:
            return datetime(2026, 3, 29, 0, 59, tzinfo=UTC) + timedelta(seconds=next(seconds), microseconds=123457)

        lab = Lab(store, DiskArtifacts(folder / "artifacts"), ModelCatalog(Settings()), clock=clock)
        lab.use_engine(InlineEngine(store, lab.verbs(), clock=clock))
        return files(lab, steered(lab), folder)

    return take


def steered(lab: Lab) -> str:
    session = lab.create_session(CONFIG).id
    for index in (1, 2, 3):
        requested = lab.request_round(session)
        assert requested.job is not None
        assert lab.wait(requested.job.id).state == "succeeded"
        shown = [candidate.id for candidate in lab.get_round(session, index).candidates]
        answer = {"kind": "ranking", "order": shown[index % 2 :]}
        lab.answer(session, index, Submission(answer=answer, comment='größer, \r\n"bitte"', gesture={"ms": 0.1}))
    lab.finish(session, shown[1], closeness=4, comment="it’s this")
    return session


def files(lab: Lab, session: str, folder: Path) -> dict[str, bytes]:
    found = {kind: lab.take_away(session, kind).data for kind in ("png", "replay")}
    for table in TABLES:
        for ending in ("csv", "parquet"):
            for path in lab.export_table(table, folder / "tables" / f"{table}.{ending}"):
                found[path.name] = path.read_bytes()
    lab.bundle(session, folder / "bundle.zip")
    return {**found, "bundle.zip": (folder / "bundle.zip").read_bytes()}


def test_every_export_has_the_same_bytes_from_every_store(
    taken: Callable[[Store, Path], dict[str, bytes]], postgres_url: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'p.db'}"
    migrate(url)
    stores = {"memory": MemoryStore(), "sqlite": SqlStore(url), "postgresql": SqlStore(postgres_url)}
    found = {name: taken(store, tmp_path / name) for name, store in stores.items()}
    for store in stores.values():
        store.close()
    assert len(found["memory"]["candidates.csv"].splitlines()) == 13
    for name in ("sqlite", "postgresql"):
        assert {file: data == found["memory"][file] for file, data in found[name].items()} == dict.fromkeys(
            found["memory"], True
        )
