"""SqlStore: rows and events in a database. SQLite for one machine; the same statements run on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import (  # noqa: TID253  (whoever wants a database imports this module)
    ColumnElement,
    Connection,
    Engine,
    Select,
    create_engine,
    func,
    make_url,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite  # noqa: TID253
from sqlalchemy.exc import IntegrityError, SQLAlchemyError  # noqa: TID253

from pilotage.core.errors import ConflictError, StorageError
from pilotage.records import Event
from pilotage.store.base import Cursor, R, Store, Transaction
from pilotage.store.migrate import migrate
from pilotage.store.rows import Row
from pilotage.store.sqlite import WRITE, sqlite_engine
from pilotage.store.tables import TABLES
from pilotage.store.tables import event as event_table

__all__ = ["SqlStore", "migrate", "open_engine"]

_SEQUENCER = 0x70696C6F  # key of PostgreSQL's advisory lock under which events get their seq
_HINTS = {
    "locked": "Another program holds the database; try again when it is done.",
    "full": "Free some disk space.",
    "disk i/o": "Check the disk: it refused a read or a write.",
    "readonly": "The database file or its folder cannot be written by this user.",
    "unable to open": "Check that the folder exists and can be written by this user.",
    "no such table": "Bring the database to today's schema: pilotage db migrate.",
    "malformed": "The file is damaged; put a backup in its place.",
}


class SqlStore(Store):
    """The store of the app. The database must have today's schema: see `migrate`.

    Args:
        url: an SQLAlchemy URL, such as `sqlite:///pilotage.db`.

    Raises:
        StorageError: SQLite on a network file system, or without a file.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = open_engine(url)
        # Waiting here is fair and instant; SQLite's own wait polls with growing pauses.
        self._writer = threading.RLock()
        self._writing = False

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """As `Store.transaction`: one at a time on SQLite, so keep slow work outside."""
        with self._writer, _storage_errors():
            if self._writing:
                raise RuntimeError("a transaction is open in this thread: write through it")
            self._writing = True
            try:
                with self._engine.connect().execution_options(**WRITE) as connection, connection.begin():
                    yield _SqlTransaction(connection)
            finally:
                self._writing = False

    def find(self, kind: type[R], id_: str) -> R | None:
        """As `Reader.find`."""
        with self._read() as connection:
            return _find(connection, kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        """As `Reader.list`."""
        with self._read() as connection:
            return _rows(connection, kind, _query(kind, where or {}, after, limit, newest_first))

    def events(self, *, after: int = 0, topic: str | None = None, limit: int = 500) -> Sequence[Event]:
        """As `Store.events`."""
        table = event_table
        query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(limit)
        if topic is not None:
            query = query.where(table.c.topic == topic)
        with self._read() as connection:
            return [Event.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def last_seq(self) -> int:
        """As `Store.last_seq`."""
        with self._read() as connection:
            return connection.scalar(select(func.max(event_table.c.seq))) or 0

    def close(self) -> None:
        """As `Store.close`."""
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with _storage_errors(), self._engine.connect() as connection:
            yield connection


class _SqlTransaction(Transaction):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        return self._connection

    def find(self, kind: type[R], id_: str) -> R | None:
        return _find(self._connection, kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        return _rows(self._connection, kind, _query(kind, where or {}, after, limit, newest_first))

    def insert(self, row: Row) -> bool:
        statement, _ = _writes(self._connection.dialect.name, type(row))
        return self._connection.execute(statement, row.model_dump()).rowcount == 1

    def put(self, row: Row) -> None:
        _, statement = _writes(self._connection.dialect.name, type(row))
        self._connection.execute(statement, row.model_dump())

    def append(self, event: Event) -> Event:
        if self._connection.dialect.name == "postgresql":
            # Sequences commit out of order: a reader would step over a seq that appears late.
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEQUENCER})
        values = event.model_dump(exclude={"seq"})
        statement = event_table.insert().values(values).returning(event_table.c.seq)
        return event.model_copy(update={"seq": self._connection.execute(statement).scalar_one()})


def open_engine(url: str) -> Engine:
    """The engine that a store uses on `url`."""
    return sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else create_engine(url)


@cache
def _writes(dialect: str, kind: type[Row]) -> tuple[Any, Any]:
    """The statements that add a row unless it is there, and that add or replace it."""
    table = TABLES[kind]
    # The two dialects spell ON CONFLICT alike, but SQLAlchemy keeps it with each dialect.
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    # An update, not SQLite's REPLACE: that deletes the row first, with all that refers to it.
    changes = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    key = [table.c.id]
    return insert.on_conflict_do_nothing(index_elements=key), insert.on_conflict_do_update(
        index_elements=key, set_=changes
    )


def _find(connection: Connection, kind: type[R], id_: str) -> R | None:
    table = TABLES[kind]
    found = _rows(connection, kind, select(table).where(table.c.id == id_))
    return found[0] if found else None


def _rows(connection: Connection, kind: type[R], query: Select[Any]) -> list[R]:
    return [kind.model_validate(dict(row)) for row in connection.execute(query).mappings()]


def _query(
    kind: type[Row], where: Mapping[str, Any], after: Cursor | None, limit: int | None, newest_first: bool
) -> Select[Any]:
    table = TABLES[kind]
    order = [table.c[name] for name in kind.order]
    query = select(table).where(*(_equals(table.c[name], wanted) for name, wanted in where.items()))
    if after is not None:
        place = tuple_(*order)
        seen = tuple_(*after, types=[column.type for column in order])
        query = query.where(place < seen if newest_first else place > seen)
    return query.order_by(*(column.desc() if newest_first else column for column in order)).limit(limit)


def _equals(column: ColumnElement[Any], wanted: Any) -> ColumnElement[bool]:
    if not isinstance(wanted, tuple):
        return column.is_(None) if wanted is None else column == wanted
    among = column.in_([value for value in wanted if value is not None])
    return or_(among, column.is_(None)) if None in wanted else among


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError as cause:
        raise ConflictError(
            f"the database refused a row: {cause.orig}", hint="Something else was stored in its place meanwhile."
        ) from cause
    except SQLAlchemyError as cause:
        said = str(getattr(cause, "orig", None) or cause)
        hint = next((hint for sign, hint in _HINTS.items() if sign in said.lower()), "")
        raise StorageError(f"the database failed: {said}", hint=hint) from cause
