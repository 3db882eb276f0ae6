"""PostgreSQL, opened so that many machines share one database: one writer at a time, found again after a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, TableClause, column, create_engine, table, text  # noqa: TID253
from sqlalchemy.exc import DBAPIError  # noqa: TID253

from pilotage.store.texts import read_json

BULK = 200  # as many rows are copied in half the time that statements take, temporary table and all
_WRITER = 0x70696C6F  # key of the advisory lock that a writing transaction holds
# Both limits end with the transaction. A writer that hangs, with its machine or stopped in a debugger, must not
# keep all others out: the server ends it.
_ONE_WRITER = text(
    "SELECT set_config('lock_timeout', '30s', true), "
    "set_config('idle_in_transaction_session_timeout', '30s', true), pg_advisory_xact_lock(:key)"
)


def postgres_engine(url: str) -> Engine:
    """An engine on a PostgreSQL database; a connection that the server has dropped meanwhile is replaced.

    Args:
        url: `postgresql+psycopg://user:password@host/database`; never part of an error.
    """
    # A server lends 100 connections by default, to all processes together.
    return create_engine(
        url, pool_size=8, max_overflow=16, pool_pre_ping=True, json_deserializer=read_json,
        connect_args={"application_name": "pilotage"},
    )  # fmt: skip


def wait_to_write(connection: Connection) -> None:
    """Wait until no other transaction of ours writes, and keep others waiting until this one ends.

    So what it reads nobody changes before it ends, as on SQLite, and no transaction has to be run again. Events
    get their `seq` under the same lock: a reader never steps over one that appears late.
    """
    connection.execute(_ONE_WRITER, {"key": _WRITER})


@contextmanager
def copied(connection: Connection, like: Table, rows: Sequence[Mapping[str, Any]]) -> Iterator[TableClause]:
    """Rows sent as one stream to a temporary table, which is gone after the block.

    Args:
        connection: in a transaction.
        like: the table whose columns it has.
        rows: column -> value, each with all columns.
    """
    names = [one.name for one in like.columns]
    ready = [one.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for one in like.columns]
    incoming = table(f"incoming_{like.name}", *map(column, names))
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE {incoming.name} (LIKE "{like.name}") ON COMMIT DROP')
    driver: Any = connection.connection.driver_connection
    quoted = ", ".join(f'"{name}"' for name in names)
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {incoming.name} ({quoted}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    [make(row[name]) if make else row[name] for make, name in zip(ready, names, strict=True)]
                )
    except connection.dialect.loaded_dbapi.Error as cause:
        raise DBAPIError("COPY", None, cause) from cause
    yield incoming
    connection.exec_driver_sql(f"DROP TABLE {incoming.name}")
