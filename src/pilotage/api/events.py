"""One stream a tab: durable events under their `seq`, live frames without an id between them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from sse_starlette.event import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from pilotage.records import Event
from pilotage.sessions.forecasts import kept_back
from pilotage.store import Store

Json = dict[str, Any]
BATCH = 200  # a reader's, of which each holds one while its client takes its time
LOOK_EVERY = 0.1  # seconds between two looks at the log while somebody listens
RETRY_MS = 1000
_ABOUT = ("session_id", "run_id", "job_id", "round_id")


class LiveSource(Protocol):
    """Where ephemeral frames come from: the worker's live channel."""

    def frames(self) -> AsyncIterator[Json]:
        """Frames with a `topic`, for ever."""


class Listener:
    """One open stream: its wish for news, and the newest frame of each job that it has not sent."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.wake = asyncio.Event()
        self._frames: dict[str, Json] = {}

    def wants(self, topic: str, data: Json) -> bool:
        """Whether something is about one of the topics; no topics: everything is."""
        return not self.topics or topic in self.topics or any(data.get(name) in self.topics for name in _ABOUT)

    def offer(self, frame: Json) -> None:
        """Keep the newest frame of each job; its previews join those not yet sent."""
        topic = str(frame.get("topic", ""))
        if self.wants(topic, frame):
            key = str(frame.get("job_id") or topic)
            self._frames[key] = _joined(self._frames.get(key), frame)
            self.wake.set()

    def take(self) -> list[Json]:
        """What is to be sent."""
        frames, self._frames = list(self._frames.values()), {}
        return frames


class Feed:
    """Watches the log and the live channel for all open streams of this process."""

    def __init__(self, store: Store, live: LiveSource | None = None) -> None:
        self._store, self._live = store, live
        self._listeners: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._seq = 0

    @property
    def open_streams(self) -> int:
        """How many streams are open."""
        return len(self._listeners)

    def start(self) -> None:
        """Begin to watch, in the running loop."""
        self._tasks = [asyncio.create_task(self._watch_log())]
        if self._live is not None:
            self._tasks.append(asyncio.create_task(self._watch_live(self._live)))

    async def stop(self) -> None:
        """End the watching."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def publish(self, frame: Json) -> None:
        """Offer a live frame to every listener; from the loop's own thread."""
        for listener in self._listeners:
            listener.offer(frame)

    async def stream(self, topics: frozenset[str], after: int | None) -> AsyncIterator[ServerSentEvent]:
        """Events above `after` (None: from now on), then news as they come; `hello` says where it began."""
        listener = Listener(topics)
        self._listeners.add(listener)
        try:
            last = await run_in_threadpool(self._store.last_seq)
            seq = last if after is None else after
            if seq > last:  # a client of another database: what it knows is not ours
                seq = last
                yield _named("reset", {"seq": seq}, seq)
            yield _named("hello", {"seq": seq}, seq)
            while True:
                listener.wake.clear()
                batch = await run_in_threadpool(self._read, seq)
                for event in _about(batch, listener):
                    yield ServerSentEvent(data=_dump(event), id=str(event.seq))
                seq = batch[-1].seq if batch else seq
                for frame in listener.take():
                    yield ServerSentEvent(data=json.dumps(frame), event="live")
                if len(batch) < BATCH:
                    await listener.wake.wait()
        finally:
            self._listeners.discard(listener)

    def _read(self, seq: int) -> Sequence[Event]:
        return kept_back(self._store, self._store.events(after=seq, limit=BATCH))

    async def _watch_log(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if not self._listeners:
                continue
            with contextlib.suppress(Exception):  # a busy database: the next look will tell
                last = await run_in_threadpool(self._store.last_seq)
                if last != self._seq:
                    self._seq = last
                    for listener in self._listeners:
                        listener.wake.set()

    async def _watch_live(self, live: LiveSource) -> None:
        async for frame in live.frames():
            self.publish(frame)


def _about(batch: Sequence[Event], listener: Listener) -> list[Event]:
    return [event for event in batch if listener.wants(event.topic, event.data)]


def _named(name: str, data: Json, seq: int) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(data), event=name, id=str(seq), retry=RETRY_MS)


def _dump(event: Event) -> str:
    return json.dumps(event.model_dump(mode="json"))  # ASCII: some clients end a line at U+2028


def _joined(old: Json | None, new: Json) -> Json:
    if old is None or old.get("phase") != new.get("phase") or not old.get("previews"):
        return new
    shown = {row: rest for row, *rest in (*old["previews"], *new.get("previews", []))}
    return {**new, "previews": [[row, *rest] for row, rest in sorted(shown.items())]}
