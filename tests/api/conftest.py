"""The app over a lab in memory, and the app as a real process."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from pilotage.api.app import create_app
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

Json = dict[str, Any]
PORT = 8360
BASE = f"http://127.0.0.1:{PORT}"


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """The log lines of this process, kept off the console."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def app(lab: Lab) -> FastAPI:
    return create_app(lab, Settings(), port=PORT)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE) as client:
        yield client


@dataclass
class Reply:
    """A response to a raw request."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture(name="ask")
def _ask() -> Callable[..., Reply]:
    """Send one raw request: `ask(app, method, path, headers, body)`."""
    return ask


def ask(
    app: FastAPI, method: str, path: str, headers: list[tuple[str, str]] | None = None, body: bytes = b"",
    chunks: list[bytes] | None = None, query: str = "",
) -> Reply:  # fmt: skip
    """One raw ASGI request: nothing is added, normalised or refused by a client on the way."""
    given = [("host", f"127.0.0.1:{PORT}")] if headers is None else headers
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", PORT),
    }  # fmt: skip
    waiting = list(chunks) if chunks is not None else [body]
    sent: list[Any] = []

    async def receive() -> Json:
        if waiting:
            part = waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers_out = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(
        start["status"], headers_out, b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    )


@dataclass
class Stream:
    """One event stream, read in a thread until closed."""

    base: str
    last_id: int | None = None
    params: Json = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    others: list[Json] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        headers = {} if self.last_id is None else {"Last-Event-ID": str(self.last_id)}
        try:
            with httpx.stream(
                "GET", f"{self.base}/api/events", params=self.params, headers=headers, timeout=30, trust_env=False
            ) as response:
                frame: dict[str, str] = {}
                for line in response.iter_lines():
                    if self._closing.is_set():
                        return
                    if line == "":
                        self._take(frame)
                        frame = {}
                    elif not line.startswith(":"):
                        name, _, value = line.partition(": ")
                        frame[name] = value
        except httpx.HTTPError:
            return

    def _take(self, frame: dict[str, str]) -> None:
        if "data" not in frame:
            return
        if "event" in frame:
            self.others.append({"event": frame["event"], "id": frame.get("id"), **json.loads(frame["data"])})
        else:
            self.ids.append(int(frame["id"]))
            self.events.append(json.loads(frame["data"]))

    def wait(self, wanted: Callable[[Stream], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not wanted(self):
            assert time.monotonic() < end, f"only {[event['type'] for event in self.events]}, {self.others[-3:]}"
            time.sleep(0.02)

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def close(self) -> None:
        self._closing.set()


@dataclass
class Served:
    """`pilotage serve` as a process."""

    process: subprocess.Popen[str]
    base: str
    home: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=30, trust_env=False)

    def worker_pid(self) -> int | None:
        workers = self.client().get("/api/diagnostics").json()["workers"]
        return next((worker["pid"] for worker in workers if worker["alive"] and _lives(worker["pid"])), None)

    def wait_for_worker(self, other_than: int | None = None, seconds: float = 90) -> int:
        end = time.monotonic() + seconds
        while (pid := self.worker_pid()) is None or pid == other_than:
            assert time.monotonic() < end, "no worker came"
            time.sleep(0.1)
        return pid

    def round(self, session_id: str, index: int, seconds: float = 90) -> Json:
        end = time.monotonic() + seconds
        with self.client() as client:
            while True:
                round_ = client.get(f"/api/sessions/{session_id}/rounds/{index}").json()
                if round_.get("state") in ("awaiting", "answered", "failed"):
                    return round_
                assert time.monotonic() < end, f"round {index} is {round_}"
                time.sleep(0.05)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def serving(home: Path, *args: str, program: tuple[str, ...] = ("-m", "pilotage"), **env: str) -> Iterator[Served]:
    """Start `pilotage serve` on a free port; stop it at the end."""
    command = [sys.executable, *program, "--home", str(home), "serve", "--port", "0", *args]
    known = {**os.environ, "PILOTAGE_PRELOAD": "false", "PILOTAGE_HOME": str(home), **env}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=known)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://[\d.:a-z\[\]]+", said)
        assert found, said + process.stdout.read()
        served = Served(process, found[0], home)
        _until_up(served)
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _until_up(served: Served) -> None:
    for _ in range(1200):
        try:
            httpx.get(f"{served.base}/api/health", trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


@pytest.fixture(name="serving", scope="session")
def _serving() -> Callable[..., Any]:
    """Start a server of one's own: `with serving(home) as served`."""
    return serving


@pytest.fixture
def listen() -> Iterator[Callable[..., Stream]]:
    """Open an event stream, and hear its hello: `listen(base, last_id=3)`."""
    opened: list[Stream] = []

    def start(base: str, **more: Any) -> Stream:
        opened.append(stream := Stream(base, **more))
        stream.wait(lambda stream: stream.others != [])
        return stream

    yield start
    for stream in opened:
        stream.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as served:
        yield served
