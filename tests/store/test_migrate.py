"""Schema changes: from nothing, from an older schema, and from a newer one that is refused.

`filled/REVISION.json` holds a session as the release of that schema wrote it.
"""

import importlib.util
import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa  # noqa: TID253
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from pilotage.core.errors import StorageError
from pilotage.store import AnswerRow, JobRow, Row, migrate
from pilotage.store.engines import open_engine
from pilotage.store.sql import SqlStore
from pilotage.store.sqlite import WRITE
from pilotage.store.tables import TABLES, metadata
from pilotage.testing.postgres import PostgresServer, find_programs
from pilotage.testing.store import job_row

FOLDER = Path(__file__).with_name("filled")
VERSIONS = sorted((migrate._FOLDER / "versions").glob("*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'p.db'}"
        return
    monkeypatch.setenv("PATH", str(find_programs()), prepend=":")
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database("empty") as made:
        yield made


@pytest.fixture
def older(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a row, and a set of migrations that has one more than the database."""
    folder = tmp_path / "100% more migrations"
    migrate.migrate(url)
    store = SqlStore(url)
    with store.transaction() as tx:
        tx.put(job_row(1))
    store.close()
    shutil.copytree(migrate._FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '9000', {migrate.head_revision()!r}\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('job') as batch:\n"
        "        batch.add_column(sa.Column('extra', sa.Text(), server_default='x', nullable=False))\n"
        "        batch.alter_column('topic', nullable=True)\n"  # makes SQLite rebuild the table
    )
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    return url


def written(revision: str) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows, as the release of that schema wrote them."""
    return json.loads((FOLDER / f"{revision}.json").read_text())


def fill(url: str, revision: str) -> None:
    """Give an empty database the schema and the rows of an earlier release."""
    engine = open_engine(url, foreign_keys=False)
    with engine.connect().execution_options(**WRITE) as connection, connection.begin():
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        known = sa.MetaData()
        known.reflect(connection)
        for name, rows in written(revision).items():
            table = known.tables[name]
            for row in rows:
                connection.execute(table.insert().values({key: _value(table.c[key], row[key]) for key in row}))
    engine.dispose()


def _value(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return sa.null()
    return datetime.fromisoformat(value) if isinstance(column.type, sa.DateTime) else value


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return found


def execute(url: str, *statements: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def everything(url: str) -> dict[str, Any]:
    """All rows of all tables, whatever the schema."""
    engine = open_engine(url)
    known = sa.MetaData()
    known.reflect(engine)
    with engine.connect() as connection:
        found = {name: sorted(map(repr, connection.execute(sa.select(known.tables[name])))) for name in known.tables}
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_that_the_code_expects(url: str) -> None:
    migrate.migrate(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(url: str, tmp_path: Path) -> None:
    first = migrate.migrate(url, folder=tmp_path)
    again = migrate.migrate(url, folder=tmp_path)
    assert (first.before, first.now, first.backup) == (None, migrate.head_revision(), None)
    assert (again.before, again.now, again.backup) == (first.now, first.now, None)
    assert list(tmp_path.glob("*before*")) == []


def test_there_is_one_newest_schema() -> None:
    assert len(ScriptDirectory.from_config(migrate._config()).get_heads()) == 1


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_migration_says_what_it_does_and_what_becomes_of_old_rows(file: Path) -> None:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    head, _, body = (module.__doc__ or "").partition("\n\n")
    assert head.endswith(".")
    assert len(body.split()) >= 10
    assert file.stem.startswith(module.revision)


def test_every_earlier_schema_has_a_filled_database_to_try() -> None:
    assert [file.stem for file in sorted(FOLDER.glob("*.json"))] == [file.stem[:4] for file in VERSIONS[:-1]]


@pytest.mark.parametrize("revision", [file.stem[:4] for file in VERSIONS[:-1]])
def test_a_session_of_an_earlier_release_reads_back_as_it_was_written(url: str, revision: str, tmp_path: Path) -> None:
    fill(url, revision)
    done = migrate.migrate(url, folder=tmp_path)
    assert (done.before, done.now) == (revision, migrate.head_revision())
    store = SqlStore(url)
    for kind, table in TABLES.items():
        for old in written(revision).get(table.name, []):
            assert shared(store.get(kind, old["id"]), old) == old
        assert len(store.list(kind)) == len(written(revision).get(table.name, []))
    events = [event.model_dump(mode="json") for event in store.events(limit=10_000)]
    assert events == written(revision)["event"]
    store.close()


def shared(row: Row, old: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump(mode="json").items() if name in old}


def test_rounds_before_there_were_takes_follow_each_other_and_answers_tell_what_was_shown(url: str) -> None:
    fill(url, "0001")
    migrate.migrate(url, backup=False)
    ids = [row["id"] for row in written("0001")["round"]]
    assert rows(url, 'SELECT id, parent_id, take, attempt FROM round ORDER BY "index"') == [
        (ids[0], None, 0, 0), (ids[1], ids[0], 0, 0), (ids[2], ids[1], 0, 0),
    ]  # fmt: skip
    store = SqlStore(url)
    for answer in store.list(AnswerRow):
        ready = [row for row in written("0001")["candidate"] if row["round_id"] == answer.round_id]
        assert answer.shown == [row["id"] for row in sorted(ready, key=lambda row: row["slot"])]
    store.close()


def test_an_older_database_is_backed_up_and_brought_up_with_its_rows(older: str, tmp_path: Path) -> None:
    done = migrate.migrate(older, folder=tmp_path / "backups")
    assert done.now == "9000"
    assert done.backup is not None
    assert rows(older, "SELECT id, extra FROM job") == [("job_1", "x")]
    if older.startswith("sqlite"):
        assert done.backup.parent == tmp_path
        with sqlite3.connect(done.backup) as before:
            assert before.execute("SELECT id FROM job").fetchall() == [("job_1",)]
            assert before.execute("SELECT version_num FROM alembic_version").fetchall() == [(done.before,)]
    else:
        assert done.backup.parent == tmp_path / "backups"
        assert done.backup.read_bytes().startswith(b"PGDMP")


def test_a_migration_that_fails_leaves_the_older_schema_whole(older: str, tmp_path: Path) -> None:
    version = migrate._FOLDER / "versions" / "9000_more.py"
    version.write_text(version.read_text() + "    op.execute('SELECT nonsense')\n")
    before = everything(older)
    with pytest.raises(StorageError, match="nonsense"):
        migrate.migrate(older, folder=tmp_path)
    assert everything(older) == before
    store = SqlStore(older)
    assert store.get(JobRow, "job_1") == job_row(1)
    store.close()


def test_a_database_of_a_newer_release_is_refused_and_left_alone(url: str, tmp_path: Path) -> None:
    fill(url, "0001")
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    before = everything(url)
    with pytest.raises(StorageError, match="9999") as caught:
        migrate.migrate(url, folder=tmp_path / "backups")
    assert "newer" in caught.value.hint
    assert everything(url) == before
    assert [file.name for file in tmp_path.iterdir() if "before" in file.name or "backups" in file.name] == []


def test_a_postgres_without_its_dump_program_is_left_alone_unless_no_backup_is_wanted(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with postgres.database("empty") as url:
        fill(url, "0001")
        before = everything(url)
        with pytest.raises(StorageError, match="pg_dump") as caught:
            migrate.migrate(url, folder=tmp_path / "backups")
        assert "--no-backup" in caught.value.hint
        assert everything(url) == before
        assert migrate.migrate(url, backup=False).now == migrate.head_revision()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.db").write_text("not a database, however long " * 100)
    with pytest.raises(StorageError, match="not a database"):
        migrate.migrate(f"sqlite:///{tmp_path / 'p.db'}")


def test_tables_of_the_job_engine_are_left_alone(url: str) -> None:
    execute(url, "CREATE TABLE workflow_status (id INTEGER)", "INSERT INTO workflow_status VALUES (7)")
    migrate.migrate(url)
    assert rows(url, "SELECT id FROM workflow_status") == [(7,)]
