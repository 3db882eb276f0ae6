"""SqlStore: rows and events in a database. SQLite for one machine; the same statements run on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

from sqlalchemy import (  # noqa: TID253  (whoever wants a database imports this module)
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy import Row as SqlRow  # noqa: TID253
from sqlalchemy.dialects import postgresql, sqlite  # noqa: TID253

from pilotage.records import Event
from pilotage.store.base import Cursor, R, Reader, Store, Transaction
from pilotage.store.engines import open_engine, storage_errors
from pilotage.store.migrate import migrate
from pilotage.store.postgres import BULK, copied, wait_to_write
from pilotage.store.rows import Row
from pilotage.store.sqlite import WRITE
from pilotage.store.tables import TABLES
from pilotage.store.tables import event as event_table
from pilotage.store.texts import check_texts, is_keepable

__all__ = ["SqlStore", "migrate", "open_engine"]
_COUNTED = {"preserve_rowcount": True}
IsolationLevel = Literal["AUTOCOMMIT", "REPEATABLE READ"]


class SqlStore(Store):
    """The store of the app. The database must have today's schema: see `migrate`.

    Args:
        url: an SQLAlchemy URL, such as `sqlite:///pilotage.db`.

    Raises:
        InvalidInputError: another kind of database.
        StorageError: SQLite on a network file system, or without a file.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = open_engine(url)
        self._postgres = self._engine.dialect.name == "postgresql"
        # Waiting here is fair and instant; SQLite's own wait polls with growing pauses.
        self._writer = threading.RLock()
        self._writing = False
        if not self._postgres:
            # A connection that stays keeps the index of SQLite's log, which a full disk would have no place for.
            with self._read():
                pass

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """As `Store.transaction`: one at a time in a database, so keep slow work outside."""
        with self._writer, storage_errors():
            if self._writing:
                raise RuntimeError("a transaction is open in this thread: write through it")
            self._writing = True
            try:
                with self._engine.connect().execution_options(**WRITE) as connection, connection.begin():
                    if self._postgres:
                        wait_to_write(connection)
                    yield _SqlTransaction(connection)
            finally:
                self._writing = False

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """As `Reader.snapshot`."""
        with self._read("REPEATABLE READ") as connection:
            yield _SqlReader(connection)

    def find(self, kind: type[R], id_: str) -> R | None:
        """As `Reader.find`."""
        with self._read() as connection:
            return _SqlReader(connection).find(kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        """As `Reader.list`."""
        with self._read() as connection:
            return _SqlReader(connection).list(kind, where=where, after=after, limit=limit, newest_first=newest_first)

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
    def _read(self, isolation: IsolationLevel = "AUTOCOMMIT") -> Iterator[Connection]:
        with storage_errors(), self._engine.connect() as connection:
            if self._postgres:  # SQLite gives each read one moment anyway
                connection.execution_options(isolation_level=isolation, postgresql_readonly=isolation != "AUTOCOMMIT")
            yield connection


class _SqlReader(Reader):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, kind: type[R], id_: str) -> R | None:
        found = self._connection.execute(_by_id(kind), {"id": id_}).first() if is_keepable(id_) else None
        return None if found is None else _row(kind, found)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        query = _query(self._connection.dialect.name, kind, where or {}, after, limit, newest_first)
        return [_row(kind, found) for found in self._connection.execute(query).all()]


