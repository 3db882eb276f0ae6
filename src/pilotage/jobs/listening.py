"""Listening to all workers of a machine at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from pilotage.jobs.live import LiveClient

Json = dict[str, Any]
LOOK_EVERY = 1.0  # seconds between two looks at who is there
_MAX_WAITING = 256  # frames; a reader that slow is given no more until it has read some


class LiveListener:
    """The frames of every worker that says where it listens; workers come and go.

    Args:
        addresses: where the workers listen now. Called in a thread, every second.
        secret: as `pilotage.jobs.live.live_secret` says.
    """

    def __init__(self, addresses: Callable[[], Sequence[str]], secret: str) -> None:
        self._addresses, self._secret = addresses, secret

    async def frames(self) -> AsyncIterator[Json]:
        """All workers' frames, for ever."""
        queue: asyncio.Queue[Json] = asyncio.Queue(_MAX_WAITING)
        watch = asyncio.create_task(self._watch(queue))
        try:
            while True:
                yield await queue.get()
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _watch(self, queue: asyncio.Queue[Json]) -> None:
        listening: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                with contextlib.suppress(Exception):  # a busy database: the next look will tell
                    there = set(await asyncio.to_thread(self._addresses))
                    for address in there - set(listening):
                        listening[address] = asyncio.create_task(self._listen(address, queue))
                    for address in set(listening) - there:
                        listening.pop(address).cancel()
                await asyncio.sleep(LOOK_EVERY)
        finally:
            for task in listening.values():
                task.cancel()

    async def _listen(self, address: str, queue: asyncio.Queue[Json]) -> None:
        async for frame in LiveClient(lambda: address, self._secret).frames():
            await queue.put(frame)
