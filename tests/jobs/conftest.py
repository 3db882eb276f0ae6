"""A home folder with its database, and workers on it that can be killed, stopped and woken."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pilotage.core.clock import system_clock
from pilotage.jobs.base import new_job
from pilotage.jobs.dbos_engine import DbosClientEngine
from pilotage.store import JobRow
from pilotage.store.sql import SqlStore, migrate
from pilotage.testing.jobs import PATIENCE
from pilotage.testing.postgres import PostgresServer

SCRIPT = Path(__file__).with_name("worker_process.py")


class Home:
    """A home folder with its database, its engine, and workers that can be started and killed."""

    script = SCRIPT

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.store = SqlStore(url or f"sqlite:///{folder / 'p.db'}")
        migrate(self.store.url)
        self.engine = DbosClientEngine(self.store, folder)
        self.worker: subprocess.Popen[str] | None = None
        self.workers: list[subprocess.Popen[str]] = []

    def start(self, slot: int = 0, lease: float = 40.0) -> subprocess.Popen[str]:
        """Start a worker; the newest is `worker`."""
        command = [sys.executable, str(SCRIPT), str(self.folder), str(slot), str(lease)]
        environment = {**os.environ, "PILOTAGE_DATABASE": self.store.url}
        self.worker = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        self.workers.append(self.worker)
        return self.worker

    def kill(self) -> None:
        """End the newest worker by force."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.communicate()

    def ask(self, kind: str, key: str, **payload: object) -> JobRow:
        with self.store.transaction() as tx:
            return self.engine.enqueue(tx, new_job(kind, payload, topic="t", key=(key,), clock=system_clock))

    def until(self, true: Callable[[], object], seconds: float = PATIENCE) -> float:
        """Wait for something to become true; how long it took."""
        begun = time.monotonic()
        while not true():
            assert time.monotonic() - begun < seconds, self.store.list(JobRow)
            time.sleep(0.02)
        return time.monotonic() - begun

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            if worker.returncode is None:
                print(worker.communicate()[1])  # shown if the test fails
        self.engine.close()
        self.store.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with a worker, shared by the tests that leave it in order."""
    home = Home(tmp_path_factory.mktemp("busy"))
    home.start()
    yield home
    home.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def busy_on_postgres(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """As `busy`, on PostgreSQL."""
    with postgres.database("busy") as url:
        home = Home(tmp_path_factory.mktemp("busy"), url)
        home.start()
        yield home
        home.close()


@pytest.fixture
def home_on(tmp_path: Path) -> Iterator[Callable[[str], Home]]:
    """Makes a home on a database of its own."""
    made: list[Home] = []

    def make(url: str) -> Home:
        made.append(Home(tmp_path, url))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def home_on_postgres(tmp_path: Path, postgres_url: str) -> Iterator[Home]:
    """A home whose database is a PostgreSQL, as for workers on several machines."""
    made = Home(tmp_path, postgres_url)
    yield made
    made.close()
