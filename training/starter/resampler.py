"""Stage `resampler`: pictures are read as what the text encoder makes of their captions.

The part of an IP-Adapter between the vision tower and the UNet, in the stock form "plus": learnt queries, one for each
token of a caption. Taught by the UNet's error alone it learns colours and no objects (docs/decisions/0023).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import safetensors.torch
import torch
from diffusers.models.embeddings import IPAdapterPlusImageProjection
from torch import Tensor, nn

from training.starter.clip import as_input, read_towers
from training.starter.data import Bank
from training.starter.loop import Turn, train
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.recipe import Profile
from training.starter.tokenizer import Encoder, read_tokenizer
from training.starter.unet import read_text_encoder

_FILE: Final = "resampler.safetensors"
_UNSEEN = 0.1  # of the pictures are blank, as guidance asks; they say what an empty caption says
_HEAD = 64  # the width that the stock loader takes for granted
_STOCK = (
    (r"\.ln0\.", ".0.norm1."), (r"\.ln1\.", ".0.norm2."), (r"\.attn\.to_out\.0\.", ".0.to_out."),
    (r"\.attn\.", ".0."), (r"\.ff\.0\.", ".1.0."), (r"\.ff\.1\.net\.0\.proj\.", ".1.1."),
    (r"\.ff\.1\.net\.2\.", ".1.3."),
)  # fmt: skip
__all__ = ["ReadingTask", "Seen", "as_stock", "read_resampler", "teach"]


class Seen:
    """Pictures of the bank as the vision tower's states, some of them blank, and what is said of them."""

    def __init__(self, vision: Any, bank: Bank, device: str) -> None:
        self._vision, self._bank, self._device = vision.requires_grad_(False), bank, device

    def some(self, turn: Turn, batch: int) -> list[int]:
        """Rows; every picture is as likely."""
        rows: list[int] = turn.numpy.integers(len(self._bank.pictures), size=batch).tolist()
        return rows

    @torch.no_grad()
    def look(self, rows: Sequence[int], turn: Turn) -> tuple[Tensor, list[str]]:
        """(n, patches + 1, width) states and the n captions of rows."""
        blank = turn.numpy.random(len(rows)) < _UNSEEN
        pictures = as_input(self._bank.pictures[rows], self._device)
        pictures = pictures * torch.from_numpy(~blank).to(pictures.device)[:, None, None, None]
        captions = ["" if no else str(self._bank.caption(row)) for row, no in zip(rows, blank, strict=True)]
        return self._vision(pictures, output_hidden_states=True).hidden_states[-2], captions


def _fresh(profile: Profile, text: Any) -> IPAdapterPlusImageProjection:
    """Untrained; what it gives lies on the scale of the text encoder's states."""
    towers, inner = profile.towers, text.config.hidden_size
    width = max(1, towers.width * 2 // 3 // _HEAD) * _HEAD
    made = IPAdapterPlusImageProjection(
        towers.width, inner, width, depth=4, dim_head=_HEAD, heads=width // _HEAD, num_queries=profile.words.tokens
    )
    made.norm_out.load_state_dict(text.final_layer_norm.state_dict())
    return made.to(profile.device)


def as_stock(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A resampler's tensors by the names of the published adapters, which every stock loader knows."""
    named = dict[str, Tensor]()
    for name, value in state.items():
        if name.endswith(".to_v.weight"):
            continue
        stock, found = name, value.detach().clone()
        for own, theirs in _STOCK:
            stock = re.sub(own, theirs, stock)
        if stock.endswith(".to_k.weight"):
            stock = stock.replace(".to_k.", ".to_kv.")
            found = torch.cat([found, state[name.replace(".to_k.", ".to_v.")].detach()])
        named[stock] = found.contiguous()
    return named


class ReadingTask:
    """The squared error of the text encoder's states of a caption, read from its picture."""

    name = "resampler"
    factors: Mapping[str, float] = {}

    def __init__(self, resampler: nn.Module, text: Any, seen: Seen, encode: Encoder) -> None:
        self.trained: Mapping[str, nn.Module] = {"resampler": resampler}
        self._resampler, self._text, self._seen, self._encode = resampler, text, seen, encode

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch."""
        states, captions = self._seen.look(self._seen.some(turn, batch), turn)
        with torch.no_grad():
            said = self._text(torch.tensor(self._encode(captions), device=states.device)).last_hidden_state
        return nn.functional.mse_loss(self._resampler(states).float(), said.float())


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train it and write it."""
    profile, folder = space.profile, space.of("resampler")
    torch.manual_seed(profile.seed)
    tokenizer = read_tokenizer(space.of("tokenizer"), profile.words.tokens)
    text, vision = read_text_encoder(space).requires_grad_(False), read_towers(space, len(tokenizer)).vision
    made, seen = _fresh(profile, text), Seen(vision, Bank.open(space), profile.device)
    task = ReadingTask(made, text, seen, Encoder(tokenizer, profile.words.tokens))
    found = train(task, profile, profile.resampler, folder, ranks=ranks)
    if ranks.first:
        safetensors.torch.save_file(as_stock(made.state_dict()), str(folder / _FILE))
        space.finish("resampler", **found)


def read_resampler(space: Workspace) -> dict[str, Tensor]:
    """The trained one's tensors, by their stock names."""
    return safetensors.torch.load_file(str(space.of("resampler") / _FILE), device=space.profile.device)