class _SqlTransaction(_SqlReader, Transaction):
    @property
    def connection(self) -> Connection:
        return self._connection

    def insert_many(self, rows: Sequence[Row]) -> int:
        return self._write(rows, adds=True)

    def put_many(self, rows: Sequence[Row]) -> None:
        self._write({(type(row), row.id): row for row in rows}.values(), adds=False)

    def _write(self, rows: Collection[Row], *, adds: bool) -> int:
        """Write rows of any kinds; how many were written."""
        check_texts(rows)
        by_kind: dict[type[Row], list[dict[str, Any]]] = {}
        for row in rows:
            by_kind.setdefault(type(row), []).append(row.model_dump())
        return sum(self._write_kind(kind, values, adds=adds) for kind, values in by_kind.items())

    def _write_kind(self, kind: type[Row], values: list[dict[str, Any]], *, adds: bool) -> int:
        dialect = self._connection.dialect.name
        if dialect == "postgresql" and len(values) >= BULK:
            with copied(self._connection, TABLES[kind], values) as incoming:
                source = select(*incoming.c)
                merge = _either(postgresql.insert(TABLES[kind]).from_select(incoming.c.keys(), source), TABLES[kind])
                return self._connection.execute(merge[0 if adds else 1], execution_options=_COUNTED).rowcount
        statement = _writes(dialect, kind)[0 if adds else 1]
        return self._connection.execute(statement, values, execution_options=_COUNTED).rowcount

    def append(self, event: Event) -> Event:
        values = event.model_dump(exclude={"seq"})
        if self._connection.dialect.name == "postgresql":
            # A sequence would leave a gap after a rollback. Nobody else writes: see `wait_to_write`.
            values["seq"] = select(func.coalesce(func.max(event_table.c.seq), 0) + 1).scalar_subquery()
        statement = event_table.insert().values(values).returning(event_table.c.seq)
        return event.model_copy(update={"seq": self._connection.execute(statement).scalar_one()})

    def remove(self, kind: type[Row], where: Mapping[str, Any]) -> int:
        table = TABLES[kind]
        dialect = self._connection.dialect.name
        matches = (_equals(dialect, table.c[name], wanted) for name, wanted in where.items())
        return self._connection.execute(table.delete().where(*matches)).rowcount

    def forget(self, topic: str, *, before: int) -> int:
        old = event_table.delete().where(event_table.c.topic == topic, event_table.c.seq < before)
        return self._connection.execute(old).rowcount


@cache
def _writes(dialect: str, kind: type[Row]) -> tuple[Any, Any]:
    """The statements that add a row unless it is there, and that add or replace it."""
    # The two dialects spell ON CONFLICT alike, but SQLAlchemy keeps it with each dialect.
    return _either((postgresql if dialect == "postgresql" else sqlite).insert(TABLES[kind]), TABLES[kind])


def _either(insert: Any, table: Table) -> tuple[Any, Any]:
    # An update, not SQLite's REPLACE: that deletes the row first, with all that refers to it.
    changes = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    key = [table.c.id]
    return insert.on_conflict_do_nothing(index_elements=key), insert.on_conflict_do_update(
        index_elements=key, set_=changes
    )


@cache
def _by_id(kind: type[Row]) -> Select[Any]:
    return select(TABLES[kind]).where(TABLES[kind].c.id == bindparam("id"))


def _row(kind: type[R], found: SqlRow[Any]) -> R:
    return kind.model_validate(dict(zip(_names(kind), found, strict=True)))


@cache
def _names(kind: type[Row]) -> tuple[str, ...]:
    return tuple(TABLES[kind].columns.keys())


def _query(
    dialect: str, kind: type[Row], where: Mapping[str, Any], after: Cursor | None, limit: int | None, newest: bool
) -> Select[Any]:
    table = TABLES[kind]
    order = [_ordered(dialect, table.c[name]) for name in kind.order]
    query = select(table).where(*(_equals(dialect, table.c[name], wanted) for name, wanted in where.items()))
    if after is not None:
        place = tuple_(*order)
        seen = tuple_(*after, types=[column.type for column in order])
        query = query.where(place < seen if newest else place > seen)
    return query.order_by(*(column.desc() if newest else column for column in order)).limit(limit)


def _ordered(dialect: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column to sort by: text by its characters' numbers, whatever language the database speaks."""
    return column.collate("C") if dialect == "postgresql" and isinstance(column.type, Text) else column


def _equals(dialect: str, column: ColumnElement[Any], wanted: Any) -> ColumnElement[bool]:
    if isinstance(wanted, tuple):
        among = _among(dialect, column, [value for value in wanted if value is not None and _may_be_kept(value)])
        return or_(among, column.is_(None)) if None in wanted else among
    if wanted is None:
        return column.is_(None)
    return column == wanted if _may_be_kept(wanted) else false()


def _among(dialect: str, column: ColumnElement[Any], values: list[Any]) -> ColumnElement[bool]:
    if dialect == "postgresql":  # one parameter, however many values: half the time of as many parameters
        return column == any_(bindparam(None, values, type_=postgresql.ARRAY(column.type)))
    return column.in_(bindparam(None, values, type_=column.type, expanding=True))


def _may_be_kept(value: Any) -> bool:
    return not isinstance(value, str) or is_keepable(value)
