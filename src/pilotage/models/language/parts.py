"""Many texts are read a part at a time: as many as a budget of tokens holds, and fewer where memory runs out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pilotage.core.errors import OutOfMemoryError
from pilotage.models.shortage import give_back_memory, is_out_of_memory

_TOKENS = 4096  # of a pass, those that only pad among them: with 49k words, 0.8 GB of logits if all are predicted

T = TypeVar("T")


def in_parts(sizes: Sequence[int], most: int, read: Callable[[range], T]) -> Iterator[tuple[range, T]]:
    """Places of texts, in order, and what was read of them.

    Args:
        sizes: tokens of each text.
        most: how many texts are read at once.
        read: reads those at some places; it is asked again for half of them if memory runs out.

    Raises:
        OutOfMemoryError: not even one fits into memory.
    """
    waiting = deque(_parts(sizes, most))
    while waiting:
        part = waiting.popleft()
        try:
            found = read(part)
        except Exception as cause:  # torch's errors have no common class of their own
            if not is_out_of_memory(cause):
                raise
            if len(part) == 1:
                raise OutOfMemoryError(
                    f"one text of {sizes[part[0]]} tokens does not fit into memory: {cause}", hint="Try a shorter one."
                ) from cause
        else:
            yield part, found
            continue
        give_back_memory()  # outside of the handler: the error's frames hold the tensors that must go
        half = len(part) // 2
        waiting.extendleft((part[half:], part[:half]))


def _parts(sizes: Sequence[int], most: int) -> Iterator[range]:
    begin, widest = 0, 0
    for index, size in enumerate(sizes):
        widest = max(widest, size)
        count = index + 1 - begin
        if count > 1 and (count > most or count * widest > _TOKENS):
            yield range(begin, index)
            begin, widest = index, size
    if begin < len(sizes):
        yield range(begin, len(sizes))
