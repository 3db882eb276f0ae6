"""Calls: what is answered by a stream, such as the words of a language model, by this process or by a worker.

Each call has a connection of its own, in JSON lines: the caller says the secret and what is wanted, the worker sends
frames until one that ends. Whoever closes the connection has cancelled. Calls pass by the queue and its lanes; what
they ask for together is for their handlers to see to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Protocol

from pilotage.core.errors import NotFoundError, PilotageError
from pilotage.jobs.base import problem

Json = dict[str, Any]
Release = Callable[[], None]

HELLO = 4096  # bytes of a call's first line
LARGEST = 16 << 20  # bytes of what is asked for, and of a frame
BEAT_S = 5.0  # a worker that has nothing to say says so
_log = logging.getLogger(__name__)


class Reply:
    """Where a handler says its answer: from any thread, and without waiting for whoever listens."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lines: asyncio.Queue[Json] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        """Say a part of the answer."""
        self._put({"frame": frame})

    def end(self, error: Exception | None = None) -> None:
        """Say that this was all, or why no more will come."""
        self._put({"end": None if error is None else problem(error)})

    async def line(self, timeout: float | None = None) -> Json:
        """The next line; an empty one if there is none within `timeout` seconds."""
        await asyncio.sleep(
            0
        )  # what is there is taken without waiting: others run here, and a cancellation comes through
        try:
            async with asyncio.timeout(timeout):
                return await self._lines.get()
        except TimeoutError:
            return {}

    def _put(self, line: Json) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever listened
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


class Handler(Protocol):
    """What a kind of call does."""

    def __call__(self, asked: Json, reply: Reply) -> Release:
        """Begin, and return soon; the answer goes to `reply`, from whatever thread.

        What is returned is called once, when all was said or nobody listens any more.

        Raises:
            PilotageError: what was asked for cannot be done; the caller is told.
        """


class Calls(Protocol):
    """Where calls are answered."""

    def frames(self, kind: str, asked: Json) -> AsyncGenerator[Json, None]:
        """The answer as it comes. Closing the iterator cancels what is left of it.

        Raises:
            PilotageError: as the handler says; `CallInterruptedError` if it ends in the midst; `WorkerAwayError`.
        """


def begin(handlers: Mapping[str, Handler], kind: str, asked: Json, reply: Reply) -> Release:
    """Let the handler of `kind` begin; what it raises is the end of the answer."""
    try:
        if kind not in handlers:
            raise NotFoundError(f"this worker answers no {kind!r}")
        return handlers[kind](asked, reply)
    except Exception as error:
        if not isinstance(error, PilotageError):
            _log.exception("a call failed")
        reply.end(error)
        return lambda: None


def release(beginning: asyncio.Future[Release]) -> None:
    """Let go of what `begin` began; in a thread, since another call may be keeping it waiting."""
    if not beginning.cancelled():
        threading.Thread(target=beginning.result(), name="call-release", daemon=True).start()
