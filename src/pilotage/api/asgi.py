"""The few ASGI pieces that the middlewares share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pilotage.api.openai_errors import told as told_at
from pilotage.api.problems import MEDIA_TYPE, Problem

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str | None:
    """A header's value, or None; of several the first."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def count(scope: Scope, name: bytes) -> int:
    """How often a header is there."""
    return sum(key == name for key, _ in scope["headers"])


def request_id(scope: Scope) -> str:
    """The id that the outermost middleware gave this request."""
    return str(scope.get("state", {}).get("request_id", ""))


async def send_bytes(
    send: Send, status: int, body: bytes, media_type: str, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """A whole response at once."""
    basic = ((b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": [*basic, *headers]})
    await send({"type": "http.response.body", "body": body})


async def refuse(scope: Scope, send: Send, problem: Problem) -> None:
    """A problem as the whole answer."""
    told = problem.model_copy(update={"request_id": request_id(scope)})
    extra: tuple[tuple[bytes, bytes], ...] = ((b"cache-control", b"no-store"),)
    if told.retry_after is not None:
        extra += ((b"retry-after", str(round(told.retry_after)).encode()),)
    if told.status == 401:
        extra += ((b"www-authenticate", b"Bearer"),)
    status, body = told_at(told, scope["path"])
    await send_bytes(send, status, body, MEDIA_TYPE, extra)
