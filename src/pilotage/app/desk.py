"""Desk: answers that are being written are kept each second and at their end, whoever still listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from typing import Any

from pilotage.app.conversations import MessageView
from pilotage.core.clock import Clock
from pilotage.core.errors import CallInterruptedError, GenerationError, PilotageError, StorageError
from pilotage.jobs.base import problem
from pilotage.jobs.processes import process_is_gone
from pilotage.store import MessageRow, Store

Json = dict[str, Any]
KEEP_EVERY = 1.0
_END = {"stop": "done", "length": "done", "cancelled": "interrupted", "error": "failed"}
_INTERRUPTED = CallInterruptedError("the program ended in the midst of the answer", hint="Ask again.")
_log = logging.getLogger(__name__)


class Desk:
    """The answers that this process writes; used within one event loop.

    Args:
        store: where they are kept.
        clock: says when they ended.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._open: dict[str, _Sheet] = {}
        self._unkept: dict[str, MessageRow] = {}
        self._writing = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None

    def write(self, rows: Sequence[MessageRow], frames: AsyncGenerator[Json, None]) -> AsyncGenerator[Json, None]:
        """Let the frames of a talk become the text of these rows, which are stored already.

        What is returned tells it as it goes: `message_id`, `variant` and `text`, and at its end each `message`. It goes
        on when nobody listens to that any more.
        """
        sheet = _Sheet(rows)
        self._open |= {row.id: sheet for row in rows}
        sheet.task = asyncio.create_task(self._follow(sheet, frames))
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep_each_second())
        return sheet.news()

    async def cancel(self, message_ids: Collection[str]) -> list[str]:
        """End those of these answers that are being written here, and what is written beside them; which they were.

        Their text so far is kept.
        """
        async with self._writing:
            await self._put(())  # an answer that has ended is known as that before it can be removed
            found = [sheet for id_ in message_ids if (sheet := self._open.get(id_)) is not None and sheet.writes(id_)]
        sheets = {id(sheet): sheet for sheet in found}.values()
        ended = [row.id for sheet in sheets for row in sheet.rows if row.state == "writing"]
        for sheet in sheets:
            await sheet.stop("cancelled")
        return ended

    async def close(self) -> None:
        """End all answers as interrupted; their text so far is kept."""
        for sheet in list(self._open.values()):
            await sheet.stop("interrupted")

    async def _follow(self, sheet: _Sheet, frames: AsyncGenerator[Json, None]) -> None:
        error: Exception | None = None
        try:
            async for frame in frames:
                if "finish" in frame:
                    await self._settle(sheet, {frame["answer"]: frame})
                elif "text" in frame:
                    sheet.add(frame["answer"], frame["text"])
        except asyncio.CancelledError:
            error = None if sheet.ending == "cancelled" else _INTERRUPTED
        except Exception as caught:
            error = caught
            if not isinstance(caught, PilotageError):
                _log.exception("an answer failed")
        finally:
            sheet.ending = sheet.ending or ("interrupted" if isinstance(error, CallInterruptedError) else "failed")
            await frames.aclose()
            end = {"state": sheet.ending, "fault": problem(error) if error else None}
            try:
                await self._settle(sheet, {place: end for place in sheet.unfinished()})
            finally:
                for row in sheet.rows:
                    self._open.pop(row.id, None)
                sheet.tell(None)

    async def _settle(self, sheet: _Sheet, ends: dict[int, Json]) -> None:
        """Write how answers ended, and then tell it."""
        async with self._writing:
            rows = [sheet.settled(place, end, self._clock) for place, end in ends.items()]
            await self._put(rows)
        for row in rows:
            sheet.tell({"message": MessageView.of(row).model_dump(mode="json")})

    async def _keep_each_second(self) -> None:
        while self._open or self._unkept:
            await asyncio.sleep(KEEP_EVERY)
            async with self._writing:
                sheets = {id(sheet): sheet for sheet in self._open.values()}.values()
                await self._put([row for sheet in sheets for row in sheet.changed()])

    async def _put(self, rows: Sequence[MessageRow]) -> None:
        """Keep these rows, and those that could not be kept before; a full disk loses nothing, it only delays."""
        wanted = self._unkept | {row.id: row for row in rows}

        def put() -> None:
            with self._store.transaction() as tx:  # what was deleted or ended elsewhere meanwhile stays so
                writing = tx.list(MessageRow, where={"id": tuple(wanted), "state": "writing"})
                tx.put_many([wanted[row.id] for row in writing])

        if wanted:
            self._unkept = wanted
            try:
                await asyncio.shield(asyncio.to_thread(put))
                self._unkept = {}
            except StorageError:
                _log.warning("answers could not be kept yet", exc_info=True)


class _Sheet:
    """The answers of one talk as they grow."""

    task: asyncio.Task[None]

    def __init__(self, rows: Sequence[MessageRow]) -> None:
        self.rows = list(rows)
        self.ending = ""  # in which state it is being ended
        self._dirty: set[int] = set()
        self._news: asyncio.Queue[Json | None] = asyncio.Queue()

    def add(self, place: int, text: str) -> None:
        row, text = self.rows[place], _plain(text)
        self.rows[place] = row.model_copy(update={"content": row.content + text})
        self._dirty.add(place)
        self.tell({"message_id": row.id, "variant": row.variant, "text": text})

    def settled(self, place: int, end: Json, clock: Clock) -> MessageRow:
        row = self.rows[place]
        finish = end.get("finish", "")
        fault = end.get("fault")
        if finish == "error":
            fault = problem(GenerationError(end["error"]))
        elif finish == "cancelled":  # by the worker, which was told to let go of the model
            fault = problem(_INTERRUPTED)
        known = {"content": _plain(end.get("content", row.content)), "error": fault, "finish": finish}
        counts = {"tokens": end.get("tokens"), "prompt_tokens": end.get("prompt_tokens")}
        state = end.get("state") or _END[finish]
        self.rows[place] = row.model_copy(
            update={**known, **counts, "state": state, "writer": None, "ended_at": clock()}
        )
        self._dirty.discard(place)
        return self.rows[place]

    def changed(self) -> list[MessageRow]:
        places, self._dirty = self._dirty, set()
        return [self.rows[place] for place in places]

    def writes(self, message_id: str) -> bool:
        return any(row.id == message_id and row.state == "writing" for row in self.rows)

    def unfinished(self) -> list[int]:
        return [place for place, row in enumerate(self.rows) if row.state == "writing"]

    def tell(self, news: Json | None) -> None:
        self._news.put_nowait(news)

    async def news(self) -> AsyncGenerator[Json, None]:
        while (one := await self._news.get()) is not None:
            yield one

    async def stop(self, ending: str) -> None:
        if not self.ending:  # else it is being ended, which must not be cut short
            self.ending = ending
            self.task.cancel()
        await asyncio.wait({self.task})


def sweep(store: Store, clock: Clock) -> int:
    """End the answers whose writer is gone as interrupted; how many. Their text so far stays."""
    lost = [row for row in store.list(MessageRow, where={"state": "writing"}) if process_is_gone(row.writer)]
    with store.transaction() as tx:
        tx.put_many([interrupted(row, clock) for row in lost])
    return len(lost)


def interrupted(row: MessageRow, clock: Clock) -> MessageRow:
    """An answer as its writer leaves it that is gone."""
    ended = {"state": "interrupted", "error": problem(_INTERRUPTED), "writer": None, "ended_at": clock()}
    return row.model_copy(update=ended)


def _plain(text: str) -> str:
    """Without what no database keeps: a model may draw a zero byte."""
    return text.replace("\0", "\ufffd")
