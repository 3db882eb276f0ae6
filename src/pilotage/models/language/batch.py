"""Continuous batching: rows join and leave between two steps, and those that ask share the room fairly."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from torch import Tensor  # noqa: TID253  (imported when a model is loaded)

from pilotage.core.errors import GenerationError, OutOfMemoryError, PilotageError
from pilotage.models.language.cells import Cells, joined
from pilotage.models.language.drawing import draw
from pilotage.models.language.loading import Loaded
from pilotage.models.language.passes import forward, stacked
from pilotage.models.language.prefill import forget_prefixes, read_rows
from pilotage.models.language.requests import Finish
from pilotage.models.language.rows import TextRow
from pilotage.models.shortage import give_back_memory, is_out_of_memory


class Batch:
    """Rows that answer, and rows that wait. One thread drives it by `step`."""

    def __init__(self, loaded: Loaded, limit: int) -> None:
        """Room for `limit` rows at once."""
        self._loaded, self._limit, self._room = loaded, limit, limit
        self._waiting: dict[str, deque[TextRow]] = {}
        self._active: list[tuple[str, TextRow]] = []
        self._cells: Cells | None = None
        self._moves: dict[int, Tensor] = {}

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do."""
        return not self._active and not self._waiting

    def add(self, row: TextRow, owner: str = "") -> None:
        """Let a row wait. Owners get equal shares of the room, whoever came first."""
        self._waiting.setdefault(owner, deque()).append(row)

    def step(self, check: Callable[[], None]) -> None:
        """One token for each row that has room; `check` may raise, between two passes.

        Raises:
            OutOfMemoryError: not even one row fits into memory.
            GenerationError: the model failed. Both end the rows that were under way, with the reason.
        """
        short = False
        try:
            self._leave()
            self._join(check)
            if self._active:
                self._draw()
                self._leave()
        except PilotageError:
            raise
        except Exception as cause:  # torch's errors have no common class of their own
            short = is_out_of_memory(cause)
            if not short or self._room == 1:
                raise self._failed(cause, short=short) from cause
        if short:  # outside of the handler: the error's frames hold the tensors that must go
            self._halve()

    def drop(self, finish: Finish = "cancelled", error: str = "") -> None:
        """End all rows."""
        rows = [row for _, row in self._active] + [row for queue in self._waiting.values() for row in queue]
        self._active, self._waiting, self._cells = [], {}, None
        for row in rows:
            row.finish(finish, error)

    def _draw(self) -> None:
        rows = [row for _, row in self._active]
        logits = forward(self._loaded, [row.ids[-1:] for row in rows], cells=self._cells, moves=self._moves)
        tokens = draw(logits[:, -1], [row.sampling for row in rows], [row.stream for row in rows])
        for row, token in zip(rows, tokens, strict=True):
            row.take(token)

    def _leave(self) -> None:
        """Let go of rows that have ended, in the batch and among those that wait."""
        for owner, queue in list(self._waiting.items()):
            for row in queue:
                row.check()
            self._set_queue(owner, deque(row for row in queue if row.output is None))
        for _, row in self._active:
            row.check()
        self._keep([index for index, (_, row) in enumerate(self._active) if row.output is None])
        if self.idle:
            self._room = self._limit  # what was short of memory is over

    def _join(self, check: Callable[[], None]) -> None:
        """Fill the room with rows that wait, and let them read their prompts together."""
        new = self._chosen()
        if new:
            before = len(self._active)
            self._active += new
            cells = read_rows(self._loaded, [row for _, row in new], check)
            self._cells = joined([self._cells, cells]) if before and self._cells is not None else cells
            self._compose()

    def _chosen(self) -> list[tuple[str, TextRow]]:
        """Who comes in next: always the owner with the fewest rows. The one with the most makes room for others."""
        new: list[tuple[str, TextRow]] = []
        try:
            while self._waiting:
                held = Counter(owner for owner, _ in (*self._active, *new))
                owner = min(self._waiting, key=lambda name: held[name])
                if len(self._active) + len(new) >= self._room and not self._make_room(held, owner):
                    break
                queue = self._waiting[owner]
                new.append((owner, queue.popleft()))
                self._set_queue(owner, queue)
        except BaseException:
            self._wait_again(new)
            raise
        return new

    def _make_room(self, held: Counter[str], owner: str) -> bool:
        """Send the newest row of the owner with the most back to wait, if that makes shares more equal."""
        rich, rows = held.most_common(1)[0]
        indices = [index for index, (name, _) in enumerate(self._active) if name == rich]
        if rows - held[owner] < 2 or not indices:
            return False
        self._wait_again([self._active[indices[-1]]])
        self._keep([index for index in range(len(self._active)) if index != indices[-1]])
        return True

    def _keep(self, indices: list[int]) -> None:
        """Only these of the active rows."""
        if len(indices) == len(self._active):
            return
        self._active = [self._active[index] for index in indices]
        self._cells = self._cells.rows(indices) if self._cells is not None and indices else None
        self._compose()

    def _compose(self) -> None:
        """What the rows are moved by, computed once for as long as the same rows are together."""
        self._moves = stacked(self._loaded, [row.shifts for _, row in self._active])

    def _set_queue(self, owner: str, queue: deque[TextRow]) -> None:
        self._waiting.pop(owner, None)
        if queue:
            self._waiting[owner] = queue

    def _wait_again(self, rows: list[tuple[str, TextRow]]) -> None:
        """Put rows back to where they came from."""
        for owner, row in reversed(rows):
            self._waiting.setdefault(owner, deque()).appendleft(row)

    def _halve(self) -> None:
        """Go on with half of the rows; all read again what they have, which is shorter than answering anew."""
        self._room = max(1, len(self._active) // 2)
        self._wait_again(self._active)
        self._clear()
        give_back_memory()

    def _clear(self) -> None:
        """Nothing is under way, and nothing is remembered."""
        self._active, self._cells, self._moves = [], None, {}
        forget_prefixes(self._loaded)

    def _failed(self, cause: Exception, *, short: bool) -> GenerationError:
        for _, row in self._active:
            row.finish("error", f"the model failed: {cause}")
        self._clear()
        if short:
            return OutOfMemoryError(f"one answer does not fit into memory: {cause}", hint="Try a shorter prompt.")
        return GenerationError(f"the model failed: {cause}", hint="Try fewer requests, or smaller pushes.")
