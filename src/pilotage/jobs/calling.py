"""Who calls: the same frames from handlers of this process, and from a worker."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from pilotage.core.errors import CallInterruptedError, InvalidInputError, PilotageError, WorkerAwayError
from pilotage.jobs.calls import LARGEST, Handler, Reply, begin, release

Json = dict[str, Any]
_SILENCE_S = 30.0  # a worker that does not even say that it has nothing to say is gone
_PATIENCE_S = 20.0  # a worker that was just started, or died, is waited for


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
            _raise_if_fault(line["end"])
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
            _raise_if_fault(line["end"])
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
        await asyncio.sleep(0)  # as in `Reply.line`
        try:
            async with asyncio.timeout(self._silence):
                line = await reader.readline()
            if line.endswith(b"\n"):
                return dict(json.loads(line))
        except (OSError, ValueError):  # TimeoutError is an OSError
            pass
        raise CallInterruptedError("the worker ended in the midst of it", hint="Ask again; it is started anew.")


def _raise_if_fault(fault: Json | None) -> None:
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
