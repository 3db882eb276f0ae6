"""Stage `clip`: text and picture towers, trained against each other on the bank.

Its text tower is where the UNet's text encoder starts, its vision tower reads image prompts, and both together
score pictures offline. A batch holds every style of the objects drawn for it, so that "noto" against "twemoji" of
one object is among the negatives: style is then in the embedding before the UNet sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.starter.data import Bank
from training.starter.loop import Place, Turn, train
from training.starter.networks import TwoTowers
from training.starter.parallel import Ranks
from training.starter.parts import Words
from training.starter.paths import Workspace
from training.starter.tokenizer import Encoder, read_tokenizer

_WHOLE = Words(unstyled=0, empty=0, synonym=0.1)  # half a caption would call its neighbours wrong
__all__ = ["ClipTask", "as_input", "read_towers", "teach"]


def as_input(pictures: NDArray[np.uint8], device: str = "cpu") -> Tensor:
    """(n, 3, h, w) in -1 to 1 of (n, h, w, 3) bytes: what the towers and the VAE take."""
    values = torch.from_numpy(np.array(pictures)).to(device).permute(0, 3, 1, 2)
    return values.to(torch.float32, memory_format=torch.channels_last) / 127.5 - 1


class ClipTask:
    """Symmetric cross-entropy over the pairs of a batch."""

    name = "clip"
    factors: Mapping[str, float] = {}

    def __init__(self, towers: TwoTowers, bank: Bank, encode: Encoder, place: Place) -> None:
        self.trained: Mapping[str, nn.Module] = {"towers": towers}
        self._towers, self._bank, self._encode, self._place = towers, bank, encode, place
        self._of_icon = rows_of(bank)
        things = sorted(set(bank.things))
        self._icons = [[i for i, name in enumerate(bank.things) if name == thing] for thing in things]

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One picture of each style of `batch / styles` objects."""
        styles = max(len(one) for one in self._icons)
        chosen = turn.numpy.permutation(len(self._icons))[: max(1, batch // styles)]
        icons = [icon for thing in chosen for icon in self._icons[thing]]
        rows = [int(turn.numpy.choice(self._of_icon[icon])) for icon in icons]
        captions = [self._bank.said(row, _WHOLE, turn.numpy) for row in rows]
        ids = torch.tensor(self._encode(captions), device=self._place.device)
        words, seen = self._towers(ids, as_input(self._bank.pictures[rows], self._place.device))
        similar = words @ seen.T * self._towers.scale.clamp(max=4.6).exp()
        target = torch.arange(len(rows), device=similar.device)
        return (nn.functional.cross_entropy(similar, target) + nn.functional.cross_entropy(similar.T, target)) / 2


def rows_of(bank: Bank) -> Sequence[NDArray[np.intp]]:
    """The rows of each icon's pictures."""
    return [np.flatnonzero(bank.facts[:, 0] == icon) for icon in range(len(bank.things))]


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train the towers and write them."""
    profile, folder = space.profile, space.of("clip")
    torch.manual_seed(profile.seed)
    tokenizer = read_tokenizer(space.of("tokenizer"), profile.words.tokens)
    towers = TwoTowers(profile, len(tokenizer)).to(profile.device)
    encode, place = Encoder(tokenizer, profile.words.tokens), Place.of(profile)
    found = train(ClipTask(towers, Bank.open(space), encode, place), profile, profile.clip, folder, ranks=ranks)
    if ranks.first:
        safetensors.torch.save_file(towers.state_dict(), str(folder / "towers.safetensors"))
        space.finish("clip", **found)


def read_towers(space: Workspace, tokens: int) -> Any:
    """The trained towers."""
    towers = TwoTowers(space.profile, tokens)
    towers.load_state_dict(safetensors.torch.load_file(str(space.of("clip") / "towers.safetensors")))
    return towers.to(space.profile.device)
