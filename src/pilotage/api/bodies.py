"""Bodies: JSON or nothing, of bounded size and depth, read before anything else looks at them."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

from pilotage.api.asgi import Asgi, Message, Receive, Scope, Send, header, refuse
from pilotage.api.problems import Problem, problem

MAX_BYTES = 1 << 20
LARGER = {"/api/language/profiles/import": 16 << 20}  # path -> bytes: what a full profile is exported as, and more
MAX_DEPTH = 32
MAX_STRING = 100_000
READ_SECONDS = 30.0
# path -> the type that it takes; its route reads it, piece by piece
UPLOADS = {
    "/api/bundles": "application/zip", "/api/language/vectors": "application/octet-stream",
    "/api/latents/data": "application/octet-stream",
}  # fmt: skip
MAX_UPLOAD = 1 << 30
SMALLER = {  # path -> bytes
    "/api/language/vectors": 8 << 20,  # 80 blocks of 8192 numbers are 2.6 MB
    "/api/latents/data": 1 << 29,  # as many as a set's pictures may have unpacked
}
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class BodyGate:
    """Reads the body of each unsafe request, refuses what can't be used, and hands on the rest at once."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on or refuse."""
        if scope["type"] != "http" or scope["method"] not in _UNSAFE:
            await self._app(scope, receive, send)
            return
        fault: Problem | None
        if scope["path"] in UPLOADS:
            fault = _upload_fault(scope)
            await (refuse(scope, send, fault) if fault else self._app(scope, receive, send))
            return
        body, fault = await _read(scope, receive)
        fault = fault or _type_fault(scope, body)
        if fault is None and body:
            quick = len(body) <= MAX_BYTES
            fault = json_fault(body) if quick else await asyncio.to_thread(json_fault, body)
        if fault is not None:
            await refuse(scope, send, fault)
            return
        scope.setdefault("state", {})["body"] = body
        await self._app(scope, replay(body, receive), send)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` first, then whatever the connection says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def json_fault(body: bytes) -> Problem | None:
    """Why a body is not JSON that can be used; None if it is."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        return problem("malformed_json", f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    except ValueError as cause:
        return problem("malformed_json", f"The body isn't JSON: {cause}"[:300])
    return _value_fault(value)


def _value_fault(root: Any) -> Problem | None:
    waiting = [(root, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return problem("malformed_json", f"The JSON is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(value, dict):
            waiting.extend((part, depth + 1) for pair in value.items() for part in pair)
        elif isinstance(value, list):
            waiting.extend((part, depth + 1) for part in value)
        elif (reason := _scalar_fault(value)) is not None:
            return problem("malformed_json", reason)
    return None


def _scalar_fault(value: Any) -> str | None:
    if isinstance(value, str):
        if len(value) > MAX_STRING:
            return f"A text is longer than {MAX_STRING} characters."
        if any("\ud800" <= char <= "\udfff" for char in value):
            return "A text holds half of a character (a lone surrogate)."
        if any(char < " " and char not in "\n\r\t" for char in value):
            return "A text holds control characters."
    if isinstance(value, float) and not math.isfinite(value):
        return "A number is too large."
    if isinstance(value, int) and abs(value) >= 2**63:
        return "A number is too large."
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _type_fault(scope: Scope, body: bytes) -> Problem | None:
    given = header(scope, b"content-type")
    if given is None and not body:
        return None
    return _other_type(given, "application/json")


def most_of(path: str) -> int:
    """Bytes that an upload may have."""
    return SMALLER.get(path, MAX_UPLOAD)


def _upload_fault(scope: Scope) -> Problem | None:
    if (fault := _other_type(header(scope, b"content-type"), UPLOADS[scope["path"]])) is not None:
        return fault
    announced, most = header(scope, b"content-length") or "0", most_of(scope["path"])
    if not announced.isdecimal() or int(announced[:18]) > most:
        return problem("body_too_large", f"An upload may have {most} bytes here.")
    return None


def _other_type(given: str | None, wanted: str) -> Problem | None:
    media_type = (given or "").partition(";")[0].strip().lower()
    if media_type == wanted:
        return None
    return problem("unsupported_media_type", f"The body must be {wanted}, not {media_type or 'without a type'}."[:200])


async def _read(scope: Scope, receive: Receive) -> tuple[bytes, Problem | None]:
    announced = header(scope, b"content-length") or "0"
    most = LARGER.get(scope["path"], MAX_BYTES)
    too_large = problem("body_too_large", f"A body may have {most} bytes.")
    if not announced.isdecimal() or int(announced[:18]) > most:
        return b"", too_large
    chunks, size = [], 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return b"", problem("malformed_json", "The connection ended before the body did.")
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > most:
                    return b"", too_large
                if not message.get("more_body", False):
                    return b"".join(chunks), None
    except TimeoutError:
        return b"", problem("body_too_slow", f"The body did not arrive within {READ_SECONDS:.0f} seconds.")
