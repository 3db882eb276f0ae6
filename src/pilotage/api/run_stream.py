"""The stream of one latent run: the lines of its log under their own numbers, from any of them to the last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from sse_starlette.event import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from pilotage.labs.latents.events import EventTail, RunEvent
from pilotage.labs.latents.folder import EVENTS, RunFolder
from pilotage.labs.latents.state import RunState

LOOK_EVERY = 0.1  # seconds
RETRY_MS = 1000
_ENDINGS: dict[str, RunState] = {
    "run.completed": "completed", "run.cancelled": "cancelled", "run.failed": "failed",
}  # fmt: skip


class RunStream:
    """Reads the log itself, which is the truth of a run: what it sends is there after any crash."""

    def __init__(self, folder: RunFolder, after: int) -> None:
        """Take the run, and the number of the last line that the client has seen."""
        self._tail, self._seen = EventTail(folder.path / EVENTS), after
        self._waiting: list[RunEvent] = []
        self._ended = False

    def look(self) -> None:
        """Read what is new.

        Raises:
            NotFoundError, InvalidInputError, StorageError: as `EventTail.poll`.
        """
        for event in self._tail.poll():
            if event.type in _ENDINGS or event.type in ("run.created", "run.started"):
                self._ended = event.type in _ENDINGS
            if event.seq > self._seen:
                self._waiting.append(event)

    @property
    def is_over(self) -> bool:
        """Whether the client has seen all, and nothing is to come."""
        return self._ended and not self._waiting

    async def messages(self) -> AsyncIterator[ServerSentEvent]:
        """The lines above the one last seen, then each as it is written, until the run has ended."""
        yield ServerSentEvent(comment="the log of a run", retry=RETRY_MS)
        while True:
            waiting, self._waiting = self._waiting, []
            for event in waiting:
                yield ServerSentEvent(data=_line(event), event=event.type, id=str(event.seq))
            if self.is_over:
                return
            await asyncio.sleep(LOOK_EVERY)
            await run_in_threadpool(self.look)


def _line(event: RunEvent) -> str:
    fields = {"seq": event.seq, "ts": event.ts.isoformat(), "type": event.type, "v": event.v, "data": event.data}
    return json.dumps(fields)  # ASCII: some clients end a line at U+2028
