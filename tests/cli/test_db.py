"""`pilotage db`: upgraded after a backup, looked at, copied; on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pilotage.cli.main import main
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
def pilotage(url: str, tmp_path: Path) -> Pilotage:
    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "db", *arguments])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return run


def call_it_older(url: str, revision: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()


def test_a_new_database_is_made_and_told_once(pilotage: Pilotage) -> None:
    assert pilotage("migrate").stdout == f"schema {head_revision()}\n"
    assert pilotage("migrate").stdout == f"schema {head_revision()}, as it was\n"


def test_the_status_tells_schema_size_and_rows(pilotage: Pilotage, url: str) -> None:
    pilotage("migrate")
    store = SqlStore(url)
    with store.transaction() as tx:
        tx.put_many([session_row(1), job_row(1), job_row(2)])
    store.close()
    found = json.loads(pilotage("status", "--json").stdout)
    assert (found["revision"], found["head"]) == (head_revision(), head_revision())
    assert (found["rows"]["session"], found["rows"]["job"], found["rows"]["event"]) == (1, 2, 0)
    assert found["size"] > 100_000
    told = pilotage("status").stdout
    assert "         2  job\n" in told
    assert "migrate" not in told


def test_a_database_that_is_behind_is_told_so(pilotage: Pilotage, url: str) -> None:
    pilotage("migrate")
    call_it_older(url, "0001")
    assert f"schema  0001 (today's is {head_revision()}: pilotage db migrate)" in pilotage("status").stdout


def test_a_database_of_a_newer_release_is_refused(pilotage: Pilotage, url: str) -> None:
    pilotage("migrate")
    call_it_older(url, "9999")
    assert "A newer Pilotage wrote it" in pilotage("migrate", code=1).stderr


def test_a_backup_holds_what_was_there_and_replaces_nothing(pilotage: Pilotage, url: str, tmp_path: Path) -> None:
    pilotage("migrate")
    store = SqlStore(url)
    with store.transaction() as tx:
        tx.put(job_row(1))
    store.close()
    copy = tmp_path / "copy"
    told = json.loads(pilotage("backup", str(copy), "--json").stdout)
    assert told == {"file": str(copy), "size": copy.stat().st_size}
    if url.startswith("sqlite"):
        assert SqlStore(f"sqlite:///{copy}").list(JobRow) == [job_row(1)]
    else:
        assert copy.read_bytes().startswith(b"PGDMP")
    assert "there already" in pilotage("backup", str(copy), code=1).stderr


def test_a_home_without_a_database_has_no_status_and_gets_none(tmp_path: Path) -> None:
    for arguments in (["status"], ["backup", str(tmp_path / "copy.db")]):
        result = CliRunner().invoke(main, ["--home", str(tmp_path), "db", *arguments])
        assert result.exit_code == 3
        assert "no database at" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://u:hush@h/d", "postgres://u:hush@h/d", "hush", "postgresql://u:hush@h:port/d"])
def test_a_database_of_an_unknown_kind_is_bad_input_that_is_not_repeated(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_DATABASE", url)
    result = CliRunner().invoke(main, ["--home", str(tmp_path), "db", "status"])
    assert result.exit_code == 2
    assert "[database]" in result.stderr
    assert "hush" not in result.output


def test_a_server_that_is_not_there_is_told_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_DATABASE", "postgresql://somebody:hush@127.0.0.1:1/p")
    for command in (["migrate"], ["status"]):
        result = CliRunner().invoke(main, ["--home", str(tmp_path), "db", *command])
        assert result.exit_code == 1
        assert "Check that the database server runs" in result.stderr
        assert "hush" not in result.output
