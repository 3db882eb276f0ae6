"""Texts and JSON as every database keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic_core import from_json

from pilotage.core.errors import InvalidInputError
from pilotage.store.rows import Row


def is_keepable(text: str) -> bool:
    """Whether every database keeps this text: it has no NUL, and no half of a surrogate pair."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def check_texts(rows: Iterable[Row]) -> None:
    """Nothing, if the texts of `rows` can be kept; within JSON, every text can.

    Raises:
        InvalidInputError: one can't; `field` names it.
    """
    for row in rows:
        for name, value in row:
            if isinstance(value, str) and not is_keepable(value):
                raise InvalidInputError(
                    f"{name} holds a character that cannot be kept", hint="Leave out NUL and half characters.",
                    field=name,
                )  # fmt: skip


def read_json(text: str | bytes) -> Any:
    """The value that `json.dumps` wrote, to the last bit; several times as fast as `json.loads`."""
    try:
        return from_json(text)
    except ValueError:  # half of a surrogate pair
        return json.loads(text)
