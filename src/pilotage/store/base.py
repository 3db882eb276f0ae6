"""The store port: rows and events, written together in one transaction or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from pilotage.core.errors import NotFoundError
from pilotage.records import Event
from pilotage.store.rows import Row

R = TypeVar("R", bound=Row)
Cursor = tuple[Any, ...]


class Reader(ABC):
    """What both a store and a transaction can answer."""

    @abstractmethod
    def find(self, kind: type[R], id_: str) -> R | None:
        """The row with this id, or None."""

    @abstractmethod
    def list(
        self,
        kind: type[R],
        *,
        where: Mapping[str, Any] | None = None,
        after: Cursor | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Sequence[R]:
        """Rows in the order of `kind.order`.

        Args:
            kind: the row's class.
            newest_first: the reverse order.
            where: field -> value; a row must match all of them. A tuple means: any of these.
            after: the `cursor` of the last row already seen.
            limit: at most this many.
        """  # fmt: skip

    def snapshot(self) -> AbstractContextManager[Reader]:
        """A reader that sees one moment: what others write meanwhile, it never shows by half."""
        return nullcontext(self)

    def get(self, kind: type[R], id_: str) -> R:
        """The row with this id.

        Raises:
            NotFoundError: there is none.
        """
        row = self.find(kind, id_)
        if row is None:
            noun = kind.__name__.removesuffix("Row").lower()
            raise NotFoundError(f"no {noun} {id_!r}", field=f"{noun}_id")
        return row


class Transaction(Reader):
    """Reads and writes that happen together; what it read, nobody else changes before it ends."""

    @property
    @abstractmethod
    def connection(self) -> Any:
        """The database's connection, for an engine that enqueues in the same transaction; None in memory."""

    @abstractmethod
    def insert_many(self, rows: Sequence[Row]) -> int:
        """Add each row whose id is not taken; how many were added.

        Raises:
            InvalidInputError: a text that no database keeps; `field` names it.
        """

    @abstractmethod
    def put_many(self, rows: Sequence[Row]) -> None:
        """Add each row, or replace the one with its id; of several with one id, the last stays.

        Raises:
            InvalidInputError: as `insert_many`.
        """

    def insert(self, row: Row) -> bool:
        """Add a row unless its id is taken; whether it was added."""
        return self.insert_many((row,)) == 1

    def put(self, row: Row) -> None:
        """Add the row, or replace the one with its id."""
        self.put_many((row,))

    @abstractmethod
    def append(self, event: Event) -> Event:
        """Add an event to the log; the one returned has its `seq`, the one after the newest."""

    @abstractmethod
    def remove(self, kind: type[Row], where: Mapping[str, Any]) -> int:
        """Delete the rows that match `where`, as in `list`; how many. What refers to them must go as well."""

    @abstractmethod
    def forget(self, topic: str, *, before: int) -> int:
        """Delete the events about `topic` whose `seq` is below that of an event that stays; how many."""


class Store(Reader):
    """Where everything that was acknowledged stays."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Transaction]:
        """Everything written inside is there when the block ends, and nothing is if it raises."""

    @abstractmethod
    def events(self, *, after: int = 0, topic: str | None = None, limit: int = 500) -> Sequence[Event]:
        """Events with a `seq` above `after`, in order."""

    @abstractmethod
    def last_seq(self) -> int:
        """The highest `seq` so far; 0 if there is none."""

    def close(self) -> None:
        """Release files and connections."""


def cursor(row: Row) -> Cursor:
    """The place of a row in its list, for `after`."""
    return tuple(getattr(row, name) for name in row.order)


def following(page: Sequence[Row], limit: int) -> Cursor | None:
    """The cursor of the page after this one of at most `limit` rows; None if it is the last."""
    return cursor(page[-1]) if len(page) == limit else None
