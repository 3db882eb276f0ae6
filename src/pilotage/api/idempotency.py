"""`Idempotency-Key`: a request sent again under its key is answered as the first time, and done once."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pilotage.api.asgi import Asgi, Message, Receive, Scope, Send, header, refuse, send_bytes
from pilotage.api.bodies import UPLOADS
from pilotage.api.once import ASKED, Asked
from pilotage.api.problems import Problem, problem
from pilotage.api.uploads import Hashed
from pilotage.core.clock import system_clock
from pilotage.core.hashing import sha256_hex
from pilotage.store import RequestRow, Store

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
KEPT_FOR = timedelta(days=7)
_STREAM = b"text/event-stream"


@dataclass(slots=True)
class _Answer:
    """A response as it goes by."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    whole: bool = False  # whoever wrote it may have left off in the midst

    def note(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message["headers"])
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))
            self.whole = not message.get("more_body", False)

    @property
    def streams(self) -> bool:
        """Whether it is told piece by piece, to whoever listens now."""
        return any(name.lower() == b"content-type" and value.startswith(_STREAM) for name, value in self.headers)

    @property
    def lasts(self) -> bool:
        """Whether it is worth keeping."""
        return 200 <= self.status < 300 and self.whole and not self.streams


class Idempotency:
    """Only what succeeded is kept: a refusal did nothing, so it may be tried again under the same key.

    A stream is sent as it comes and not kept.
    """

    def __init__(self, app: Asgi, store: Callable[[], Store]) -> None:
        self._app, self._store = app, store
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tidy_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the store, or pass on and keep the answer."""
        key = header(scope, b"idempotency-key") if scope["type"] == "http" and scope["method"] == "POST" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            fault = problem("invalid_input", "An idempotency key has 1 to 200 visible ASCII characters.")
            await refuse(scope, send, fault.model_copy(update={"field": "Idempotency-Key"}))
            return
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:  # the same key sent twice at once: the second waits for the first one's answer
            await self._once(key, scope, receive, send)

    async def _once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        upload = Hashed(receive) if scope["path"] in UPLOADS else None
        await run_in_threadpool(self._forget)
        known = await run_in_threadpool(self._store().find, RequestRow, key)
        if known is None:
            await self._keep(key, scope, upload or receive, send)
            return
        if upload is not None and (fault := await _drain(upload, scope)) is not None:
            await refuse(scope, send, fault)
        elif known.fingerprint != _fingerprint(scope, upload):
            fault = problem("key_reused", "This idempotency key belongs to another request.", hint="Take a new key.")
            await refuse(scope, send, fault)
        else:
            headers = [(name.encode(), value.encode()) for name, value in known.response["headers"].items()]
            media_type = known.response["media_type"]
            await send_bytes(
                send, known.status, known.response["body"].encode(), media_type,
                (*headers, (b"idempotency-replayed", b"true")),
            )  # fmt: skip

    async def _keep(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer()
        held: list[Message] = []

        async def noted(message: Message) -> None:
            answer.note(message)
            if answer.streams:
                await send(message)
            else:
                held.append(message)

        asked = Asked(key, _fingerprint(scope, receive), self._store())
        token = ASKED.set(asked)
        try:
            await self._app(scope, receive, noted)
        finally:
            ASKED.reset(token)
        if answer.lasts and not asked.kept:  # a route that reads its body itself keeps nothing
            asked.fingerprint = _fingerprint(scope, receive)  # all of an upload is known only now
            await run_in_threadpool(_write, asked, answer)
        for message in held:  # the key is kept before the client can hear of success
            await send(message)

    def _forget(self) -> None:
        """Once an hour, let go of the requests that nobody will send again."""
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + 3600
            forget_before(self._store(), system_clock() - KEPT_FOR)


def _fingerprint(scope: Scope, receive: object) -> str:
    body = receive.digest() if isinstance(receive, Hashed) else scope["state"].get("body", b"")
    return sha256_hex(b"\n".join((scope["path"].encode(), scope["query_string"], body)))


async def _drain(upload: Hashed, scope: Scope) -> Problem | None:
    """Take an upload whose key is known; why that did not work, else None."""
    try:
        await upload.drain(scope)
    except HTTPException as error:
        code = "body_too_large" if error.status_code == 413 else "body_too_slow"
        return problem(code, "The upload was not taken to its end.")
    except ClientDisconnect:
        return problem("body_too_slow", "The connection ended before the upload did.")
    return None


def forget_before(store: Store, moment: datetime) -> int:
    """Remove the requests kept before `moment`; how many."""
    gone = 0
    while old := [row.id for row in store.list(RequestRow, limit=500) if row.created_at < moment]:
        with store.transaction() as tx:
            gone += tx.remove(RequestRow, {"id": tuple(old)})
    return gone


def _write(asked: Asked, answer: _Answer) -> None:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    with asked.store.transaction() as tx:
        tx.insert(asked.row(answer.status, headers, b"".join(answer.chunks)))
