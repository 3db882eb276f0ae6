"""MemoryStore: the store of a script or a notebook; small, real, gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pilotage.records import Event
from pilotage.store.base import Cursor, R, Store, Transaction, cursor
from pilotage.store.rows import Row

Tables = dict[type[Row], dict[str, Row]]


class MemoryStore(Store):
    """Rows in dictionaries; one transaction at a time."""

    def __init__(self) -> None:
        self._tables: Tables = {}
        self._events: list[Event] = []
        self._lock = threading.RLock()
        self._writing = False

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """As `Store.transaction`: writes go to copies that replace the tables at the end."""
        with self._lock:
            if self._writing:
                raise RuntimeError("a transaction is open in this thread: write through it")
            work = _MemoryTransaction({kind: dict(rows) for kind, rows in self._tables.items()}, list(self._events))
            self._writing = True
            try:
                yield work
                self._tables, self._events = work.tables, work.log
            finally:
                self._writing = False

    def find(self, kind: type[R], id_: str) -> R | None:
        """As `Reader.find`."""
        return _find(self._tables, kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        """As `Reader.list`."""
        return _list(self._tables, kind, where or {}, after, limit, newest_first)

    def events(self, *, after: int = 0, topic: str | None = None, limit: int = 500) -> Sequence[Event]:
        """As `Store.events`."""
        return [event for event in self._events[after:] if topic in (None, event.topic)][:limit]

    def last_seq(self) -> int:
        """As `Store.last_seq`."""
        return len(self._events)


class _MemoryTransaction(Transaction):
    def __init__(self, tables: Tables, log: list[Event]) -> None:
        self.tables, self.log = tables, log

    @property
    def connection(self) -> Any:
        return None

    def find(self, kind: type[R], id_: str) -> R | None:
        return _find(self.tables, kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        return _list(self.tables, kind, where or {}, after, limit, newest_first)

    def insert(self, row: Row) -> bool:
        table = self.tables.setdefault(type(row), {})
        is_new = row.id not in table
        table.setdefault(row.id, row)
        return is_new

    def put(self, row: Row) -> None:
        self.tables.setdefault(type(row), {})[row.id] = row

    def append(self, event: Event) -> Event:
        placed = event.model_copy(update={"seq": len(self.log) + 1})
        self.log.append(placed)
        return placed


def _find(tables: Tables, kind: type[R], id_: str) -> R | None:
    row = tables.get(kind, {}).get(id_)
    return row if isinstance(row, kind) else None


def _list(
    tables: Tables,
    kind: type[R],
    where: Mapping[str, Any],
    after: Cursor | None,
    limit: int | None,
    newest: bool,
) -> list[R]:
    rows = [row for row in tables.get(kind, {}).values() if isinstance(row, kind) and _matches(row, where)]
    rows.sort(key=cursor, reverse=newest)
    if after is not None:
        rows = [row for row in rows if (cursor(row) < after if newest else cursor(row) > after)]
    return rows[:limit]


def _matches(row: Row, where: Mapping[str, Any]) -> bool:
    for name, wanted in where.items():
        value = getattr(row, name)
        if value not in wanted if isinstance(wanted, tuple) else value != wanted:
            return False
    return True
