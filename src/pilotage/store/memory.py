"""MemoryStore: the store of a script or a notebook; small, real, gone with the process."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pilotage.records import Event
from pilotage.store.base import Cursor, R, Reader, Store, Transaction, cursor
from pilotage.store.rows import Row
from pilotage.store.texts import check_texts

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

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """As `Reader.snapshot`: tables are replaced at the end of a transaction, never changed."""
        yield _MemoryReader(self._tables)

    def find(self, kind: type[R], id_: str) -> R | None:
        """As `Reader.find`."""
        return _MemoryReader(self._tables).find(kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        """As `Reader.list`."""
        return _MemoryReader(self._tables).list(kind, where=where, after=after, limit=limit, newest_first=newest_first)

    def events(self, *, after: int = 0, topic: str | None = None, limit: int = 500) -> Sequence[Event]:
        """As `Store.events`."""
        newer = self._events[bisect_right(self._events, after, key=_seq) :]
        return [event for event in newer if topic in (None, event.topic)][:limit]

    def last_seq(self) -> int:
        """As `Store.last_seq`."""
        return _last(self._events)


class _MemoryReader(Reader):
    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def find(self, kind: type[R], id_: str) -> R | None:
        row = self.tables.get(kind, {}).get(id_)
        return row if isinstance(row, kind) else None

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        return _list(self.tables, kind, where or {}, after, limit, newest_first)


class _MemoryTransaction(_MemoryReader, Transaction):
    def __init__(self, tables: Tables, log: list[Event]) -> None:
        super().__init__(tables)
        self.log = log

    @property
    def connection(self) -> Any:
        return None

    def insert_many(self, rows: Sequence[Row]) -> int:
        check_texts(rows)
        before = sum(map(len, self.tables.values()))
        for row in rows:
            self.tables.setdefault(type(row), {}).setdefault(row.id, row)
        return sum(map(len, self.tables.values())) - before

    def put_many(self, rows: Sequence[Row]) -> None:
        check_texts(rows)
        for row in rows:
            self.tables.setdefault(type(row), {})[row.id] = row

    def append(self, event: Event) -> Event:
        placed = event.model_copy(update={"seq": _last(self.log) + 1})
        self.log.append(placed)
        return placed

    def remove(self, kind: type[Row], where: Mapping[str, Any]) -> int:
        rows = self.tables.get(kind, {})
        self.tables[kind] = {id_: row for id_, row in rows.items() if not _matches(row, where)}
        return len(rows) - len(self.tables[kind])

    def forget(self, topic: str, *, before: int) -> int:
        kept = [event for event in self.log if event.topic != topic or event.seq >= before]
        gone, self.log = len(self.log) - len(kept), kept
        return gone


def _seq(event: Event) -> int:
    return event.seq


def _last(log: list[Event]) -> int:
    return log[-1].seq if log else 0


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
