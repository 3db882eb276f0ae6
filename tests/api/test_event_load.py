"""The event stream of a real server under load: many readers, many reconnections, a restart in the middle."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from pilotage.records import Event, Payload
from pilotage.store.sql import SqlStore

SOAK = bool(os.environ.get("PILOTAGE_SOAK"))
EVENTS = 10_000 if SOAK else 2_000
RECONNECTIONS = 200 if SOAK else 40
READERS = 50 if SOAK else 12
GROWTH_MB = 20


class Counted(Payload):
    type: ClassVar[str] = "test.counted"

    number: int


def write(home: Path, first: int, last: int) -> None:
    """Append events from this process, as a worker does, some hundred a transaction."""
    store = SqlStore(f"sqlite:///{home.resolve() / 'pilotage.db'}")
    for start in range(first, last, 100):
        with store.transaction() as tx:
            for number in range(start, min(start + 100, last)):
                tx.append(Event.of("load", Counted(number=number), datetime.now(UTC)))
        time.sleep(0.01)
    store.close()


def numbers(stream: Any) -> list[int]:
    return [event["data"]["number"] for event in stream.events]


def memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_many_readers_see_every_event_once_and_in_order_and_cost_little_memory(
    tmp_path: Path, serving: Callable[..., Any], listen: Callable[..., Any]
) -> None:
    with serving(tmp_path, "--no-worker") as served:
        readers = [listen(served.base, params={"topics": "load"}, last_id=0) for _ in range(READERS)]
        for reader in readers:
            reader.wait(lambda stream: stream.others)  # hello
        before = memory_mb(served.process.pid)
        write(tmp_path, 0, EVENTS)
        for reader in readers:
            reader.wait(lambda stream: len(stream.events) >= EVENTS, 120)
            assert numbers(reader) == list(range(EVENTS))
            assert reader.ids == sorted(set(reader.ids))
        assert memory_mb(served.process.pid) - before < GROWTH_MB


def test_reconnections_and_a_restart_leave_no_gap_and_repeat_nothing(
    tmp_path: Path, serving: Callable[..., Any], listen: Callable[..., Any]
) -> None:
    rng, seen, ids = random.Random(5), [], [0]
    restart_at = RECONNECTIONS // 2
    writer: threading.Thread | None = None
    connection = 0
    while len(seen) < EVENTS:
        with serving(tmp_path, "--no-worker") as served:
            if writer is None:
                writer = threading.Thread(target=write, args=(tmp_path, 0, EVENTS))
                writer.start()
            while len(seen) < EVENTS and connection != restart_at:
                connection += 1
                stream = listen(served.base, params={"topics": "load"}, last_id=ids[-1])
                wanted = min(EVENTS - len(seen), rng.randint(1, 2 * EVENTS // RECONNECTIONS))
                stream.wait(lambda stream, wanted=wanted: len(stream.events) >= wanted)
                stream.close()
                seen += numbers(stream)[:wanted]  # what came after it, this client never looked at
                ids += stream.ids[:wanted]
            connection += 1
    writer.join()
    assert connection > RECONNECTIONS // 2
    assert seen == list(range(EVENTS))
    assert ids == sorted(set(ids))
