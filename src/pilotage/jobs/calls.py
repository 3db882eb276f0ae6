"""Calls: what is answered by a stream, such as the words of a language model, by this process or by a worker.

Each call has a connection of its own, in JSON lines: the caller says the secret and what is wanted, the worker sends
frames until one that ends. Whoever closes the connection has cancelled. Calls pass by the queue and its lanes; what
they ask for together is for their handlers to see to.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Protocol

from pilotage.core.errors import (
    CallInterruptedError,
    InvalidInputError,
    NotFoundError,
    PilotageError,
    WorkerAwayError,
)
from pilotage.jobs.base import problem

Json = dict[str, Any]
Release = Callable[[], None]

HELLO = 4096  # bytes of a call's first line
LARGEST = 16 << 20  # bytes of what is asked for, and of a frame
BEAT_S = 5.0  # a worker that has nothing to say says so
_SILENCE_S = 30.0  # a worker that does not even say that is gone
_PATIENCE_S = 20.0  # a worker that was just started, or died, is waited for
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
        try:
            return await asyncio.wait_for(self._lines.get(), timeout)
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


class InlineCalls:
    """Calls that are answered in this process: the terminal's and the library's."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers

    async def frames(self, kind: str, asked: Json) -> AsyncGenerator[Json, None]:
        """As `Calls.frames`."""
        reply = Reply(asyncio.get_running_loop())
        beginning = asyncio.ensure_future(asyncio.to_thread(begin, self._handlers, kind, asked, reply))
        try:
            while "frame" in (line := await reply.line()):
                yield line["frame"]
            raise_if_fault(line["end"])
        finally:
            beginning.add_done_callback(release)


class RemoteCalls:
    """Calls that a worker answers.

    Args:
        address: where it takes calls now; empty if it is away. Called in a thread.
        secret: as `pilotage.jobs.live.live_secret` says.
        patience: seconds that a worker who is away is waited for.
        silence: seconds after which one who says nothing at all is given up.
    """

    def __init__(
        self, address: Callable[[], str], secret: str, *, patience: float = _PATIENCE_S, silence: float = _SILENCE_S
    ) -> None:
        self._address, self._secret = address, secret
        self._patience, self._silence = patience, silence

    async def frames(self, kind: str, asked: Json) -> AsyncGenerator[Json, None]:
        """As `Calls.frames`."""
        body = json.dumps(asked, separators=(",", ":")).encode()
        if len(body) > LARGEST:
            raise InvalidInputError(f"that is more than the {LARGEST} bytes that a worker takes", hint="Shorten it.")
        reader, writer = await self._connected()
        try:
            hello = {"secret": self._secret, "kind": kind, "size": len(body)}
            writer.write(json.dumps(hello).encode() + b"\n" + body)
            while "end" not in (line := await self._line(reader)):
                if "frame" in line:
                    yield line["frame"]
            raise_if_fault(line["end"])
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        until = asyncio.get_running_loop().time() + self._patience
        while True:
            host, _, port = (await asyncio.to_thread(self._address)).rpartition(":")
            if host:
                with contextlib.suppress(OSError):  # it has just ended: the next one says where it is
                    return await asyncio.open_connection(host, int(port), limit=LARGEST)
            if asyncio.get_running_loop().time() >= until:
                hint = "It may be starting: try again in a moment, or ask `pilotage doctor`."
                raise WorkerAwayError("no worker is there to answer", hint=hint)
            await asyncio.sleep(0.2)

    async def _line(self, reader: asyncio.StreamReader) -> Json:
        try:
            line = await asyncio.wait_for(reader.readline(), self._silence)
            if line.endswith(b"\n"):
                return dict(json.loads(line))
        except (OSError, ValueError):  # TimeoutError is an OSError
            pass
        raise CallInterruptedError("the worker ended in the midst of it", hint="Ask again; it is started anew.")


def raise_if_fault(fault: Json | None) -> None:
    """Raise the error that `problem` made a fault of.

    Raises:
        PilotageError: of the fault's code; the base class if that is not known here.
    """
    if fault is not None:
        kinds = {kind.code: kind for kind in _descendants(PilotageError)}
        kind = kinds.get(str(fault["code"]), PilotageError)
        raise kind(str(fault["message"]), hint=str(fault.get("hint", "")), field=str(fault.get("field", "")))


def _descendants(kind: type[PilotageError]) -> list[type[PilotageError]]:
    return [kind, *(low for child in kind.__subclasses__() for low in _descendants(child))]
