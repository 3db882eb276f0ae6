"""The stream of one run over real connections that break anywhere: nothing is lost, repeated or out of order."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pilotage.api.app import create_app
from pilotage.api.routes import latents
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.state import RunConfig
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import PRESETS

RUN = "lat_0000000000000001"
CUTS, TOLD = 100, 300
Json = dict[str, Any]


def made(lab: Lab) -> RunFolder:
    training = PRESETS["small"].config.model_dump(mode="json")
    config = RunConfig(run_id=RUN, created_at=datetime(2026, 1, 1, tzinfo=UTC), training=training,
                       data={"name": "digits8", "sha256": "0" * 64}, viz_indices=(0, 1))  # fmt: skip
    return RunFolder.create(lab.latents.runs, config)


def write(folder: RunFolder, pause: float) -> None:
    with RunWriter(folder) as run:
        run.emit("run.started", {"after_epoch": 0})
        for number in range(1, TOLD + 1):
            kind = "projection.progress" if number % 50 else "train.metrics"
            run.emit(kind, {"epoch": 1 + number // 50, "done": number, "of": "é\u2028" * (number % 7)})
            time.sleep(pause)
        run.emit("run.completed", {"epoch": 9})


def received(base: str, last: int, limit: int | None) -> bytes:
    """The bytes of one connection, of which `limit` arrive before it is cut; all of them if None."""
    place = urlsplit(base)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=60) as line:
        head = f"GET /api/runs/{RUN}/events HTTP/1.0\r\nHost: {place.netloc}\r\nLast-Event-ID: {last}\r\n\r\n"
        line.sendall(head.encode())
        data = b""
        with suppress(ConnectionError):
            while limit is None or len(data) < limit:
                part = line.recv(4096 if limit is None else min(4096, limit - len(data)))
                if not part:
                    break
                data += part
    return data


def events(data: bytes) -> Iterator[tuple[int, Json]]:
    """The whole messages: what a blank line ends. A client knows nothing of one that was cut."""
    _, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    for block in body.split(b"\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if not line.startswith(":"))
        if "id" in fields:
            yield int(fields["id"]), json.loads(fields["data"])


def test_a_connection_that_is_cut_anywhere_a_hundred_times_loses_and_repeats_nothing(
    served: Any,
) -> None:
    rng, seen = random.Random(11), []
    folder = made(local_lab(Settings(home=served.home)))
    writer = threading.Thread(target=write, args=(folder, 0.01))
    writer.start()
    for _ in range(CUTS):
        seen += events(received(served.base, seen[-1][0] if seen else 0, rng.randint(1, 1000)))
    cut = len(seen)
    seen += events(received(served.base, seen[-1][0], None))
    writer.join()
    assert 0 < cut < TOLD
    assert [number for number, _ in seen] == list(range(1, TOLD + 4))
    assert list(events(received(served.base, 0, None))) == seen  # kept, and told the same again
    assert received(served.base, seen[-1][0], None).startswith(b"HTTP/1.1 204")
    told = [json.loads(line) for line in (folder.path / "events.jsonl").read_text().split("\n")[:-1]]
    assert [event for _, event in seen] == told


def test_while_nothing_happens_the_stream_says_so_regularly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert latents.HEARTBEAT_S <= 15
    monkeypatch.setattr(latents, "HEARTBEAT_S", 0.05)
    lab = local_lab(Settings(home=tmp_path))
    made(lab)
    app = create_app(lab, Settings(), port=8360)
    heard: list[float] = []

    async def listen() -> None:
        enough = asyncio.Event()

        async def receive() -> Json:
            if heard:
                await enough.wait()
                return {"type": "http.disconnect"}
            heard.append(time.monotonic())
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            if message.get("body", b"").startswith(b": ping"):
                heard.append(time.monotonic())
            if len(heard) > 5:
                enough.set()

        path = f"/api/runs/{RUN}/events"
        async with asyncio.timeout(30):
            await app({
                "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
                "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http",
                "headers": [(b"host", b"127.0.0.1:8360")], "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8360),
            }, receive, send)  # fmt: skip

    asyncio.run(listen())
    assert len(heard) > 5
