"""Answers as they are written: kept each second, cancelled, interrupted, removed. A tiny model, slowed down."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.conversations import ConversationText, Saying
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.errors import NotFoundError, StorageError
from pilotage.models.language import Sampling
from pilotage.store import ConversationRow, MessageRow
from pilotage.testing import tiny_language

Json = dict[str, Any]
LONG = {"max_tokens": 200, "seed": 1, "temperature": 1.0}
SHORT = {**LONG, "max_tokens": 8}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    settings = Settings(home=tmp_path / "lab", device="cpu")
    tiny_language.save("llama", settings.models_folder / "tiny", ends=False)
    lab = local_lab(settings)
    yield lab
    lab.store.close()


class Talking:
    """A conversation in an event loop, whose model is slowed down so that one can meddle."""

    def __init__(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lab = lab
        self.slow = threading.Event()
        self.slow.set()
        from pilotage.models.language.batch import Batch  # torch comes with it

        step = Batch.step

        def slowed(own: Any, check: Callable[[], None]) -> None:
            if self.slow.is_set():
                time.sleep(0.03)
            step(own, check)

        monkeypatch.setattr(Batch, "step", slowed)
        self.id = lab.create_conversation(ConversationText(model="tiny")).id

    async def say(self, **said: Any) -> tuple[Any, AsyncIterator[Json]]:
        made, news = await self.lab.say(self.id, Saying(content="Hi", sampling=Sampling(**LONG), **said))
        return made[-1], news

    def row(self, message_id: str) -> MessageRow:
        return self.lab.store.get(MessageRow, message_id)

    async def until(self, message_id: str, state: str, seconds: float = 20) -> MessageRow:
        end = time.monotonic() + seconds
        while (row := await asyncio.to_thread(self.row, message_id)).state != state:
            assert time.monotonic() < end, row
            await asyncio.sleep(0.05)
        return row


@pytest.fixture
def talking(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Talking:
    return Talking(lab, monkeypatch)


def written_elsewhere(talking: Talking) -> MessageRow:
    """An answer by a process of which nobody can tell whether it is gone."""
    row = MessageRow(
        id="msg_1", created_at=datetime(2026, 1, 1, tzinfo=UTC), conversation_id=talking.id, index=0, role="assistant",
        content="so far", state="writing", writer="inline:elsewhere/1:1:1",
    )  # fmt: skip
    with talking.lab.store.transaction() as tx:
        tx.put(row)
    return row


def test_the_text_is_kept_each_second_and_goes_on_when_nobody_listens(talking: Talking) -> None:
    async def run() -> None:
        answer, news = await talking.say()
        await anext(news)
        await news.aclose()
        await asyncio.sleep(1.6)
        halfway = await asyncio.to_thread(talking.row, answer.id)
        assert halfway.state == "writing"
        assert halfway.content
        talking.slow.clear()
        ended = await talking.until(answer.id, "done")
        assert ended.content.startswith(halfway.content)
        assert (ended.tokens, ended.writer) == (200, None)

    asyncio.run(run())


def test_a_cancelled_answer_ends_at_once_and_keeps_its_text(talking: Talking) -> None:
    async def run() -> None:
        answer, news = await talking.say(n=2)
        heard = [await anext(news) for _ in range(6)]
        view = await talking.lab.delete_message(talking.id, answer.id)
        assert {one.state for one in view.messages[1:]} == {"cancelled"}
        told = [one async for one in news]
        ended = [one["message"] for one in told if "message" in one]
        assert {one["state"] for one in ended} == {"cancelled"}
        for message in view.messages[1:]:
            pieces = [one["text"] for one in (*heard, *told) if one.get("message_id") == message.id]
            assert message.content == "".join(pieces) != ""
            assert message.error is None
        answering = talking.lab.catalog.language("tiny").engine()
        end = time.monotonic() + 5
        while answering._thread is not None:
            assert time.monotonic() < end, "the engine writes on"
            await asyncio.sleep(0.02)

    asyncio.run(run())


def test_an_answer_that_ended_is_removed_and_the_one_beside_it_goes_on(talking: Talking) -> None:
    async def frames(go_on: asyncio.Event) -> AsyncGenerator[Json, None]:
        end = {"finish": "stop", "error": "", "tokens": 1, "prompt_tokens": 1}
        yield {"answer": 0, "content": "first", **end}
        await go_on.wait()
        yield {"answer": 1, "content": "second", **end}

    async def run() -> None:
        row = written_elsewhere(talking)
        beside = row.model_copy(update={"id": "msg_2", "index": 1, "variant": 1})
        with talking.lab.store.transaction() as tx:
            tx.put(beside)
        go_on = asyncio.Event()
        news = talking.lab.desk.write([row, beside], frames(go_on))
        assert (await anext(news))["message"]["state"] == "done"
        left = await talking.lab.delete_message(talking.id, row.id)
        assert [(one.id, one.state) for one in left.messages] == [("msg_2", "writing")]
        go_on.set()
        assert [one["message"]["content"] async for one in news] == ["second"]

    asyncio.run(run())
    assert talking.row("msg_2").state == "done"


def test_an_answer_that_nobody_here_writes_can_be_cancelled_and_its_writer_changes_it_no_more(talking: Talking) -> None:
    async def late() -> AsyncGenerator[Json, None]:
        yield {"answer": 0, "finish": "stop", "error": "", "content": "late", "tokens": 1, "prompt_tokens": 1}

    async def run() -> None:
        row = written_elsewhere(talking)
        (told,) = (await talking.lab.delete_message(talking.id, row.id)).messages
        assert (told.state, told.content, (told.error or {})["code"]) == ("interrupted", "so far", "interrupted")
        assert [one async for one in talking.lab.desk.write([row], late())]
        assert talking.row(row.id).content == "so far"
        assert (await talking.lab.delete_message(talking.id, row.id)).messages == []

    asyncio.run(run())


def test_what_is_answered_while_its_parent_is_removed_is_refused_and_leaves_nothing(
    talking: Talking, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        talking.slow.clear()
        asked, answer = (await talking.lab.say(talking.id, Saying(content="Hi", sampling=Sampling(**SHORT))))[0]
        await talking.until(answer.id, "done")
        whole = talking.lab.talk

        async def slow(*given: Any) -> Any:
            began = await whole(*given)
            await talking.lab.delete_message(talking.id, asked.id)
            return began

        monkeypatch.setattr(talking.lab, "talk", slow)
        with pytest.raises(NotFoundError) as caught:
            await talking.lab.say(talking.id, Saying(content="And?"))
        assert caught.value.field == "after"

    asyncio.run(run())
    assert talking.lab.store.list(MessageRow) == []


def test_a_conversation_is_changed_and_deleted_while_it_is_answered(talking: Talking) -> None:
    async def run() -> None:
        _, news = await talking.say()
        await anext(news)
        changed = talking.lab.change_conversation(talking.id, ConversationText(name="Renamed"))
        assert (changed.name, changed.model) == ("Renamed", "tiny")
        await talking.lab.delete_conversation(talking.id)
        assert [one["message"]["state"] for one in [one async for one in news] if "message" in one] == ["cancelled"]

    asyncio.run(run())
    assert talking.lab.store.list(MessageRow) == talking.lab.store.list(ConversationRow) == []


def test_a_model_that_fails_in_the_midst_fails_the_answer_with_its_reason(
    talking: Talking, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        answer, news = await talking.say()
        await anext(news)

        def broken(*_: Any, **__: Any) -> Any:
            raise RuntimeError("the card fell out")

        monkeypatch.setattr("pilotage.models.language.batch.forward", broken)
        ended = [one["message"] async for one in news if "message" in one]
        assert [one["state"] for one in ended] == ["failed"]
        assert "the card fell out" in ended[0]["error"]["message"]
        assert ended[0]["error"]["code"] == "generation_failed"
        assert talking.row(answer.id).content == ended[0]["content"] != ""

    asyncio.run(run())


def test_what_cannot_be_kept_now_is_kept_later(talking: Talking, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        answer, news = await talking.say()
        await anext(news)
        with monkeypatch.context() as full:

            def refused() -> Any:
                raise StorageError("the disk is full")

            full.setattr(talking.lab.desk._store, "transaction", refused)
            talking.slow.clear()
            ended = [one["message"] async for one in news if "message" in one]
            assert ended[0]["state"] == "done"
            assert talking.row(answer.id).state == "writing"
        assert (await talking.until(answer.id, "done")).content == ended[0]["content"]

    asyncio.run(run())


def test_a_zero_byte_that_a_model_draws_costs_nothing_else(talking: Talking) -> None:
    async def frames() -> AsyncGenerator[Json, None]:
        yield {"answer": 0, "text": "a\0b"}
        yield {"answer": 0, "finish": "stop", "error": "", "content": "a\0b", "tokens": 3, "prompt_tokens": 1}

    async def run() -> None:
        told = [one async for one in talking.lab.desk.write([written_elsewhere(talking)], frames())]
        assert told[0]["text"] == told[-1]["message"]["content"] == "a\ufffdb"

    asyncio.run(run())
    assert talking.row("msg_1").content == "a\ufffdb"


def test_a_server_that_ends_leaves_its_answers_interrupted_with_their_text(talking: Talking) -> None:
    async def run() -> str:
        answer, news = await talking.say()
        await anext(news)
        await talking.lab.desk.close()
        return answer.id

    row = talking.row(asyncio.run(run()))
    assert (row.state, row.error["code"] if row.error else None) == ("interrupted", "interrupted")
    assert row.content
    assert row.ended_at is not None


def test_an_answer_whose_asker_left_while_it_was_stored_is_ended_as_cancelled(
    talking: Talking, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    store_turn = talking.lab._store_turn

    def slow(*given: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return store_turn(*given)

    monkeypatch.setattr(talking.lab, "_store_turn", slow)

    async def run() -> None:
        saying = asyncio.create_task(talking.say())
        assert await asyncio.to_thread(begun.wait, 20)
        saying.cancel()
        await asyncio.sleep(0.05)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await saying
        (answer,) = [row for row in talking.lab.store.list(MessageRow) if row.role == "assistant"]
        assert (answer.state, answer.writer) == ("cancelled", None)

    asyncio.run(run())
