"""The live channel: the newest frame wins, nobody is held up, and only the user may listen."""

import asyncio
import base64
import json
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pilotage.core.media import Media
from pilotage.core.progress import Step
from pilotage.jobs.listening import LiveListener
from pilotage.jobs.live import LiveClient, LiveServer, live_secret, send_command, step_frame

SECRET = "a secret"


@pytest.fixture
def heard() -> list[Any]:
    return []


@pytest.fixture
def server(heard: list[Any]) -> Iterator[LiveServer]:
    made = LiveServer(SECRET, heard.append)
    yield made
    made.close()


def frame(
    done: int, *, job: str = "job_1", phase: str = "generating", previews: tuple[int, ...] = ()
) -> dict[str, Any]:
    step = Step(phase, done, 100, tuple((row, Media("image/png", b"%d" % done)) for row in previews))
    return step_frame(job, step)


async def collect(server: LiveServer, secret: str, until: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """The frames that a client gets, up to the first that `until` accepts."""
    seen = []
    async for one in LiveClient(lambda: server.address, secret).frames():
        seen.append(one)
        if until(one):
            return seen
    return seen


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def publish(server: LiveServer, count: int, pause: float = 0.005) -> threading.Thread:
    def run() -> None:
        for done in range(1, count + 1):
            server.publish("ses_1", frame(done))
            time.sleep(pause)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_frames_are_the_newest_of_each_job_and_at_most_ten_a_second(server: LiveServer) -> None:
    start = time.monotonic()
    publish(server, 100)
    seen = asyncio.run(asyncio.wait_for(collect(server, SECRET, lambda one: one["done"] == 100), 10))
    steps = [one["done"] for one in seen]
    assert steps == sorted(set(steps))
    assert len(seen) <= 2 + 10 * (time.monotonic() - start)
    assert len(seen) < 30
    assert seen[-1] == {
        "topic": "ses_1", "job_id": "job_1", "phase": "generating", "done": 100, "total": 100, "previews": [],
    }  # fmt: skip


def test_a_preview_is_not_hidden_by_the_steps_after_it(server: LiveServer) -> None:
    server.publish("t", frame(1, previews=(0, 1)))
    server.publish("t", frame(2, previews=(1,)))
    server.publish("t", frame(3))
    (seen,) = asyncio.run(asyncio.wait_for(collect(server, SECRET, lambda one: True), 10))
    assert seen["done"] == 3
    assert [(row, kind, base64.b64decode(data)) for row, kind, data in seen["previews"]] == [
        (0, "image/png", b"1"),
        (1, "image/png", b"2"),
    ]


def test_previews_of_a_phase_end_with_it(server: LiveServer) -> None:
    server.publish("t", frame(1, previews=(0,)))
    server.publish("t", frame(0, phase="saving"))
    (seen,) = asyncio.run(asyncio.wait_for(collect(server, SECRET, lambda one: True), 10))
    assert (seen["phase"], seen["previews"]) == ("saving", [])


def test_who_connects_late_gets_the_newest_of_each_running_job_only(server: LiveServer) -> None:
    server.publish("t", frame(7))
    server.publish("t", frame(8, job="job_2"))
    server.publish("t", frame(9, job="job_3"))
    server.forget("job_2")
    seen = asyncio.run(asyncio.wait_for(collect(server, SECRET, lambda one: one["job_id"] == "job_3"), 10))
    assert [(one["job_id"], one["done"]) for one in seen] == [("job_1", 7), ("job_3", 9)]


def test_a_wake_up_needs_no_job(server: LiveServer) -> None:
    async def run() -> dict[str, Any]:
        frames = LiveClient(lambda: server.address, SECRET).frames()
        first = asyncio.ensure_future(anext(frames))
        while not first.done():
            server.publish("ses_1", {"wake": True})
            await asyncio.sleep(0.01)
        return first.result()

    assert asyncio.run(asyncio.wait_for(run(), 10)) == {"topic": "ses_1", "wake": True}


def test_a_reader_that_does_not_read_never_holds_up_the_worker(server: LiveServer) -> None:
    host, _, port = server.address.rpartition(":")
    with socket.create_connection((host, int(port))) as asleep:
        asleep.sendall(json.dumps({"secret": SECRET}).encode() + b"\n")
        until(lambda: server._readers)
        big = [[0, "image/png", "x" * 4_000_000]]
        slowest = 0.0
        for done in range(50):
            before = time.perf_counter()
            server.publish("t", {"job_id": "job_1", "phase": "generating", "done": done, "previews": big})
            slowest = max(slowest, time.perf_counter() - before)
            time.sleep(0.01)
        assert slowest < 0.1
        (reader,) = server._readers
        assert len(reader._waiting) <= 1  # only the newest is kept for it


def test_a_client_connects_again_when_the_worker_is_back(heard: list[Any]) -> None:
    async def run() -> list[int]:
        address = ""
        frames = LiveClient(lambda: address, SECRET).frames()
        seen = []
        for number in (1, 2):
            server = LiveServer(SECRET, heard.append)
            address = server.address
            server.publish("t", frame(number))
            seen.append((await anext(frames))["done"])
            server.close()
        return seen

    assert asyncio.run(asyncio.wait_for(run(), 20)) == [1, 2]


def test_commands_reach_the_worker_in_order_and_a_bad_one_costs_nothing(heard: list[Any]) -> None:
    def hear(command: Any) -> None:
        heard.append(command)
        if command == {"command": "bad"}:
            raise ZeroDivisionError

    server = LiveServer(SECRET, hear)

    async def run() -> None:
        client = LiveClient(lambda: server.address, SECRET)
        assert not await client.send({"command": "too early"})
        server.publish("t", frame(1))
        frames = client.frames()
        await anext(frames)
        for name in ("warm", "bad", "cancel"):
            assert await client.send({"command": name})
        until(lambda: len(heard) == 3)
        await frames.aclose()  # type: ignore[attr-defined]

    asyncio.run(asyncio.wait_for(run(), 10))
    server.close()
    assert [command["command"] for command in heard] == ["warm", "bad", "cancel"]


def test_a_command_can_be_given_without_listening(server: LiveServer, heard: list[Any]) -> None:
    assert send_command(server.address, SECRET, {"command": "cancel", "job_id": "ü"})
    until(lambda: heard)
    assert heard == [{"command": "cancel", "job_id": "ü"}]
    server.close()
    assert not send_command(server.address, SECRET, {"command": "cancel"})
    assert not send_command("", SECRET, {"command": "cancel"})


@pytest.mark.parametrize(
    "hello",
    [b'{"secret": "wrong"}', b'{"secret": null}', b"{}", b"[]", b"7", b"nonsense", b"\xff\xfe", b"x" * 10_000, b""],
)
def test_who_does_not_know_the_secret_is_neither_told_nor_obeyed(
    server: LiveServer, heard: list[Any], hello: bytes
) -> None:
    server.publish("t", frame(1))
    host, _, port = server.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as stranger:
        stranger.sendall(hello + b"\n" + b'{"command": "cancel"}\n')
        assert read_all(stranger) == b""
    assert heard == []


def read_all(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1)
    except ConnectionResetError:  # it hung up on what it had not read
        return b""


def test_the_secret_is_made_once_and_only_the_user_can_read_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(live_secret(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) >= 32
    assert stat.S_IMODE((home / "live.secret").stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == ["live.secret"]


def test_all_workers_are_heard_and_one_that_comes_later_too() -> None:
    async def run() -> list[str]:
        servers = [LiveServer(SECRET, heard_nothing)]
        frames = LiveListener(lambda: [one.address for one in servers], SECRET).frames()
        seen = []
        for number in range(3):
            servers[-1].publish("t", frame(1, job=f"job_{number}"))
            seen.append((await anext(frames))["job_id"])
            servers.append(LiveServer(SECRET, heard_nothing))
        servers[0].publish("t", frame(2, job="job_0"))  # the first is still listened to
        seen.append((await anext(frames))["job_id"])
        await frames.aclose()  # type: ignore[attr-defined]
        for one in servers:
            one.close()
        return seen

    assert asyncio.run(asyncio.wait_for(run(), 20)) == ["job_0", "job_1", "job_2", "job_0"]


def heard_nothing(command: Any) -> None:
    raise AssertionError(command)


def test_a_worker_that_does_not_answer_keeps_nobody_from_the_others(server: LiveServer) -> None:
    async def run() -> dict[str, Any]:
        frames = LiveListener(lambda: ["127.0.0.1:1", server.address], SECRET).frames()
        server.publish("t", frame(3))
        return await anext(frames)

    assert asyncio.run(asyncio.wait_for(run(), 10))["done"] == 3
