"""Outermost: a request id, the headers that every answer bears, a log line, and an end for every exception."""

from __future__ import annotations

import re
from time import perf_counter

import structlog

from pilotage.api.asgi import Asgi, Message, Receive, Scope, Send, refuse
from pilotage.api.problems import problem_of
from pilotage.core.ids import new_id

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_SUBJECT = re.compile(r"^/api/(session|job|run)s/([\w-]{1,64})")
_log = structlog.get_logger("pilotage.api")


class Observe:
    """Wraps every request; what fails below without an answer gets one here."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and write down how it went; queries stay out of the log, since a token may stand in one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 0
        scope.setdefault("state", {})["request_id"] = new_id("req")

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _completed(message["headers"], scope)}
            await send(message)

        with structlog.contextvars.bound_contextvars(**_subject(scope)):
            try:
                await self._app(scope, receive, observed)
            except Exception as error:
                _log.exception("request failed", method=scope["method"], path=scope["path"])
                if status:
                    raise  # half an answer is out already: only the connection's end can tell
                await refuse(scope, observed, problem_of(error, request_id=scope["state"]["request_id"]))
            duration = round(1000 * (perf_counter() - begun), 1)
            _log.info("request", method=scope["method"], path=scope["path"], status=status, ms=duration)


def _completed(headers: list[tuple[bytes, bytes]], scope: Scope) -> list[tuple[bytes, bytes]]:
    present = {name for name, _ in headers}
    added = [(name, value) for name, value in HEADERS if name not in present]
    return [*headers, *added, (b"x-request-id", scope["state"]["request_id"].encode())]


def _subject(scope: Scope) -> dict[str, str]:
    found = _SUBJECT.match(scope["path"])
    subject = {f"{found[1]}_id": found[2]} if found else {}
    return {"request_id": scope["state"]["request_id"], **subject}
