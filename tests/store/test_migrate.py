"""Schema changes: from nothing, from an older schema, and from a newer one that is refused."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from pilotage.core.errors import StorageError
from pilotage.store import JobRow, migrate
from pilotage.store.sql import SqlStore
from pilotage.store.sqlite import sqlite_engine
from pilotage.store.tables import metadata
from pilotage.testing.store import job_row


def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a row, and a set of migrations that has one more than the database."""
    file, folder = tmp_path / "p.db", tmp_path / "100% more migrations"
    migrate.migrate(url(file))
    store = SqlStore(url(file))
    with store.transaction() as tx:
        tx.put(job_row(1))
    store.close()
    shutil.copytree(migrate._FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '9000', '0002'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('job') as batch:\n"
        "        batch.add_column(sa.Column('extra', sa.Text(), server_default='x', nullable=False))\n"
        "        batch.alter_column('topic', nullable=True)\n"  # makes SQLite rebuild the table
    )
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    return file


def test_the_migrations_make_the_tables_that_the_code_expects(tmp_path: Path) -> None:
    migrate.migrate(url(tmp_path / "p.db"))
    engine = sqlite_engine(url(tmp_path / "p.db"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    first = migrate.migrate(url(tmp_path / "p.db"))
    assert migrate.migrate(url(tmp_path / "p.db")) == first
    assert [file.name for file in tmp_path.iterdir() if "before" in file.name] == []


def test_there_is_one_newest_schema() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._FOLDER))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_an_older_database_is_copied_and_brought_up_with_its_rows(older: Path) -> None:
    assert migrate.migrate(url(older)) == "9000"
    with sqlite3.connect(older) as now, sqlite3.connect(f"{older}.before-0002") as before:
        assert now.execute("SELECT id, extra FROM job").fetchall() == [("job_1", "x")]
        assert before.execute("SELECT id FROM job").fetchall() == [("job_1",)]
        assert before.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


def test_a_migration_that_fails_leaves_the_older_schema_whole(older: Path) -> None:
    version = migrate._FOLDER / "versions" / "9000_more.py"
    version.write_text(version.read_text() + "    op.execute('SELECT nonsense')\n")
    with pytest.raises(StorageError, match="nonsense"):
        migrate.migrate(url(older))
    assert SqlStore(url(older)).get(JobRow, "job_1") == job_row(1)
    with sqlite3.connect(older) as now:
        assert now.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
        assert "extra" not in now.execute("SELECT sql FROM sqlite_master WHERE name = 'job'").fetchone()[0]


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.db"
    migrate.migrate(url(file))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="9999") as caught:
        migrate.migrate(url(file))
    assert "newer" in caught.value.hint


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.db").write_text("not a database, however long " * 100)
    with pytest.raises(StorageError, match="not a database"):
        migrate.migrate(url(tmp_path / "p.db"))


def test_tables_of_the_job_engine_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "p.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE workflow_status (id INTEGER)")
        connection.execute("INSERT INTO workflow_status VALUES (7)")
    migrate.migrate(url(file))
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT id FROM workflow_status").fetchall() == [(7,)]
