"""Stage `controlnet`: outlines and silhouettes that a picture is to follow, computed from the bank itself.

One network takes both as white on black: outlines as from any edge detector, silhouettes filled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.starter.attributes import Picture, edges, foreground
from training.starter.data import Bank
from training.starter.denoising import Latents, weighed_error
from training.starter.loop import Turn, train
from training.starter.networks import make_controlnet
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.tokenizer import Encoder, read_tokenizer
from training.starter.unet import read_text_encoder, read_unet

_FILLED = 0.35  # of the guides are silhouettes
_UNNAMED = 0.3  # of the captions are left out, so that the guide is followed and not the word alone
__all__ = ["ControlTask", "guides", "teach"]


def guides(pictures: Picture, filled: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(n, 3, h, w) of 0 and 1: the silhouette where `filled` says so, the outlines elsewhere."""
    drawn = np.where(filled[:, None, None], foreground(pictures), edges(pictures))
    return np.repeat(drawn[:, None], 3, axis=1).astype(np.float32)


class ControlTask:
    """The UNet's own task, the UNet and its text encoder frozen, with a guide."""

    name = "controlnet"
    factors: Mapping[str, float] = {}

    def __init__(self, nets: tuple[Any, Any, Any], bank: Bank, latents: Latents, encode: Encoder) -> None:
        self._control, self._unet, self._text = nets
        self.trained: Mapping[str, nn.Module] = {"controlnet": self._control}
        self._bank, self._latents, self._encode = bank, latents, encode

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch."""
        rows, noisy, times, target, weight = self._latents.draw(turn, batch)
        unnamed, filled = turn.numpy.random((2, batch)) < [[_UNNAMED], [_FILLED]]
        captions = ["" if quiet else str(self._bank.caption(row)) for row, quiet in zip(rows, unnamed, strict=True)]
        guide = torch.from_numpy(guides(self._bank.pictures[rows], filled)).to(noisy.device)
        with torch.no_grad():
            words = self._text(torch.tensor(self._encode(captions), device=noisy.device)).last_hidden_state
        down, middle = self._control(noisy, times, words, controlnet_cond=guide, return_dict=False)
        found = self._unet(
            noisy, times, words, down_block_additional_residuals=down, mid_block_additional_residual=middle
        )
        return weighed_error(found.sample, target, weight)


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train it and write it."""
    profile, folder = space.profile, space.of("controlnet")
    torch.manual_seed(profile.seed)
    unet, text = read_unet(space).requires_grad_(False), read_text_encoder(space).requires_grad_(False)
    control = make_controlnet(unet).to(profile.device, memory_format=torch.channels_last).requires_grad_(True)
    encode = Encoder(read_tokenizer(space.of("tokenizer"), profile.words.tokens), profile.words.tokens)
    task = ControlTask((control, unet, text), Bank.open(space), Latents.open(space), encode)
    found = train(task, profile, profile.controlnet, folder, ranks=ranks)
    if ranks.first:
        control.save_pretrained(str(folder / "controlnet"))
        space.finish("controlnet", **found)
