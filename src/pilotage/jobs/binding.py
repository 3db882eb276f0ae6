"""Transactions that mind what they are part of: a job that may have been lost, a request that is one act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from pilotage.records import Event
from pilotage.store.base import Cursor, R, Reader, Store, Transaction


class Binding(Protocol):
    """What a piece of work says of the transactions and the reads within it."""

    def transaction(self, store: Store) -> AbstractContextManager[Transaction]:
        """The transaction of this work on `store`."""

    def reader(self, store: Store) -> Reader:
        """Where this work reads."""


_BINDING: ContextVar[Binding | None] = ContextVar("binding", default=None)


@contextmanager
def bound(binding: Binding) -> Iterator[None]:
    """All transactions of bound stores in this block are the binding's; threads begun in it are not bound."""
    token = _BINDING.set(binding)
    try:
        yield
    finally:
        _BINDING.reset(token)


class BoundStore(Store):
    """A store for verbs: they write as they please, and the work that they are part of sees to the rest."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def transaction(self) -> AbstractContextManager[Transaction]:
        """As `Store.transaction`, or as the binding has it."""
        binding = _BINDING.get()
        return self._store.transaction() if binding is None else binding.transaction(self._store)

    def snapshot(self) -> AbstractContextManager[Reader]:
        """As `Reader.snapshot`."""
        return self._reader().snapshot()

    def find(self, kind: type[R], id_: str) -> R | None:
        """As `Reader.find`."""
        return self._reader().find(kind, id_)

    def list(
        self, kind: type[R], *, where: Mapping[str, Any] | None = None, after: Cursor | None = None,
        limit: int | None = None, newest_first: bool = False,
    ) -> Sequence[R]:  # fmt: skip
        """As `Reader.list`."""
        return self._reader().list(kind, where=where, after=after, limit=limit, newest_first=newest_first)

    def events(self, *, after: int = 0, topic: str | None = None, limit: int = 500) -> Sequence[Event]:
        """As `Store.events`: what is in the log already."""
        return self._store.events(after=after, topic=topic, limit=limit)

    def last_seq(self) -> int:
        """As `Store.last_seq`."""
        return self._store.last_seq()

    def close(self) -> None:
        """As `Store.close`."""
        self._store.close()

    def _reader(self) -> Reader:
        binding = _BINDING.get()
        return self._store if binding is None else binding.reader(self._store)
