"""The durable engine on PostgreSQL: the contract, workers that are killed, and a server that restarts."""

from collections.abc import Callable
from typing import Any

import pytest

from pilotage.jobs.dbos_engine import DbosClientEngine
from pilotage.store import JobRow
from pilotage.store.sql import SqlStore
from pilotage.testing.jobs import PATIENCE, JobEngineContract
from pilotage.testing.postgres import PostgresServer

HomeOn = Callable[[str], Any]


class TestDbosEngineOnPostgres(JobEngineContract):
    @pytest.fixture
    def store(self, busy_on_postgres: Any) -> SqlStore:
        return busy_on_postgres.store

    @pytest.fixture
    def engine(self, busy_on_postgres: Any) -> DbosClientEngine:
        return busy_on_postgres.engine


def counted(home: Any) -> int:
    file = home.folder / "count"
    return len(file.read_text().split()) if file.exists() else 0


def test_the_queue_keeps_its_tables_apart_and_nothing_in_them_is_a_pickle(busy_on_postgres: Any) -> None:
    home = busy_on_postgres
    home.engine.wait(home.ask("echo", "plain", word="ü").id, timeout=PATIENCE)
    with home.store.transaction() as tx:
        schemas = tx.connection.exec_driver_sql(
            "SELECT table_schema FROM information_schema.tables WHERE table_name = 'workflow_status'"
        )
        assert schemas.scalars().all() == ["dbos"]
        found = tx.connection.exec_driver_sql("SELECT DISTINCT serialization FROM dbos.workflow_status")
        assert set(found.scalars()) <= {"portable_json"}


def test_a_job_whose_worker_is_killed_goes_on_in_the_next(postgres: PostgresServer, home_on: HomeOn) -> None:
    with postgres.database("killed") as url:
        home = home_on(url)
        job = home.ask("count", "killed", file="count", to=12)
        home.start()
        home.until(lambda: counted(home) >= 3)
        home.kill()
        assert home.store.get(JobRow, job.id).state == "running"
        home.start()
        done = home.engine.wait(job.id, timeout=PATIENCE)
        assert (done.state, done.result, done.starts, done.attempt) == ("succeeded", {"pids": 2}, 2, 1)
        assert counted(home) == 12
        home.close()


def test_jobs_outlive_a_restart_of_the_database_server(home_on: HomeOn) -> None:
    server = PostgresServer()
    with server.database("restarted") as url:
        home = home_on(url)
        home.start()
        running = home.ask("count", "running", file="count", to=25)
        waiting = home.ask("echo", "waiting")
        home.until(lambda: counted(home) >= 3)
        server.kill()
        server.start()
        for job in (running, waiting):
            assert home.engine.wait(job.id, timeout=2 * PATIENCE).state == "succeeded"
        assert counted(home) == 25
        later = home.ask("echo", "later")
        assert home.engine.wait(later.id, timeout=PATIENCE).state == "succeeded"
        home.close()
    server.close()
