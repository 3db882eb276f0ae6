"""Backups: what can be put in the place of a database that was lost."""

import subprocess
from pathlib import Path

import pytest

from pilotage.core.errors import StorageError
from pilotage.store import JobRow
from pilotage.store.backup import back_up
from pilotage.store.engines import open_engine
from pilotage.store.sql import SqlStore, migrate
from pilotage.testing.postgres import PostgresServer, find_programs
from pilotage.testing.store import job_row


def test_a_backup_of_sqlite_is_the_database_as_it_is_now(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'p.db'}"
    migrate(url)
    store = SqlStore(url)
    with store.transaction() as tx:
        tx.put(job_row(1))  # lies in the write-ahead log, not in the file
    back_up(open_engine(url), tmp_path / "far" / "copy.db")
    with store.transaction() as tx:
        tx.put(job_row(2))
    assert SqlStore(f"sqlite:///{tmp_path / 'far' / 'copy.db'}").list(JobRow) == [job_row(1)]


def test_a_backup_of_postgres_brings_a_lost_database_back(
    postgres: PostgresServer, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(find_programs()), prepend=":")
    store = SqlStore(postgres_url)
    with store.transaction() as tx:
        tx.put(job_row(1))
    store.close()
    archive = back_up(open_engine(postgres_url), tmp_path / "copy.dump")
    with postgres.database("restored") as url:
        plain = url.replace("+psycopg", "")
        subprocess.run([find_programs() / "pg_restore", f"--dbname={plain}", archive], check=True)
        again = SqlStore(url)
        assert again.list(JobRow) == [job_row(1)]
        again.close()


def test_a_backup_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'p.db'}"
    migrate(url)
    (tmp_path / "copy.db").write_text("a better backup")
    with pytest.raises(StorageError, match="there already"):
        back_up(open_engine(url), tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "a better backup"


def test_a_backup_that_fails_leaves_nothing_and_tells_no_password(tmp_path: Path) -> None:
    engine = open_engine("postgresql://somebody:hush@127.0.0.1:1/p")
    with pytest.raises(StorageError, match=r"pg_dump") as caught:
        back_up(engine, tmp_path / "copy.dump")
    assert "hush" not in f"{caught.value} {caught.value.hint}"
    assert list(tmp_path.iterdir()) == []
