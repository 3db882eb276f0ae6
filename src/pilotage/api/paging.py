"""Pages of lists: what a client sends to get one, and how one is told."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Generic, NamedTuple, Self, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from pilotage.core.errors import InvalidInputError
from pilotage.store import Cursor

T = TypeVar("T")
AFTER = 400  # characters of a cursor, at most
LIMIT = 200


class Page(BaseModel, Generic[T]):
    """Part of a list, newest first; `next` goes into `after` for the following page, None at the end."""

    items: list[T]
    next: str | None

    @classmethod
    def of(cls, found: tuple[Sequence[T], Cursor | None]) -> Self:
        """Items and the cursor of the next page, as the verbs give them."""
        items, following = found
        return cls(items=list(items), next=encode_cursor(following))


class Paging(NamedTuple):
    """Which page."""

    after: Cursor | None
    limit: int


async def _paging(
    after: Annotated[str | None, Query(max_length=AFTER)] = None, limit: Annotated[int, Query(ge=1, le=LIMIT)] = 50
) -> Paging:
    return Paging(decode_cursor(after), limit)


PagingDep = Annotated[Paging, Depends(_paging)]


def encode_cursor(cursor: Cursor | None) -> str | None:
    """A list's place as an opaque word."""
    if cursor is None:
        return None
    parts = [part.isoformat() if isinstance(part, datetime) else part for part in cursor]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> Cursor | None:
    """The place that `encode_cursor` wrote.

    Raises:
        InvalidInputError: not one of ours.
    """
    if not text:
        return None
    try:
        created, id_ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(id_, str):
            raise ValueError(id_)
        place = datetime.fromisoformat(created)
        if place.tzinfo is None:
            raise ValueError(created)
    except (ValueError, TypeError, binascii.Error, UnicodeError) as cause:
        raise InvalidInputError("this is no cursor of ours", field="after", hint="Take `next` of a page.") from cause
    return place, id_
