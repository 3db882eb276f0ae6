"""One hook a block, registered when the model is loaded: what a pass moves and who reads it changes, hooks do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

Reader = Callable[[int, Any], None]


class Hooks:
    """Moves and reads the outputs of blocks during one forward pass at a time."""

    def __init__(self, blocks: Sequence[Any]) -> None:
        self._moves: Mapping[int, Any] = {}
        self._reader: Reader | None = None
        for layer, block in enumerate(blocks):
            block.register_forward_hook(partial(self._after, layer))

    @contextmanager
    def moving(self, moves: Mapping[int, Any]) -> Iterator[None]:
        """Within this block, layer l's output has `moves[l]` added, (B, 1, H) or (B, T, H); zeros change nothing."""
        self._moves = moves
        try:
            yield
        finally:
            self._moves = {}

    @contextmanager
    def reading(self, reader: Reader) -> Iterator[None]:
        """Within this block, `reader` gets each layer's number and (B, T, H) output."""
        self._reader = reader
        try:
            yield
        finally:
            self._reader = None

    def _after(self, layer: int, block: Any, inputs: Any, output: Any) -> Any:
        """The output as the next block gets it: a tensor, or a tuple that begins with one, as the block gave it."""
        move = self._moves.get(layer)
        if move is None and self._reader is None:
            return None
        hidden = output[0] if isinstance(output, tuple) else output
        if move is not None:
            hidden = hidden + move
        if self._reader is not None:
            self._reader(layer, hidden)
        return (hidden, *output[1:]) if isinstance(output, tuple) else hidden
