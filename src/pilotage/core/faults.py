"""Faults of input, as pydantic finds them and as people read them."""

from __future__ import annotations

from collections.abc import Iterable

_PYDANTIC_SAYS = "Value error, "  # before the words of our own validators


def fault_of(place: Iterable[str | int], message: str) -> dict[str, str]:
    """A fault: its field as a dotted path without empty parts, and what is wrong in plain words."""
    field = ".".join(str(part) for part in place if part != "")
    return {"field": field, "message": message.removeprefix(_PYDANTIC_SAYS)}


def in_words(fault: dict[str, str]) -> str:
    """Field and message as one line; what is wrong as a whole has no field."""
    return ": ".join(part for part in (fault["field"], fault["message"]) if part)
