"""One forward pass of a batch of rows, each with its own length, memory and push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import torch  # noqa: TID253  (imported when a model is loaded)
from torch import Tensor  # noqa: TID253

from pilotage.models.language.cells import Cells
from pilotage.models.language.hooks import Reader
from pilotage.models.language.loading import Loaded


def forward(
    loaded: Loaded,
    tokens: Sequence[Sequence[int]],
    *,
    cells: Cells | None = None,
    moves: Mapping[int, Tensor] | None = None,
    reader: Reader | None = None,
    keep: int = 1,
) -> Tensor:
    """(B, keep, V) float32 logits of the last `keep` columns.

    Args:
        loaded: the model; the pass waits for its turn.
        tokens: what each row reads now; shorter rows are padded on the left.
        cells: what the rows have read before; the pass adds to it. None: nothing, and nothing is kept.
        moves: (B, 1, H) or (B, T, H) by layer, added to its output.
        reader: gets each layer's number and output.
        keep: columns whose logits are wanted.
    """
    ids, new = padded(tokens, loaded.device)
    before = cells.mask.sum(1, keepdim=True) if cells is not None else 0
    given: dict[str, Any] = {
        "input_ids": ids,
        "attention_mask": (new if cells is None else cells.extended(new)).long(),
        "position_ids": (before + new.long().cumsum(1) - 1).clamp(min=0),
        "use_cache": cells is not None,
        "logits_to_keep": keep,
    }
    if cells is not None:
        given["past_key_values"] = cells.cache
    with ExitStack() as during:
        during.enter_context(loaded.turns)
        during.enter_context(torch.inference_mode())
        during.enter_context(loaded.hooks.moving(moves or {}))
        if reader is not None:
            during.enter_context(loaded.hooks.reading(reader))
        result = loaded.model(**{name: value for name, value in given.items() if name in loaded.takes})
    return result.logits[:, -keep:].float()


def padded(tokens: Sequence[Sequence[int]], device: Any) -> tuple[Tensor, Tensor]:
    """(B, T) ids with zeros on the left, and which of them are meant."""
    width = max(map(len, tokens))
    ids = torch.tensor([[0] * (width - len(row)) + list(row) for row in tokens], device=device)
    mask = torch.tensor([[False] * (width - len(row)) + [True] * len(row) for row in tokens], device=device)
    return ids, mask


def stacked(loaded: Loaded, shifts: Sequence[Mapping[int, Any]]) -> dict[int, Tensor]:
    """(B, 1, H) by layer what each row is moved by; layers that no row is moved at are absent.

    Computed once for a batch as it is composed, not at each step.
    """
    dtype = getattr(torch, loaded.dtype)
    moves: dict[int, Tensor] = {}
    for row, shift in enumerate(shifts):
        for layer, vector in shift.items():
            if layer not in moves:
                moves[layer] = torch.zeros((len(shifts), 1, loaded.hidden), dtype=dtype, device=loaded.device)
            moves[layer][row, 0] = torch.from_numpy(vector).to(loaded.device, dtype)
    return moves


def from_columns(moves: Mapping[int, Tensor], firsts: Sequence[int], left: int, right: int) -> dict[int, Tensor]:
    """(B, T, H) by layer `moves` in the columns from `left` to `right`, nothing before column `firsts[b]` of row b."""
    if not moves or min(firsts) >= right:
        return {}
    device = next(iter(moves.values())).device
    here = torch.arange(left, right, device=device)[None, :] >= torch.tensor(firsts, device=device)[:, None]
    return {layer: move * here[:, :, None].to(move.dtype) for layer, move in moves.items()}
