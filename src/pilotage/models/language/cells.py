"""Keys and values of a batch, row by row: grown, joined, thinned out; the cache that transformers writes into.

Rows are aligned to the right: their columns end together, and what a shorter row lacks on the left is masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch  # noqa: TID253  (only the loader imports this module)
from torch import Tensor  # noqa: TID253
from transformers.cache_utils import Cache, DynamicLayer  # noqa: TID253

_ROOM = 64  # columns that are reserved at a time, so that a step writes one column instead of copying all


class Cells:
    """What a model remembers of each row.

    Attributes:
        mask: (B, T) which columns belong to the row.
        cache: what transformers writes to, a layer's keys and values being (B, heads, T, features).
    """

    def __init__(self, mask: Tensor, layers: Sequence[tuple[Tensor, Tensor]] = ()) -> None:
        self.mask = mask
        self.cache: Any = _cache(layers)

    @property
    def layers(self) -> list[tuple[Tensor, Tensor]]:
        """Keys and values of each layer; none before the first pass."""
        return [(layer.keys, layer.values) for layer in self.cache.layers]

    def extended(self, columns: Tensor) -> Tensor:
        """The mask with the (B, T') columns that the next pass will write; kept as the new mask."""
        self.mask = torch.cat([self.mask, columns], dim=1)
        return self.mask

    def rows(self, keep: Sequence[int]) -> Cells:
        """Only these rows, without the columns that none of them has."""
        index = torch.tensor(keep, device=self.mask.device)
        mask = self.mask[index]
        first = _first_column(mask)
        layers = [(keys[index][:, :, first:], values[index][:, :, first:]) for keys, values in self.layers]
        return Cells(mask[:, first:], layers)


def joined(parts: Sequence[Cells]) -> Cells:
    """All rows in one, as wide as the widest."""
    width = max(part.mask.shape[1] for part in parts)
    pattern = next((part.layers for part in parts if part.layers), [])
    mask = torch.cat([_widened(part.mask, 1, width) for part in parts])
    layers = []
    for index, (keys, values) in enumerate(pattern):
        halves = [part.layers[index] if part.layers else _none(part.mask, keys, values) for part in parts]
        layers.append(
            (
                torch.cat([_widened(half[0], 2, width) for half in halves]),
                torch.cat([_widened(half[1], 2, width) for half in halves]),
            )
        )
    return Cells(mask, layers)


def empty_rows(count: int, device: Any) -> Cells:
    """Rows that remember nothing."""
    return Cells(torch.zeros((count, 0), dtype=torch.bool, device=device))


class _Layer(DynamicLayer):  # type: ignore[no-untyped-call]  # its __init_subclass__
    """Keys and values of one layer, with room for columns to come."""

    def __init__(self, keys: Tensor | None = None, values: Tensor | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._room: tuple[Tensor, Tensor] | None = None
        if keys is not None and values is not None:
            self.lazy_initialization(keys, values)
            self.keys, self.values = keys, values

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """The keys and values so far, with the new columns at the right."""
        before = self.get_seq_length()
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys = self.values = None
        after = before + key_states.shape[2]
        if self._room is None or self._room[0].shape[2] < after:
            self._room = (_with_room(self.keys, key_states, after), _with_room(self.values, value_states, after))
        for room, new in zip(self._room, (key_states, value_states), strict=True):
            room[:, :, before:after] = new
        self.keys, self.values = (room[:, :, :after] for room in self._room)
        return self.keys, self.values


def _cache(layers: Sequence[tuple[Tensor, Tensor]]) -> Cache:
    if not layers:
        return Cache(layer_class_to_replicate=_Layer)
    return Cache(layers=[_Layer(keys, values) for keys, values in layers])


def _with_room(cells: Tensor | None, new: Tensor, columns: int) -> Tensor:
    rows, heads, _, features = new.shape
    room = new.new_zeros((rows, heads, columns + _ROOM, features))
    if cells is not None:
        room[:, :, : cells.shape[2]] = cells
    return room


def _first_column(mask: Tensor) -> int:
    """How many columns on the left no row has."""
    used = mask.any(dim=0).nonzero()
    return int(used[0]) if len(used) else mask.shape[1]


def _widened(cells: Tensor, dim: int, width: int) -> Tensor:
    """`cells` with zeros on the left of `dim`."""
    lacking = width - cells.shape[dim]
    if lacking == 0:
        return cells
    shape = list(cells.shape)
    shape[dim] = lacking
    return torch.cat([cells.new_zeros(shape), cells], dim=dim)


def _none(mask: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    rows = mask.shape[0]
    return (
        keys.new_zeros((rows, keys.shape[1], 0, keys.shape[3])),
        values.new_zeros((rows, values.shape[1], 0, values.shape[3])),
    )
