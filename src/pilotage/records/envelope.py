"""One envelope for every event; each room registers the schemas of its own payloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import canonical_json
from pilotage.core.strategies import invalid_input

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class Payload(BaseModel):
    """Base of every event payload; `type` and `version` name its schema in the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    version: ClassVar[int] = 1


class Event(BaseModel):
    """One line of the append-only log.

    Attributes:
        seq: place in the one global order, given by the store; 0 before that. It is the SSE id.
        topic: what the event is about: a session's, run's or job's id, or `lab`.
        type: schema name, `room.happened`; `version` counts its revisions.
        at: when, UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int = Field(0, ge=0)
    topic: str
    type: str
    version: int = Field(1, ge=1)
    at: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, topic: str, payload: Payload, at: datetime) -> Event:
        """The envelope of `payload`, not yet placed in the log."""
        return cls(
            topic=topic,
            type=payload.type,
            version=payload.version,
            at=at,
            data=payload.model_dump(mode="json"),
        )


class EventRegistry:
    """The payload schemas that are known, and how an older version becomes the next."""

    def __init__(self) -> None:
        self._schemas: dict[str, type[Payload]] = {}
        self._upgrades: dict[tuple[str, int], Upgrade] = {}

    def register(self, payload: type[Payload]) -> type[Payload]:
        """Make a payload's schema known; usable as a decorator.

        Raises:
            ValueError: the type is taken by another schema.
        """
        if self._schemas.setdefault(payload.type, payload) is not payload:
            raise ValueError(f"event type {payload.type!r} is registered twice")
        return payload

    def upgrade(self, type_: str, version: int, step: Upgrade) -> None:
        """Say how data of `version` becomes data of `version + 1`."""
        self._upgrades[type_, version] = step

    def types(self) -> tuple[str, ...]:
        """The known types, sorted."""
        return tuple(sorted(self._schemas))

    def read(self, event: Event) -> Payload:
        """The payload of an event, upgraded to today's schema.

        Raises:
            InvalidInputError: unknown type, a version from the future, or data that doesn't fit.
        """
        schema = self._schemas.get(event.type)
        if schema is None or event.version > schema.version:
            raise InvalidInputError(
                f"unknown event {event.type} version {event.version}",
                hint="A newer Pilotage wrote it: upgrade.",
            )
        data = event.data
        for version in range(event.version, schema.version):
            data = self._upgrades[event.type, version](data)
        try:
            return schema.model_validate(data)
        except ValidationError as cause:
            raise invalid_input(cause, prefix=event.type) from cause


def events_to_jsonl(events: Iterable[Event]) -> str:
    """One canonical JSON object a line, each ended by a newline."""
    return "".join(canonical_json(event.model_dump(mode="json")) + "\n" for event in events)


def events_from_jsonl(text: str) -> Iterator[Event]:
    """The events of a JSONL text, in its order; blank lines are skipped.

    Raises:
        InvalidInputError: a line is not an event; the message names the line.
    """
    for number, line in enumerate(text.split("\n"), start=1):  # texts may hold U+2028, which splitlines cuts at
        if line.strip():
            try:
                yield Event.model_validate(json.loads(line))
            except (ValueError, ValidationError) as cause:
                raise InvalidInputError(f"line {number} is not an event: {cause}", field=f"line {number}") from cause
