"""The store in SQLite: the contract, and what is said when the database refuses."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pilotage.core.errors import ConflictError, StorageError
from pilotage.store import ROWS, JobRow, RoundRow
from pilotage.store.sql import SqlStore, migrate
from pilotage.store.sqlite import file_system, refuse_network_folder
from pilotage.store.tables import TABLES
from pilotage.testing.shared_store import SharedStoreContract
from pilotage.testing.store import START, job_row, session_row


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with today's schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("fresh") / "fresh.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def file(tmp_path: Path, fresh: Path) -> Path:
    return Path(shutil.copy(fresh, tmp_path / "a folder with ü.db"))


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    opened = SqlStore(f"sqlite:///{file}")
    yield opened
    opened.close()


class TestSqlStore(SharedStoreContract):
    @pytest.fixture
    def store(self, file: Path) -> Iterator[SqlStore]:
        opened = SqlStore(f"sqlite:///{file}")
        yield opened
        opened.close()

    @pytest.fixture
    def opener(self, store: SqlStore) -> str:
        return f"from pilotage.store.sql import SqlStore\nstore = SqlStore({store.url!r})"


class TestPostgresStore(SharedStoreContract):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[SqlStore]:
        opened = SqlStore(postgres_url)
        yield opened
        opened.close()

    @pytest.fixture
    def opener(self, store: SqlStore) -> str:
        return f"from pilotage.store.sql import SqlStore\nstore = SqlStore({store.url!r})"


def test_every_row_class_has_a_table_with_a_column_a_field() -> None:
    assert set(TABLES) == set(ROWS)
    for kind, table in TABLES.items():
        assert set(table.columns.keys()) == set(kind.model_fields), kind
        for name, field in kind.model_fields.items():
            assert table.c[name].nullable == (type(None) in getattr(field.annotation, "__args__", ())), (kind, name)


def test_a_store_opened_again_has_what_was_written(store: SqlStore, file: Path) -> None:
    with store.transaction() as tx:
        tx.put(job_row(1))
    store.close()
    assert SqlStore(f"sqlite:///{file}").get(JobRow, "job_1") == job_row(1)


def test_the_file_is_opened_for_many_processes_and_power_cuts(store: SqlStore) -> None:
    with store.transaction() as tx:
        asked = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                 ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")}  # fmt: skip
    assert asked == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000, "foreign_keys": 1}


def test_a_writer_that_dies_leaves_whole_transactions(store: SqlStore) -> None:
    code = (
        "import os, sys\n"
        "from pilotage.store.sql import SqlStore\n"
        "from pilotage.testing.store import event, job_row\n"
        f"store = SqlStore({store.url!r})\n"
        "for number in range(10_000):\n"
        "    with store.transaction() as tx:\n"
        "        tx.put(job_row(number)); tx.append(event(number))\n"
        "    print(number, flush=True)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(20):
        acknowledged = int(writer.stdout.readline())
    writer.kill()
    acknowledged = max([acknowledged, *(int(line) for line in writer.stdout.read().split())])
    writer.wait()
    assert len(store.list(JobRow)) == store.last_seq() >= acknowledged + 1


def test_a_row_whose_parent_is_missing_is_refused(store: SqlStore) -> None:
    orphan = RoundRow(id="rnd_1", created_at=START, session_id="ses_0", index=1)
    with pytest.raises(ConflictError, match="FOREIGN KEY"), store.transaction() as tx:
        tx.put(orphan)
    assert store.list(RoundRow) == []


def test_within_a_transaction_a_child_may_come_before_its_parent(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.put(RoundRow(id="rnd_1", created_at=START, session_id="ses_1", index=1))
        tx.put(session_row(1))


def test_a_session_has_one_round_of_each_index(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.put(session_row(1))
        tx.put(RoundRow(id="rnd_1", created_at=START, session_id="ses_1", index=1))
    with pytest.raises(ConflictError, match="UNIQUE"), store.transaction() as tx:
        tx.put(RoundRow(id="rnd_2", created_at=START, session_id="ses_1", index=1))


def test_a_time_without_a_zone_is_refused(store: SqlStore) -> None:
    with pytest.raises(StorageError, match="no time zone"), store.transaction() as tx:
        tx.put(job_row(1, created_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_full_disk_is_told_with_a_way_out_and_loses_nothing(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.put(job_row(1))
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # the same as no room on the disk
    with pytest.raises(StorageError, match="full") as caught, store.transaction() as tx:
        tx.put(job_row(2, payload={"much": "x" * 1_000_000}))
    assert "disk space" in caught.value.hint
    assert store.list(JobRow) == [job_row(1)]


def test_a_lock_that_another_program_keeps_is_told(store: SqlStore, file: Path) -> None:
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked") as caught, store.transaction():
            pass
        other.execute("ROLLBACK")
    assert "Another program" in caught.value.hint


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        SqlStore(f"sqlite:///{tmp_path / 'new.db'}").list(JobRow)
    assert "migrate" in caught.value.hint


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_sqlite_store_needs_a_file(url: str) -> None:
    with pytest.raises(StorageError, match="needs a file"):
        SqlStore(url)


def test_a_folder_on_a_network_is_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path}/far nfs4 rw 0 0\n/dev/b {tmp_path}/far/near xfs rw 0 0\n"
    )
    with pytest.raises(StorageError, match="nfs4"):
        refuse_network_folder(tmp_path / "far" / "p.db", mounts=mounts)
    refuse_network_folder(tmp_path / "far" / "near" / "p.db", mounts=mounts)
    assert file_system(tmp_path / "farther" / "p.db", mounts=mounts) == "ext4"
    assert file_system(tmp_path, mounts=tmp_path / "absent") == ""


def test_a_session_of_twenty_rounds_is_read_by_index(store: SqlStore) -> None:
    with store.transaction() as tx:
        plans = [
            tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM {query}").all()[0][3]
            for query in (
                "round WHERE session_id = 'x' ORDER BY \"index\"",
                "candidate WHERE round_id = 'x' ORDER BY slot",
                "answer WHERE round_id = 'x'",
                "sample WHERE run_id = 'x' ORDER BY \"index\"",
                "event WHERE topic = 'x' AND seq > 3 ORDER BY seq",
                "session WHERE state = 'active' ORDER BY created_at",
                "job WHERE state = 'running' ORDER BY created_at",
            )
        ]
    assert all(plan.startswith("SEARCH") and "INDEX" in plan for plan in plans), plans
