"""Uploads: bodies too large to be held, taken piece by piece within bounds of size and patience."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from hashlib import sha256

from fastapi import HTTPException, Request

from pilotage.api import bodies
from pilotage.api.asgi import Message, Receive, Scope

SLOWEST = 1 << 14  # bytes a second


async def pieces(request: Request) -> AsyncIterator[bytes]:
    """The upload as it comes.

    Raises:
        HTTPException: 413, it is too large; 408, it came to a halt, or a drop now and then, which is one, too.
    """
    source, size, begun = request.stream().__aiter__(), 0, time.monotonic()
    while True:
        left = begun + bodies.READ_SECONDS + size / SLOWEST - time.monotonic()
        try:
            async with asyncio.timeout(min(left, bodies.READ_SECONDS)):
                piece = await anext(source, None)
        except TimeoutError:
            raise HTTPException(408, "the upload came to a halt") from None
        if piece is None:
            return
        size += len(piece)
        if size > bodies.most_of(request.url.path):
            raise HTTPException(413)
        yield piece


class Hashed:
    """A `receive` that keeps the hash of what went through it."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._digest = receive, sha256()

    async def __call__(self) -> Message:
        """The next message."""
        message = await self._receive()
        self._digest.update(message.get("body", b""))
        return message

    async def drain(self, scope: Scope) -> None:
        """Take the whole upload for its hash alone.

        Raises:
            HTTPException: as `pieces`.
        """
        async for _ in pieces(Request(scope, self)):
            pass

    def digest(self) -> bytes:
        """The sha256 of what came so far."""
        return self._digest.digest()
