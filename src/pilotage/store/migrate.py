"""Schema changes: `migrate` brings a database to today's schema, whatever release wrote it, after a backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine  # noqa: TID253

from pilotage.core.errors import StorageError
from pilotage.store.backup import back_up
from pilotage.store.engines import open_engine, storage_errors
from pilotage.store.postgres import wait_to_write
from pilotage.store.sqlite import WRITE

_FOLDER = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did.

    Attributes:
        before: the revision that the database had; None if it was new.
        now: the revision that it has.
        backup: the copy of what was there before; None if nothing was, or none was wanted.
    """

    before: str | None
    now: str
    backup: Path | None


def migrate(url: str, *, backup: bool = True, folder: Path = Path()) -> Migrated:
    """Bring a database to today's schema, in one transaction; a second call changes nothing.

    Args:
        url: the database.
        backup: whether an older database is backed up first: SQLite beside its file, PostgreSQL in `folder`.
        folder: where a backup of PostgreSQL is put.

    Raises:
        StorageError: a newer Pilotage wrote it, it cannot be opened, or it cannot be backed up; nothing was
            changed then.
    """
    # Rebuilding a table (SQLite's way to alter one) drops it: with foreign keys on, its children would go too.
    engine = open_engine(url, foreign_keys=False)
    try:
        with storage_errors():
            known, head = current_revision(engine), head_revision()
            if known == head:
                return Migrated(known, head, None)
            _check_known(known)
            copy = back_up(engine, _backup_file(engine, folder)) if backup and known else None
            with engine.connect().execution_options(**WRITE) as connection, connection.begin():
                if engine.dialect.name == "postgresql":
                    wait_to_write(connection)
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
            return Migrated(known, head, copy)
    finally:
        engine.dispose()


def current_revision(engine: Engine) -> str | None:
    """The revision that a database has; None if it is new."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """Today's revision."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _check_known(revision: str | None) -> None:
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except CommandError as cause:
        raise StorageError(
            f"the database has schema {revision!r}, which this Pilotage does not know",
            hint="A newer Pilotage wrote it: upgrade, or put a backup in its place.",
        ) from cause


def _backup_file(engine: Engine, folder: Path) -> Path:
    name = f"before-{head_revision()}.{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        return file.with_name(f"{file.name}.{name}")
    return folder / f"{engine.url.database}.{name}.dump"
