"""What a database is and holds, whatever release wrote it; and a copy of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, MetaData, func, select, text  # noqa: TID253

from pilotage.core.errors import NotFoundError
from pilotage.store.backup import back_up
from pilotage.store.engines import open_engine, storage_errors
from pilotage.store.migrate import current_revision, head_revision
from pilotage.store.tables import metadata


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What a database is and holds.

    Attributes:
        url: where it is; a password is left out.
        revision: its schema; None if it has none yet.
        head: today's schema.
        size: in bytes, the write-ahead log and the job queue's own tables included.
        rows: table -> number of rows; tables of a later schema are left out.
    """

    url: str
    revision: str | None
    head: str
    size: int
    rows: dict[str, int]


def database_status(url: str) -> DatabaseStatus:
    """Look at a database and change nothing.

    Raises:
        NotFoundError: a SQLite file that is not there.
        StorageError: it cannot be opened.
    """
    engine = _open_known(url)
    try:
        with storage_errors():
            known = MetaData()
            known.reflect(engine, only=lambda name, _: name in metadata.tables)
            with engine.connect() as connection:
                rows = {
                    name: connection.scalar(select(func.count()).select_from(table)) or 0
                    for name, table in sorted(known.tables.items())
                }
            shown = engine.url.render_as_string(hide_password=True)
            return DatabaseStatus(shown, current_revision(engine), head_revision(), _size(engine), rows)
    finally:
        engine.dispose()


def back_up_database(url: str, file: Path) -> Path:
    """Copy a database to `file`.

    Raises:
        NotFoundError: a SQLite file that is not there.
        StorageError: as `back_up`.
    """
    engine = _open_known(url)
    try:
        return back_up(engine, file)
    finally:
        engine.dispose()


def _open_known(url: str) -> Engine:
    engine = open_engine(url)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        raise NotFoundError(f"no database at {engine.url.database}", hint="It is made when it is first used.")
    return engine


def _size(engine: Engine) -> int:
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        return sum(part.stat().st_size for part in (file, Path(f"{file}-wal")) if part.exists())
    with engine.connect() as connection:
        return connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
