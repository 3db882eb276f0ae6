"""The live plane: what may be lost (step progress, previews, wake-ups) and what is in a hurry (cancel, warm up).

JSON lines over a socket of this machine. The first line of a client is a secret that only the user can read.
Frames are latest-value: a reader that is slow or away gets the newest when it can, and holds nobody up.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from pilotage.core.progress import Step

Json = dict[str, Any]

_log = logging.getLogger(__name__)
_PERIOD = 0.1  # a reader gets at most ten frames a second of one job
_PATIENCE = 5.0  # seconds that a client may take to say the secret
_LINE = 16 * 1024 * 1024  # a frame with previews is long; more than this is no frame
_MAX_WAITING = 256  # jobs with an unread frame


class LiveServer:
    """The worker's end. It listens from the start, on a free port of the loopback address.

    Args:
        secret: what a client must say first.
        on_command: called with each command, in the thread of the client's connection.
    """

    def __init__(self, secret: str, on_command: Callable[[Json], None]) -> None:
        self._secret, self._on_command = secret, on_command
        self._lock = threading.Lock()
        self._readers: set[_Reader] = set()
        self._latest: dict[str, Json] = {}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname()[:2])
        threading.Thread(target=self._accept, name="live-accept", daemon=True).start()

    def publish(self, topic: str, frame: Json) -> None:
        """Offer a frame to whoever listens; returns at once. The newest of a job replaces the one before."""
        key = str(frame.get("job_id") or topic)
        with self._lock:
            frame = {**frame, "topic": topic}
            if frame.get("job_id"):
                self._latest[key] = _merge(self._latest.get(key), frame)
            readers = list(self._readers)
        for reader in readers:
            reader.offer(key, frame)

    def forget(self, job_id: str) -> None:
        """The job has ended: who connects from now on is not told of it."""
        with self._lock:
            self._latest.pop(job_id, None)

    def close(self) -> None:
        """Let go of all readers and of the port."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()
        with self._lock:
            readers = list(self._readers)
        for reader in readers:
            reader.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection,), name="live-client", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        with (
            connection,
            contextlib.suppress(OSError, ValueError, LookupError, TypeError),
            connection.makefile("rb") as lines,
        ):
            hello = json.loads(lines.readline(4096))
            if not hmac.compare_digest(str(hello["secret"]).encode(), self._secret.encode()):
                return
            connection.settimeout(None)
            reader = _Reader(connection)
            with self._lock:
                self._readers.add(reader)
                missed = list(self._latest.items())
            for key, frame in missed:
                reader.offer(key, frame)
            if hello.get("listen", True):
                reader.start()
            try:
                while line := lines.readline(_LINE):
                    self._obey(line)
            finally:
                with self._lock:
                    self._readers.discard(reader)
                reader.close()

    def _obey(self, line: bytes) -> None:
        try:
            self._on_command(json.loads(line))
        except Exception:  # a bad command must not cost the connection
            _log.exception("a live command failed")


class _Reader:
    """One client's mailbox: the newest frame of each job that it has not been sent yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting: dict[str, Json] = {}
        self._wake = threading.Condition()
        self._closed = False

    def start(self) -> None:
        threading.Thread(target=self._write, name="live-writer", daemon=True).start()

    def offer(self, key: str, frame: Json) -> None:
        with self._wake:
            self._waiting[key] = _merge(self._waiting.get(key), frame)
            if len(self._waiting) > _MAX_WAITING:
                del self._waiting[next(iter(self._waiting))]
            self._wake.notify()

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _write(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                frames, self._waiting = list(self._waiting.values()), {}
            try:
                self._connection.sendall(b"".join(_line(frame) for frame in frames))
            except OSError:
                return self.close()
            time.sleep(_PERIOD)


class LiveClient:
    """The other end, for an asyncio program: it connects, and connects again whenever the worker is back.

    Args:
        address: where the worker listens now; empty if it is away. Called in a thread, before each attempt.
        secret: as `live_secret` says.
    """

    def __init__(self, address: Callable[[], str], secret: str) -> None:
        self._address, self._secret = address, secret
        self._writer: asyncio.StreamWriter | None = None

    async def frames(self) -> AsyncIterator[Json]:
        """The worker's frames, for ever; what it publishes while nobody is connected is lost, but for the newest."""
        pause = _PERIOD
        while True:
            with contextlib.suppress(OSError, ValueError):  # gone, or not talking our way: try again
                async for frame in self._connected():
                    pause = _PERIOD
                    yield frame
            await asyncio.sleep(pause)
            pause = min(2.0, 2 * pause)

    async def send(self, command: Json) -> bool:
        """Give the worker a command; whether there was a connection to give it to."""
        if self._writer is None:
            return False
        try:
            self._writer.write(_line(command))
            await self._writer.drain()
        except OSError:
            return False
        return True

    async def _connected(self) -> AsyncIterator[Json]:
        host, _, port = (await asyncio.to_thread(self._address)).rpartition(":")
        if not host:
            return
        reader, writer = await asyncio.open_connection(host, int(port), limit=_LINE)
        try:
            writer.write(_line({"secret": self._secret}))
            self._writer = writer
            while line := await reader.readline():
                yield json.loads(line)
        finally:
            self._writer = None
            writer.close()


def send_command(address: str, secret: str, command: Json) -> bool:
    """Give one command over a connection of its own, from any thread; whether the worker was there."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1.0) as connection:
            connection.sendall(_line({"secret": secret, "listen": False}) + _line(command))
    except (OSError, ValueError):
        return False
    return True


def live_secret(home: Path) -> str:
    """The secret of the live channel: made once, in a file that only the user can read."""
    file = home / "live.secret"
    home.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        fresh = home / f"live.secret.{os.getpid()}.{threading.get_ident()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(32))
        # A link fails where a rename would replace: of two processes that start together, one wins, whole.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_text()


def step_frame(job_id: str, step: Step) -> Json:
    """A step of a job's progress as a frame; previews as [row, media type, base64]."""
    previews = [[row, media.media_type, base64.b64encode(media.data).decode()] for row, media in step.previews]
    return {"job_id": job_id, "phase": step.phase, "done": step.done, "total": step.total, "previews": previews}


def _merge(old: Json | None, new: Json) -> Json:
    """The new frame, with the previews of the old one that it would otherwise hide."""
    if old is None or not old.get("previews") or old.get("phase") != new.get("phase"):
        return new
    shown = {row: rest for row, *rest in (*old["previews"], *new.get("previews", []))}
    return {**new, "previews": [[row, *rest] for row, rest in sorted(shown.items())]}


def _line(frame: Json) -> bytes:
    return json.dumps(frame, separators=(",", ":")).encode() + b"\n"
