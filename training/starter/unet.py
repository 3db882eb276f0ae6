"""Stage `unet`: the denoiser and its text encoder, on encoded pictures and freshly worded captions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from torch import Tensor, nn

from training.starter.clip import read_towers
from training.starter.data import Bank
from training.starter.loop import Place, Turn, train
from training.starter.networks import make_unet
from training.starter.noise import TRAIN_STEPS, cumulative_alphas, noised, v_target, weights
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.recipe import Denoiser
from training.starter.tokenizer import Encoder, read_tokenizer

__all__ = ["Latents", "UnetTask", "compiled", "read_text_encoder", "teach"]


@dataclass(frozen=True)
class Latents:
    """The encoded bank on its device: one batch is rows, clean latents, noise, noisy latents, targets, weights."""

    values: Tensor
    alphas: Tensor
    shape: Denoiser

    @classmethod
    def open(cls, space: Workspace) -> Latents:
        """A workspace's."""
        device, found = space.profile.device, np.load(space.of("latents") / "latents.npy")
        return cls(torch.from_numpy(found).to(device), cumulative_alphas().to(device), space.profile.denoiser)

    def draw(self, turn: Turn, batch: int) -> tuple[list[int], Tensor, Tensor, Tensor, Tensor]:
        """Rows, noisy latents, times, targets and weights of one batch; every picture is as likely."""
        rows = turn.numpy.integers(len(self.values), size=batch)
        clean = self.values[torch.from_numpy(rows).to(self.values.device)].float()
        clean = clean.contiguous(memory_format=torch.channels_last)
        times = torch.from_numpy(turn.numpy.integers(TRAIN_STEPS, size=batch)).to(clean.device)
        noise = torch.randn(clean.shape, generator=turn.torch, device=clean.device)
        kept = self.alphas[times]
        weighed = weights(kept, self.shape.gamma, self.shape.floor)
        return rows.tolist(), noised(clean, noise, kept), times, v_target(clean, noise, kept), weighed


def weighed_error(predicted: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """The mean over a batch of weighed squared errors."""
    return ((predicted.float() - target).square().mean((1, 2, 3)) * weight).mean()


class UnetTask:
    """v-prediction of what the caption says; the text encoder learns along, slower, from where CLIP left it."""

    name = "unet"

    def __init__(self, nets: tuple[Any, Any], bank: Bank, latents: Latents, encode: Encoder, space: Workspace) -> None:
        unet, text = nets
        self.trained: Mapping[str, nn.Module] = {"unet": unet, "text": text}
        self.factors = {"text": space.profile.unet.text_lr}
        self._forward, self._text = compiled(unet, space), text
        self._bank, self._latents, self._encode, self._words = bank, latents, encode, space.profile.words

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch."""
        rows, noisy, times, target, weight = self._latents.draw(turn, batch)
        captions = [self._bank.said(row, self._words, turn.numpy) for row in rows]
        ids = torch.tensor(self._encode(captions), device=noisy.device)
        words = self._text(ids).last_hidden_state
        return weighed_error(self._forward(noisy, times, words).sample, target, weight)


def compiled(unet: Any, space: Workspace) -> Any:
    """The UNet, compiled where the profile asks for it and a compiler is there."""
    if not space.profile.compile:
        return unet
    try:
        fast = torch.compile(unet)
        side = unet.config.sample_size
        with Place.of(space.profile).autocast(), torch.no_grad():
            noisy = torch.zeros(1, unet.config.in_channels, side, side, device=space.profile.device)
            words = torch.zeros(1, space.profile.words.tokens, unet.config.cross_attention_dim, device=noisy.device)
            fast(noisy, torch.zeros(1, device=noisy.device), words)
    except Exception as cause:  # whatever a missing or broken compiler raises
        print(f"not compiled: {type(cause).__name__}")
        return unet
    return fast


def text_encoder_of_clip(space: Workspace, tokens: int) -> Any:
    """CLIP's text tower as the pipeline's text encoder: the same layers, without the projection."""
    towers = read_towers(space, tokens)
    text = transformers.CLIPTextModel(towers.text.config)
    own = text.state_dict()
    found = {name.removeprefix("text_model."): one for name, one in towers.text.state_dict().items()}
    text.load_state_dict({name: found[name.removeprefix("text_model.")] for name in own})
    return text.to(space.profile.device)


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train both and write them."""
    profile, folder = space.profile, space.of("unet")
    torch.manual_seed(profile.seed)
    tokenizer = read_tokenizer(space.of("tokenizer"), profile.words.tokens)
    unet = make_unet(profile).to(profile.device, memory_format=torch.channels_last)
    text = text_encoder_of_clip(space, len(tokenizer)).requires_grad_(profile.unet.text_lr > 0)
    encode = Encoder(tokenizer, profile.words.tokens)
    task = UnetTask((unet, text), Bank.open(space), Latents.open(space), encode, space)
    found = train(task, profile, profile.unet, folder, ranks=ranks)
    if ranks.first:
        unet.save_pretrained(str(folder / "unet"))
        text.save_pretrained(str(folder / "text_encoder"))
        space.finish("unet", **found)


def read_text_encoder(space: Workspace) -> Any:
    """The trained text encoder."""
    folder = str(space.of("unet") / "text_encoder")
    return transformers.CLIPTextModel.from_pretrained(folder).to(space.profile.device)  # type: ignore[arg-type]


def read_unet(space: Workspace) -> Any:
    """The trained UNet."""
    unet = diffusers.UNet2DConditionModel.from_pretrained(str(space.of("unet") / "unet"))
    return unet.to(space.profile.device, memory_format=torch.channels_last)
