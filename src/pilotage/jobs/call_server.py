"""The worker's end of calls: it listens beside the live channel and hands each call to its handler."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pilotage.core.errors import QueueFullError
from pilotage.jobs.calls import BEAT_S, HELLO, LARGEST, Handler, Reply, begin, release
from pilotage.jobs.presence import address_here, is_gone
from pilotage.store import Reader, WorkerRow

Json = dict[str, Any]
_PATIENCE_S = 5.0  # that a caller may take to say what is wanted
_CALLS = 256
_BEGINNING = 4  # calls that begin at once: they read their prompts, or wait for one model to be loaded


class CallServer:
    """Takes calls from the start, on a free port of the loopback address, in a thread of its own.

    Args:
        secret: what a caller must say first.
        handlers: kind of call -> what answers it.
        limit: calls at once; one more is refused.
    """

    def __init__(self, secret: str, handlers: Mapping[str, Handler], *, limit: int = _CALLS) -> None:
        self._secret, self._handlers, self._limit = secret, handlers, limit
        self._open: dict[object, asyncio.StreamWriter] = {}  # by the task that serves it
        self._answering = 0
        self._pool = ThreadPoolExecutor(_BEGINNING, thread_name_prefix="call")
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname()[:2])
        self._thread = threading.Thread(target=self._run, name="calls", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of all callers, and of the port."""
        with contextlib.suppress(RuntimeError):  # closed before
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._call, sock=self._socket, limit=HELLO)
        await self._stopping.wait()
        server.close()
        for writer in self._open.values():
            writer.close()
        while self._open:
            await asyncio.sleep(0.01)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._open[task] = writer
        try:
            async with asyncio.timeout(_PATIENCE_S):
                kind, asked = await self._asked(reader)
            await self._answer(kind, asked, reader, writer)
        except (OSError, ValueError, LookupError, TypeError, EOFError):  # gone, or not talking our way
            pass
        finally:
            del self._open[task]
            writer.close()

    async def _asked(self, reader: asyncio.StreamReader) -> tuple[str, Json]:
        hello = json.loads(await reader.readline())
        if not hmac.compare_digest(str(hello["secret"]).encode(), self._secret.encode()):
            raise ValueError("another secret")
        size = int(hello["size"])
        if not 0 < size <= LARGEST:
            raise ValueError("a size that is none")
        return str(hello["kind"]), dict(json.loads(await reader.readexactly(size)))

    async def _answer(self, kind: str, asked: Json, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = Reply(self._loop)
        if self._answering >= self._limit:
            reply.end(QueueFullError(f"{self._limit} answers are under way", hint="Try again when one has ended."))
            return await _tell(reply, writer)
        self._answering += 1
        beginning = self._loop.run_in_executor(self._pool, begin, self._handlers, kind, asked, reply)
        heard = asyncio.ensure_future(reader.read(1))  # a caller has nothing more to say: what comes is the end
        told = asyncio.ensure_future(_tell(reply, writer))
        try:
            await asyncio.wait({heard, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (heard, told):
                task.cancel()
            self._answering -= 1
            beginning.add_done_callback(release)
            await asyncio.gather(heard, told, return_exceptions=True)


def call_address(reader: Reader) -> str:
    """Where a worker of this machine takes calls, the one that was started last; empty if none does."""
    rows = sorted(reader.list(WorkerRow), key=lambda row: row.created_at, reverse=True)
    return next((str(row.status["calls"]) for row in rows
                 if row.status.get("calls") and address_here(row) and not is_gone(row)), "")  # fmt: skip


async def _tell(reply: Reply, writer: asyncio.StreamWriter) -> None:
    """All that is said, and now and then that nothing is."""
    line: Json = {}
    while "end" not in line:
        line = await reply.line(BEAT_S)
        writer.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        await writer.drain()
