"""Engine: answers for many callers at once, in one batch that rows join and leave while it runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from pilotage.core.errors import PilotageError
from pilotage.models.language.requests import Direction, TextOutput, TextRequest
from pilotage.models.language.rows import OnEnd, OnText, TextRow

if TYPE_CHECKING:
    from pilotage.models.language.batch import Batch

Prepare = Callable[..., TextRow]
Open = Callable[[], "Batch"]


class Handle:
    """An answer on its way."""

    def __init__(self, row: TextRow) -> None:
        self._row = row

    def cancel(self) -> None:
        """End it before the next step; what it has is kept."""
        self._row.unwanted = True

    @property
    def done(self) -> bool:
        """Whether `result` returns at once."""
        return self._row.ended.is_set()

    def result(self, timeout: float | None = None) -> TextOutput:
        """What came of it, once it has ended.

        Raises:
            TimeoutError: it has not ended within `timeout` seconds.
        """
        if not self._row.ended.wait(timeout) or self._row.output is None:
            raise TimeoutError(f"no answer within {timeout} s")
        return self._row.output


class Engine:
    """Continuous batching in a thread of its own, which lives as long as there is something to do."""

    def __init__(self, prepare: Prepare, open_batch: Open) -> None:
        """Take how a request becomes a row of a model, and how a batch of it is begun."""
        self._prepare, self._open = prepare, open_batch
        self._lock = threading.Lock()
        self._new: deque[tuple[str, TextRow]] = deque()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(
        self,
        request: TextRequest,
        *,
        directions: Mapping[str, Direction] | None = None,
        owner: str = "",
        on_text: OnText | None = None,
        on_end: OnEnd | None = None,
        seconds: float | None = None,
    ) -> Handle:
        """Let a request join the batch; loads the model if it is not.

        Args:
            request: what is wanted.
            directions: what its pushes go along.
            owner: who asks; owners share the batch equally, however much each of them asks for.
            on_text: gets each new piece of text, in the engine's thread. If it fails, the answer is cancelled.
            on_end: gets what came of it, in the engine's thread, once `result` returns at once.
            seconds: after which the answer is cut.

        Raises:
            PilotageError: as `LanguageModel.generate`, before anything is begun.
        """
        row = self._prepare(request, directions or {}, "request", on_text=on_text, on_end=on_end, seconds=seconds)
        with self._lock:
            self._new.append((owner, row))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="language-engine", daemon=True)
                self._thread.start()
        return Handle(row)

    def stop(self) -> None:
        """Cancel all that is under way, and wait until the thread has ended, unless it is the one that asks."""
        with self._lock:
            thread = self._thread
            self._stopping = thread is not None
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        batch = None
        try:
            batch = self._open()
            while self._goes_on(batch):
                with suppress(PilotageError):  # told to the rows that it concerns; the others go on
                    batch.step(lambda: None)
            batch.drop()  # what was stopped; with no lock held, since who listens may submit
        except Exception as cause:  # a model that cannot be loaded again, say: nobody must wait for ever
            self._give_up(batch, str(cause))

    def _give_up(self, batch: Batch | None, error: str) -> None:
        rows: list[TextRow] = []
        with self._lock:
            if self._thread is threading.current_thread():
                rows = [row for _, row in self._new]
                self._new.clear()
                self._part()
        for row in rows:
            row.finish("error", error)
        if batch is not None:
            batch.drop("error", error)

    def _goes_on(self, batch: Batch) -> bool:
        """Take in what is new; False when there is nothing to do, or no more is wanted."""
        with self._lock:
            while self._new:
                owner, row = self._new.popleft()
                batch.add(row, owner)
            ends = self._stopping or batch.idle
            if ends:
                self._part()
            return not ends

    def _part(self) -> None:
        """From here on, whoever submits begins another thread; under the lock."""
        self._thread, self._stopping = None, False
