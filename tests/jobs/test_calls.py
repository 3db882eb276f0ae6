"""Calls: an answer comes as a stream, and every way in which it can end is told."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from pilotage.core.errors import (
    CallInterruptedError,
    InvalidInputError,
    NotFoundError,
    PilotageError,
    QueueFullError,
    WorkerAwayError,
)
from pilotage.jobs.call_server import CallServer, call_address
from pilotage.jobs.calling import InlineCalls, RemoteCalls
from pilotage.jobs.calls import LARGEST, Calls, Reply
from pilotage.jobs.presence import worker_name
from pilotage.store import MemoryStore, WorkerRow

SECRET = "a secret"
Json = dict[str, Any]


class Counting:
    """Counts from 0 in a thread for each call, until it is at `to` or let go of."""

    def __init__(self) -> None:
        self.started, self.released = 0, threading.Semaphore(0)

    def __call__(self, asked: Json, reply: Reply) -> Callable[[], None]:
        self.started += 1
        if "bad" in asked:
            raise InvalidInputError("bad", field="bad", hint="Be good.")
        if "broken" in asked:
            raise ZeroDivisionError("by zero")

        stopped = threading.Event()

        def run() -> None:
            for number in range(asked["to"]):
                if stopped.is_set():
                    return
                reply.send({"number": number, **asked.get("more", {})})
                time.sleep(asked.get("pause", 0))
            reply.end(InvalidInputError("enough", field="to") if asked.get("fails") else None)

        def release() -> None:
            stopped.set()
            self.released.release()

        threading.Thread(target=run, daemon=True).start()
        return release


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def server(counting: Counting) -> Iterator[CallServer]:
    made = CallServer(SECRET, {"count": counting}, limit=3)
    yield made
    made.close()


def remote(server: CallServer, *, secret: str = SECRET, patience: float = 0.0, silence: float = 10.0) -> RemoteCalls:
    return RemoteCalls(lambda: server.address, secret, patience=patience, silence=silence)


@pytest.fixture(params=["here", "in the worker"])
def calls(request: pytest.FixtureRequest, server: CallServer, counting: Counting) -> Calls:
    return InlineCalls({"count": counting}) if request.param == "here" else remote(server)


async def collect(calls: Calls, asked: Json, *, kind: str = "count", most: int | None = None) -> list[int]:
    seen = []
    async with contextlib.aclosing(calls.frames(kind, asked)) as frames:
        async for frame in frames:
            seen.append(frame["number"])
            if len(seen) == most:
                break
    return seen


def run(work: Any, seconds: float = 20) -> Any:
    return asyncio.run(asyncio.wait_for(work, seconds))


def test_every_frame_comes_in_its_order_and_then_the_end(calls: Calls, counting: Counting) -> None:
    assert run(collect(calls, {"to": 300, "more": {"text": "ü✓😀"}})) == list(range(300))
    assert counting.released.acquire(timeout=30)


def test_an_answer_that_fails_tells_why_after_what_there_was(calls: Calls) -> None:
    async def fails() -> list[int]:
        frames = calls.frames("count", {"to": 3, "fails": True})
        seen = [(await anext(frames))["number"] for _ in range(3)]
        with pytest.raises(InvalidInputError, match="enough") as caught:
            await anext(frames)
        assert caught.value.field == "to"
        return seen

    assert run(fails()) == [0, 1, 2]


def test_what_cannot_begin_is_refused_by_its_field(calls: Calls) -> None:
    with pytest.raises(InvalidInputError, match="bad") as caught:
        run(collect(calls, {"bad": True}))
    assert (caught.value.field, caught.value.hint) == ("bad", "Be good.")
    with pytest.raises(NotFoundError, match="no 'sing'"):
        run(collect(calls, {}, kind="sing"))


def test_a_bug_of_a_handler_is_told_as_one(calls: Calls) -> None:
    with pytest.raises(PilotageError, match="ZeroDivisionError"):
        run(collect(calls, {"broken": True}))


def test_a_caller_who_leaves_has_cancelled(calls: Calls, counting: Counting) -> None:
    assert run(collect(calls, {"to": 10**6, "pause": 0.01}, most=3)) == [0, 1, 2]
    assert counting.released.acquire(timeout=30)


def test_a_caller_who_is_cancelled_amid_a_flood_is_rid_of_it_each_time(calls: Calls, counting: Counting) -> None:
    async def flooded() -> None:
        for _ in range(20):
            task = asyncio.ensure_future(collect(calls, {"to": 10**9}))
            await asyncio.sleep(0.05)  # others run while the frames come
            task.cancel()
            ended, _ = await asyncio.wait({task}, timeout=30)
            assert ended
            assert task.cancelled()

    run(flooded(), 60)
    assert all(counting.released.acquire(timeout=30) for _ in range(20))


def test_calls_go_on_side_by_side_and_one_too_many_is_refused(server: CallServer, counting: Counting) -> None:
    async def crowd() -> list[Any]:
        asked = {"to": 20, "pause": 0.02}
        return await asyncio.gather(*(collect(remote(server), asked) for _ in range(5)), return_exceptions=True)

    begun = time.monotonic()
    ended = run(crowd())
    assert time.monotonic() - begun < 3 * 20 * 0.02 + 2
    assert [one for one in ended if isinstance(one, list)] == [list(range(20))] * 3
    assert [type(one) for one in ended if not isinstance(one, list)] == [QueueFullError] * 2
    assert counting.started == 3
    assert all(counting.released.acquire(timeout=30) for _ in range(3))
    assert run(collect(remote(server), {"to": 1})) == [0]


def test_a_caller_without_the_secret_gets_nothing(server: CallServer, counting: Counting) -> None:
    with pytest.raises(CallInterruptedError):
        run(collect(remote(server, secret="another"), {"to": 3}))
    assert counting.started == 0


@pytest.mark.parametrize(
    "sent",
    [b"\n", b"{}\n", b"[1]\n", b"\xff\n", b'{"secret": "a secret", "kind": "count", "size": -1}\n', b"x" * 10_000,
     b'{"secret": "a secret", "kind": "count", "size": 3}\n{"to"', b'{"secret": "a secret", "kind": "count"}\n',
     b'{"secret": "a secret", "kind": "count", "size": 99999999999}\n'],
)  # fmt: skip
def test_nonsense_is_hung_up_on_and_the_next_caller_is_served(server: CallServer, sent: bytes) -> None:
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    assert run(collect(remote(server), {"to": 2})) == [0, 1]


def test_what_is_too_large_is_refused_before_it_is_sent(server: CallServer, counting: Counting) -> None:
    with pytest.raises(InvalidInputError, match="bytes"):
        run(collect(remote(server), {"to": 1, "text": "x" * LARGEST}))
    assert counting.started == 0


def test_a_worker_that_is_away_is_waited_for_and_then_told_of(server: CallServer) -> None:
    addresses = iter(["", "127.0.0.1:1", server.address])
    late = RemoteCalls(lambda: next(addresses), SECRET, patience=10)
    assert run(collect(late, {"to": 1})) == [0]
    with pytest.raises(WorkerAwayError):
        run(collect(RemoteCalls(lambda: "", SECRET, patience=0.3), {"to": 1}))


def test_a_server_that_closes_tells_its_callers(server: CallServer, counting: Counting) -> None:
    async def closed() -> None:
        frames = remote(server).frames("count", {"to": 10**6, "pause": 0.01})
        await anext(frames)
        await asyncio.to_thread(server.close)
        with pytest.raises(CallInterruptedError):
            [frame async for frame in frames]

    run(closed())
    assert counting.released.acquire(timeout=30)


WORKER = f"""
import sys, time, threading
from pilotage.jobs.call_server import CallServer
def slow(asked, reply):
    reply.send({{"number": 0}})
    return lambda: None
