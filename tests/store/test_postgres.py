"""The store in PostgreSQL: servers that stop, writers that hang, and what is said then."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text  # noqa: TID253

from pilotage.core.errors import ConflictError, StorageError
from pilotage.store import JobRow, RoundRow, SampleRow, Transaction, postgres
from pilotage.store.sql import SqlStore, migrate
from pilotage.store.tables import TABLES
from pilotage.testing.postgres import PostgresServer
from pilotage.testing.store import START, event, job_row, session_row


@pytest.fixture
def store(postgres_url: str) -> Iterator[SqlStore]:
    opened = SqlStore(postgres_url)
    yield opened
    opened.close()


def test_a_row_whose_parent_is_missing_is_refused(store: SqlStore) -> None:
    orphan = RoundRow(id="rnd_1", created_at=START, session_id="ses_0", index=1)
    with pytest.raises(ConflictError, match="foreign key"), store.transaction() as tx:
        tx.put(orphan)
    assert store.list(RoundRow) == []


def test_within_a_transaction_a_child_may_come_before_its_parent(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.put(RoundRow(id="rnd_1", created_at=START, session_id="ses_1", index=1))
        tx.put(session_row(1))


def test_what_the_database_refuses_is_told_in_one_line_without_the_row(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.put(session_row(1))
        tx.put(RoundRow(id="rnd_1", created_at=START, session_id="ses_1", index=1))
    with pytest.raises(ConflictError, match="unique constraint") as caught, store.transaction() as tx:
        tx.put(RoundRow(id="rnd_2", created_at=START, session_id="ses_1", index=1))
    assert "\n" not in str(caught.value)
    assert "ses_1" not in str(caught.value)


def test_a_database_without_tables_says_what_to_do(postgres: PostgresServer) -> None:
    with postgres.database("bare") as url:
        store = SqlStore(url)
        with pytest.raises(StorageError) as caught:
            store.list(JobRow)
        assert "pilotage db migrate" in caught.value.hint
        store.close()


def test_a_server_that_restarts_loses_no_acknowledged_write_and_is_found_again() -> None:
    server = PostgresServer()
    with server.database("p") as url:
        migrate(url)
        store = SqlStore(url)
        acknowledged = 0
        for restart in range(3):
            with store.transaction() as tx:
                tx.put(job_row(restart))
                acknowledged = tx.append(event(restart)).seq or 0
            with pytest.raises(StorageError) as caught, store.transaction() as tx:
                _write_while_it_stops(server, tx.connection)
            assert "Check that the database server runs" in caught.value.hint
            with pytest.raises(StorageError, match="connection"):
                store.list(JobRow)
            server.start()
            assert store.last_seq() == acknowledged  # the first try already: the dead connection was replaced
            assert len(store.list(JobRow)) == restart + 1
        server.kill()
        server.start()
        with store.transaction() as tx:  # a restart that nobody noticed
            tx.put(job_row(3))
        assert len(store.list(JobRow)) == 4
        store.close()
    server.close()


def _write_while_it_stops(server: PostgresServer, connection: object) -> None:
    execute = connection.execute  # type: ignore[attr-defined]
    execute(TABLES[JobRow].delete())
    server.kill()
    execute(text("SELECT 1"))


def test_a_connection_lost_while_many_rows_are_sent_is_told_and_replaced(store: SqlStore) -> None:
    with pytest.raises(StorageError) as caught, store.transaction() as tx:
        _write_many_without_a_connection(store, tx)
    assert "Check that the database server runs" in caught.value.hint
    assert store.list(JobRow) == []


def _write_many_without_a_connection(store: SqlStore, tx: Transaction) -> None:
    tx.put(job_row(0))
    name = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    other = SqlStore(store.url)
    with other.snapshot() as reader:
        reader._connection.exec_driver_sql(f"SELECT pg_terminate_backend({name})")  # type: ignore[attr-defined]
    other.close()
    tx.insert_many([job_row(number) for number in range(1000)])


def test_a_writer_that_hangs_with_its_transaction_keeps_the_others_out_only_for_a_while(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys, time\n"
        "from sqlalchemy import text\n"
        "from pilotage.store import postgres\n"
        "from pilotage.store.sql import SqlStore\n"
        "from pilotage.testing.store import job_row\n"
        "postgres._ONE_WRITER = text(str(postgres._ONE_WRITER).replace('30s', '1s'))\n"
        f"store = SqlStore({store.url!r})\n"
        "with store.transaction() as tx:\n"
        "    tx.put(job_row(1)); print('writing', flush=True); time.sleep(600)\n"
    )
    hung = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert hung.stdout is not None
    assert hung.stdout.readline() == "writing\n"
    began = time.monotonic()
    with store.transaction() as tx:
        assert tx.find(JobRow, "job_1") is None
        tx.put(job_row(2))
    assert time.monotonic() - began < 10
    hung.kill()
    hung.communicate()
    assert [row.id for row in store.list(JobRow)] == ["job_2"]


def test_a_lock_that_another_program_keeps_is_told(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_ONE_WRITER", text(str(postgres._ONE_WRITER).replace("30s", "100ms")))
    other = SqlStore(store.url)
    with other.transaction() as tx:
        tx.put(job_row(1))
        tx.connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        with pytest.raises(StorageError, match="lock timeout") as caught, store.transaction():
            pass
    other.close()
    assert "Another program" in caught.value.hint


def test_the_password_is_told_to_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = SqlStore("postgresql://somebody:hush@127.0.0.1:1/p")
    with caplog.at_level(logging.DEBUG), pytest.raises(StorageError) as caught:
        store.list(SampleRow)
    said = f"{caught.value} {caught.value.hint} {caught.value.facts} {store!r} {store._engine!r} {caplog.text}"
    assert "127.0.0.1" in said
    assert "hush" not in said


def test_two_processes_may_bring_a_new_database_up_at_once(postgres: PostgresServer) -> None:
    code = "import sys\nfrom pilotage.store.sql import migrate\nprint(migrate(sys.argv[1]).now)"
    with postgres.database("bare") as url:
        both = [subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE) for _ in range(2)]
        assert [process.wait(60) for process in both] == [0, 0]
