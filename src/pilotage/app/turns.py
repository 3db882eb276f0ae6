"""Turns: the rows of what is said and of its answers, and what a model reads of those before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pilotage.core.errors import NotFoundError
from pilotage.core.ids import new_id
from pilotage.jobs.processes import process_name
from pilotage.models.language import Message
from pilotage.store import MessageRow


def said_by(
    conversation_id: str, known: Sequence[MessageRow], content: str | None, *, after: str | None, now: datetime
) -> MessageRow | None:
    """What a person says after a message (None: at the beginning); None if it is nothing new."""
    if content is None:
        return None
    beside = [row for row in known if (row.parent_id, row.role) == (after, "user")]
    return MessageRow(
        id=new_id("msg"), created_at=now, conversation_id=conversation_id, index=_next(known), parent_id=after,
        variant=len(beside), role="user", content=content,
    )  # fmt: skip


def answers_to(
    conversation_id: str, known: Sequence[MessageRow], message_id: str, answers: Sequence[Mapping[str, Any]], *,
    now: datetime,
) -> list[MessageRow]:  # fmt: skip
    """Answers to a message that this process begins to write, beside those that it has."""
    index, variant = _next(known), len([row for row in known if row.parent_id == message_id])
    writer = process_name()
    return [
        MessageRow(
            id=new_id("msg"), created_at=now, conversation_id=conversation_id, index=index + place,
            parent_id=message_id, variant=variant + place, role="assistant", content="", state="writing", writer=writer,
            **answer,
        )
        for place, answer in enumerate(answers)
    ]  # fmt: skip


def messages_of(system: str, path: Sequence[MessageRow], content: str | None) -> tuple[Message, ...]:
    """What the model reads. Answers of which nothing came are left out."""
    head = [Message(role="system", content=system)] if system else []
    said = [Message(role=row.role, content=row.content) for row in path if row.content]
    return (*head, *said, *([Message(role="user", content=content)] if content is not None else []))


def newest(messages: Sequence[MessageRow]) -> str | None:
    """What a person goes on from: the first of the newest answers, or what was said last."""
    if not messages:
        return None
    last = messages[-1]
    return next(row.id for row in messages if (row.parent_id, row.role) == (last.parent_id, last.role))


def path_to(messages: Sequence[MessageRow], message_id: str, *, field: str = "after") -> list[MessageRow]:
    """The messages from the beginning to this one.

    Raises:
        NotFoundError: it is none of them.
    """
    by_id = {row.id: row for row in messages}
    if message_id not in by_id:
        raise NotFoundError(f"no message {message_id!r} in this conversation", field=field)
    path, at = [], by_id.get(message_id)
    while at is not None:
        path.append(at)
        at = by_id.get(at.parent_id or "")
    return path[::-1]


def _next(known: Sequence[MessageRow]) -> int:
    return max((row.index for row in known), default=-1) + 1
