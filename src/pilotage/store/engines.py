"""Databases by their URL, and what is said when one refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, make_url  # noqa: TID253
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError  # noqa: TID253

from pilotage.core.errors import ConflictError, InvalidInputError, StorageError
from pilotage.store.postgres import postgres_engine
from pilotage.store.sqlite import sqlite_engine

_HINTS = {
    "locked": "Another program holds the database; try again when it is done.",
    "lock timeout": "Another program holds the database; try again when it is done.",
    "full": "Free some disk space.",
    "no space left": "Free some disk space where the database lies.",
    "shmsize": "Free some disk space.",  # no place for the index of SQLite's log
    "disk i/o": "Check the disk: it refused a read or a write.",
    "readonly": "The database file or its folder cannot be written by this user.",
    "unable to open": "Check that the folder exists and can be written by this user.",
    "no such table": "Bring the database to today's schema: pilotage db migrate.",
    "undefinedtable": "Bring the database to today's schema: pilotage db migrate.",
    "malformed": "The file is damaged; put a backup in its place.",
    "too many clients": "Let the server lend more connections (max_connections), or run fewer workers.",
    "authentication failed": "Check the user and the password in the database's URL.",
    "connection": "Check that the database server runs; what was acknowledged is safe.",
    "starting up": "The database server is starting; try again in a moment.",
    "shutting down": "The database server is restarting; try again in a moment.",
}


def open_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """The engine for `url`.

    Args:
        url: `sqlite:///path`, or `postgresql://user:password@host/database`.
        foreign_keys: whether SQLite enforces them; PostgreSQL always does.

    Raises:
        InvalidInputError: it is neither. The message holds nothing of `url`, which may have a password.
        StorageError: SQLite on a network file system, or without a file.
    """
    try:
        dialect = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        dialect = ""
    if dialect == "sqlite":
        return sqlite_engine(url, foreign_keys=foreign_keys)
    if dialect == "postgresql":
        return postgres_engine(url)
    raise InvalidInputError(
        "the database's URL is of no known kind",
        hint="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE", field="database",
    )  # fmt: skip


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn what a database says into an error of ours.

    Raises:
        ConflictError: the database refused a row.
        StorageError: it failed otherwise.
    """
    try:
        yield
    except IntegrityError as cause:
        raise ConflictError(
            f"the database refused a row: {_said(cause)}", hint="Something else was stored in its place meanwhile."
        ) from cause
    except SQLAlchemyError as cause:
        said = _said(cause)
        orig = getattr(cause, "orig", None)
        signs = f"{said} {type(orig).__name__} {getattr(orig, 'sqlite_errorname', '')}".lower()
        hint = next((hint for sign, hint in _HINTS.items() if sign in signs), "")
        raise StorageError(f"the database failed: {said}", hint=hint) from cause


def _said(cause: SQLAlchemyError) -> str:
    """The first line; PostgreSQL's further ones repeat the row, or name addresses."""
    return str(getattr(cause, "orig", None) or cause).partition("\n")[0]
