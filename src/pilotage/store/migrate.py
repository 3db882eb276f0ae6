"""Schema changes: `migrate` brings a database to today's schema, whatever release wrote it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, make_url  # noqa: TID253
from sqlalchemy.exc import DBAPIError  # noqa: TID253

from pilotage.core.errors import StorageError
from pilotage.store.sqlite import WRITE, sqlite_engine

_FOLDER = Path(__file__).with_name("migrations")


def migrate(url: str) -> str:
    """Bring a database to today's schema, in one transaction; a second call changes nothing.

    An older SQLite database is copied first, to `NAME.before-REVISION`.

    Returns:
        The revision that the database now has.

    Raises:
        StorageError: a newer Pilotage wrote it, or it cannot be opened.
    """
    engine = _engine(url)
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head() or ""
    try:
        known = current_revision(engine)
        if known == head:
            return head
        if known is not None:
            _check_known(scripts, known)
            _back_up(engine, known)
        with engine.connect().execution_options(**WRITE) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as cause:
        raise StorageError(
            f"cannot open the database: {cause.orig}", hint="Check its folder and its permissions."
        ) from cause
    finally:
        engine.dispose()
    return head


def current_revision(engine: Engine) -> str | None:
    """The revision that a database has; None if it is new."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _engine(url: str) -> Engine:
    # Rebuilding a table (SQLite's way to alter one) drops it: with foreign keys on, its children would go too.
    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, foreign_keys=False)
    return create_engine(url)


def _check_known(scripts: ScriptDirectory, revision: str) -> None:
    try:
        scripts.get_revision(revision)
    except CommandError as cause:
        raise StorageError(
            f"the database has schema {revision!r}, which this Pilotage does not know",
            hint="A newer Pilotage wrote it: upgrade, or put a backup in its place.",
        ) from cause


def _back_up(engine: Engine, revision: str) -> None:
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "")
        copy = file.with_name(f"{file.name}.before-{revision}")
        copy.unlink(missing_ok=True)  # left by an upgrade that did not end
        connection = engine.raw_connection()  # VACUUM refuses to run within a transaction
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(copy),))
        finally:
            connection.close()
