"""What rows read before they answer: the shared beginning once, the rest together, in bites that can be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from torch import Tensor  # noqa: TID253  (imported when a model is loaded)

from pilotage.models.language.cells import Cells, empty_rows, joined
from pilotage.models.language.loading import Loaded
from pilotage.models.language.passes import forward, from_columns, stacked
from pilotage.models.language.rows import TextRow

_BITE = 512  # columns of a pass; between two of them others have their turn
_KEPT = 4096  # tokens of shared beginnings that are remembered: 190 MB of the default model
_lock = threading.Lock()


def read_rows(loaded: Loaded, rows: Sequence[TextRow], check: Callable[[], None]) -> Cells:
    """What each row remembers of all its tokens but the last, which the next step reads.

    The shared beginning of a conversation is read by itself, unsteered, and kept. It is cut off in the same place
    whether it was kept or not, so a row's numbers do not depend on what was asked before.
    """
    starts = [0 if row.steer_from < row.prompt.shared else row.prompt.shared for row in rows]
    keys = [tuple(row.ids[:start]) for row, start in zip(rows, starts, strict=True)]
    before = {key: _shared(loaded, key, check) for key in dict.fromkeys(keys)}
    cells = joined([before[key] for key in keys]) if any(starts) else empty_rows(len(rows), loaded.device)
    rest = [row.ids[start:-1] for row, start in zip(rows, starts, strict=True)]
    width = max(map(len, rest))
    firsts = [width - len(row.ids) + 1 + row.steer_from for row in rows]
    moves = stacked(loaded, [row.shifts for row in rows])
    read_in_bites(loaded, rest, cells, check, lambda left, right: from_columns(moves, firsts, left, right))
    return cells


def read_in_bites(
    loaded: Loaded,
    rest: Sequence[Sequence[int]],
    cells: Cells,
    check: Callable[[], None] = lambda: None,
    moves: Callable[[int, int], dict[int, Tensor]] = lambda left, right: {},
) -> None:
    """Let rows of several lengths, all ending in the last column, go on with `rest`; `moves` is told of columns."""
    width = max(map(len, rest))
    for left in range(0, width, _BITE):
        check()
        right = min(left + _BITE, width)
        spans = [(max(0, left - width + len(row)), max(0, right - width + len(row))) for row in rest]
        tokens = [row[first:last] for row, (first, last) in zip(rest, spans, strict=True)]
        forward(loaded, tokens, cells=cells, moves=moves(left, right))


def forget_prefixes(loaded: Loaded) -> None:
    """Free the memory of what was read once; it is read again when it is wanted."""
    with _lock:
        loaded.prefixes.clear()


def _shared(loaded: Loaded, key: tuple[int, ...], check: Callable[[], None]) -> Cells:
    """(1 row) what is remembered of a shared beginning."""
    if not key:
        return empty_rows(1, loaded.device)
    with _lock:
        cells = loaded.prefixes.pop(key, None)
    if cells is None:
        cells = empty_rows(1, loaded.device)
        read_in_bites(loaded, [key], cells, check)
    with _lock:
        loaded.prefixes[key] = cells  # newest last
        while sum(map(len, loaded.prefixes)) > _KEPT:
            loaded.prefixes.pop(next(iter(loaded.prefixes)))
    return cells