print(CallServer({SECRET!r}, {{"slow": slow}}).address, flush=True)
time.sleep(60)
"""


@pytest.fixture
def worker() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that begins every call and ends none, and its address."""
    process = subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_freezes_in_the_midst_is_an_error_and_no_silence(
    worker: tuple[subprocess.Popen[str], str], how: signal.Signals
) -> None:
    process, address = worker

    async def hit() -> None:
        frames = RemoteCalls(lambda: address, SECRET, silence=2).frames("slow", {})
        assert await anext(frames) == {"number": 0}
        os.kill(process.pid, how)
        with pytest.raises(CallInterruptedError) as caught:
            await anext(frames)
        assert caught.value.hint

    run(hit())


def test_calls_go_to_the_newest_worker_of_this_machine_that_lives() -> None:
    store = MemoryStore()
    at = datetime(2026, 1, 1, tzinfo=UTC)

    def there(id_: str, *, pid: int = os.getpid(), hour: int = 0, calls: str = "") -> None:
        status = {"calls": calls} if calls else {}
        row = WorkerRow(
            id=id_, created_at=at.replace(hour=hour), pid=pid, device="cpu", address="127.0.0.1:1", beat_at=at,
            status=status,
        )  # fmt: skip
        with store.transaction() as tx:
            tx.put(row)

    assert call_address(store) == ""
    there(worker_name(0), calls="127.0.0.1:10")
    there(worker_name(1), hour=1, calls="127.0.0.1:11")
    there(worker_name(2), hour=2)
    there(worker_name(3), hour=3, pid=2**22 + 1, calls="127.0.0.1:13")
    there("elsewhere:0", hour=4, calls="127.0.0.1:14")
    assert call_address(store) == "127.0.0.1:11"


def test_frames_stay_json_lines(server: CallServer) -> None:
    host, port = server.address.split(":")
    body = json.dumps({"to": 1, "more": {"text": "a\nb"}}).encode()
    hello = {"secret": SECRET, "kind": "count", "size": len(body)}
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(json.dumps(hello).encode() + b"\n" + body)
        with connection.makefile("rb") as lines:
            told = [json.loads(line) for line in lines]
    assert told == [{"frame": {"number": 0, "text": "a\nb"}}, {"end": None}]
