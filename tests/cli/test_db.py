"""`pilotage db`: upgraded after a backup, looked at, copied; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result

from pilotage.store import JobRow
from pilotage.store.engines import open_engine
from pilotage.store.migrate import head_revision
from pilotage.store.sql import SqlStore
from pilotage.testing.postgres import PostgresServer, find_programs
from pilotage.testing.store import job_row, session_row

Pilotage = Callable[..., Result]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the database of the commands will be."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'home' / 'pilotage.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database("commands") as made:
        monkeypatch.setenv("PILOTAGE_DATABASE", made)
        monkeypatch.setenv("PATH", str(find_programs()), prepend=":")
        yield made


@pytest.fixture
def db(url: str, pilotage: Pilotage) -> Pilotage:
    """`pilotage db` on that database."""
    return partial(pilotage, "db")


def call_it_older(url: str, revision: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()


def test_a_new_database_is_made_and_told_once(db: Pilotage) -> None:
    assert db("migrate").stdout == f"schema {head_revision()}\n"
    assert db("migrate").stdout == f"schema {head_revision()}, as it was\n"


def test_the_status_tells_schema_size_and_rows(db: Pilotage, url: str) -> None:
    db("migrate")
    store = SqlStore(url)
    with store.transaction() as tx:
        tx.put_many([session_row(1), job_row(1), job_row(2)])
    store.close()
    found = json.loads(db("status", "--json").stdout)
    assert (found["revision"], found["head"]) == (head_revision(), head_revision())
    assert (found["rows"]["session"], found["rows"]["job"], found["rows"]["event"]) == (1, 2, 0)
    assert found["size"] > 100_000
    told = db("status").stdout
    assert "         2  job\n" in told
    assert "migrate" not in told


def test_a_database_that_is_behind_is_told_so(db: Pilotage, url: str) -> None:
    db("migrate")
    call_it_older(url, "0001")
    assert f"schema  0001 (today's is {head_revision()}: pilotage db migrate)" in db("status").stdout


def test_a_database_of_a_newer_release_is_refused(db: Pilotage, url: str) -> None:
    db("migrate")
    call_it_older(url, "9999")
    assert "A newer Pilotage wrote it" in db("migrate", code=1).stderr


def test_a_backup_holds_what_was_there_and_replaces_nothing(db: Pilotage, url: str, tmp_path: Path) -> None:
    db("migrate")
    store = SqlStore(url)
    with store.transaction() as tx:
        tx.put(job_row(1))
    store.close()
    copy = tmp_path / "copy"
    told = json.loads(db("backup", str(copy), "--json").stdout)
    assert told == {"file": str(copy), "size": copy.stat().st_size}
    if url.startswith("sqlite"):
        assert SqlStore(f"sqlite:///{copy}").list(JobRow) == [job_row(1)]
    else:
        assert copy.read_bytes().startswith(b"PGDMP")
    assert "there already" in db("backup", str(copy), code=1).stderr


def test_a_home_without_a_database_has_no_status_and_gets_none(pilotage: Pilotage, tmp_path: Path) -> None:
    for arguments in (["status"], ["backup", str(tmp_path / "copy.db")]):
        assert "no database at" in pilotage("db", *arguments, code=3).stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://u:hush@h/d", "postgres://u:hush@h/d", "hush", "postgresql://u:hush@h:port/d"])
def test_a_database_of_an_unknown_kind_is_bad_input_that_is_not_repeated(
    url: str, pilotage: Pilotage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_DATABASE", url)
    result = pilotage("db", "status", code=2)
    assert "[database]" in result.stderr
    assert "hush" not in result.output


def test_a_server_that_is_not_there_is_told_without_the_password(
    pilotage: Pilotage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_DATABASE", "postgresql://somebody:hush@127.0.0.1:1/p")
    for command in (["migrate"], ["status"]):
        result = pilotage("db", *command, code=1)
        assert "Check that the database server runs" in result.stderr
        assert "hush" not in result.output
