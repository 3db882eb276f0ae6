"""The event stream: no gap, no repeat, in order, over any number of connections."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, ClassVar

from sse_starlette.event import ServerSentEvent

from pilotage.api.events import BATCH, Feed
from pilotage.records import Event, Payload
from pilotage.store import MemoryStore

Json = dict[str, Any]


class Said(Payload):
    type: ClassVar[str] = "test.said"

    number: int
    session_id: str = ""


def say(store: MemoryStore, number: int, topic: str = "ses_a") -> None:
    with store.transaction() as tx:
        tx.append(Event.of(topic, Said(number=number, session_id=topic), datetime.now(UTC)))


def run(test: Callable[[Feed, MemoryStore], Awaitable[None]]) -> None:
    async def started() -> None:
        store = MemoryStore()
        feed = Feed(store)
        feed.start()
        try:
            async with asyncio.timeout(30):
                await test(feed, store)
        finally:
            await feed.stop()

    asyncio.run(started())


async def take(feed: Feed, n: int, *, after: int | None = 0, topics: frozenset[str] = frozenset()) -> list[Any]:
    """The next n events, `hello` left out; then the connection is dropped."""
    found: list[ServerSentEvent] = []
    async with aclosing(feed.stream(topics, after)) as stream:
        async for event in stream:
            if event.event != "hello":
                found.append(event)
            if len(found) == n:
                break
    return found


def test_reconnecting_at_random_moments_loses_and_repeats_nothing() -> None:
    async def check(feed: Feed, store: MemoryStore) -> None:
        async def speak() -> None:
            for number in range(1, 1201):
                say(store, number)
                if number % 40 == 0:
                    await asyncio.sleep(0.005)

        rng, seen = random.Random(5), []
        speaker = asyncio.create_task(speak())
        while len(seen) < 1200:
            last = seen[-1] if seen else 0
            some = await take(feed, min(rng.randint(1, 90), 1200 - len(seen)), after=last)
            seen += [int(event.id) for event in some]
        await speaker
        assert seen == list(range(1, 1201))

    run(check)


def test_a_long_replay_comes_in_bounded_batches() -> None:
    class Counting(MemoryStore):
        limits: ClassVar[list[int]] = []

        def events(self, *, after: int = 0, topic: str | None = None, limit: int = 500) -> Any:
            self.limits.append(limit)
            return super().events(after=after, topic=topic, limit=limit)

    async def check() -> None:
        store = Counting()
        with store.transaction() as tx:
            for number in range(BATCH * 2 + 10):
                tx.append(Event.of("ses_a", Said(number=number), datetime.now(UTC)))
        assert len(await take(Feed(store), BATCH * 2 + 10)) == BATCH * 2 + 10
        assert set(store.limits) == {BATCH}

    asyncio.run(check())


def test_topics_choose_by_subject() -> None:
    async def check(feed: Feed, store: MemoryStore) -> None:
        for number in range(6):
            say(store, number, topic="ses_a" if number % 2 else "ses_b")
        found = await take(feed, 3, topics=frozenset({"ses_b", "other"}))
        assert [int(event.id) for event in found] == [1, 3, 5]

    run(check)


def test_a_new_tab_begins_now_and_is_told_from_where() -> None:
    async def check(feed: Feed, store: MemoryStore) -> None:
        say(store, 1)
        async with aclosing(feed.stream(frozenset(), None)) as stream:
            hello = await anext(stream)
            assert (hello.event, hello.id) == ("hello", "1")
            say(store, 2)
            assert (await anext(stream)).id == "2"

    run(check)


def test_a_cursor_of_another_database_is_told_to_begin_anew() -> None:
    async def check(feed: Feed, store: MemoryStore) -> None:
        say(store, 1)
        async with aclosing(feed.stream(frozenset(), 99)) as stream:
            assert (await anext(stream)).event == "reset"
            assert (await anext(stream)).event == "hello"

    run(check)


def test_live_frames_have_no_id_and_the_newest_replaces_those_unread() -> None:
    async def check(feed: Feed, store: MemoryStore) -> None:
        async with aclosing(feed.stream(frozenset({"ses_a"}), None)) as stream:
            await anext(stream)
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0.05)
            for done in range(1, 5):
                previews = [[done, "image/webp", "AA"]]
                frame = {"topic": "ses_a", "job_id": "job_1", "phase": "generating", "done": done, "previews": previews}
                feed.publish(frame)
                feed.publish({**frame, "topic": "ses_b", "job_id": "job_2"})
            live = await waiting
            assert (live.event, live.id) == ("live", None)
            assert '"done": 4' in live.data
            assert live.data.count("image/webp") == 4  # no row's preview is lost on the way

    run(check)


def test_a_slow_listener_holds_nobody_up() -> None:
    async def check(feed: Feed, store: MemoryStore) -> None:
        async with aclosing(feed.stream(frozenset(), None)) as slow:
            await anext(slow)
            for number in range(1, 51):
                say(store, number)
            assert len(await take(feed, 50)) == 50
            assert feed.open_streams == 1  # the one that was dropped is forgotten
        assert feed.open_streams == 0

    run(check)


def test_no_forecast_is_streamed_before_its_round_is_answered(steer: Any, lab: Any) -> None:
    def proposed() -> Json:
        told = asyncio.run(take(Feed(lab.store), lab.store.last_seq()))
        (event,) = [data for one in told if (data := json.loads(one.data))["type"] == "round.proposed"]
        return event["data"]["candidates"][1]

    session = steer()
    session.step()
    before = proposed()
    assert (before["role"], before["why"], before["forecast"]) == ("", "", {})
    session.pick(1)
    assert proposed()["forecast"] == session.last().candidates[1].forecast
