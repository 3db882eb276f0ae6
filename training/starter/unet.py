"""Stage `unet`: the denoiser and its text encoder, on encoded pictures and freshly worded captions."""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import diffusers
import torch
import transformers
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn

from training.starter.clip import read_towers
from training.starter.data import Bank
from training.starter.denoising import Compiled, Latents, weighed_error
from training.starter.loop import Turn, train
from training.starter.networks import make_unet
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.tokenizer import Encoder, read_tokenizer

__all__ = ["UnetTask", "read_text_encoder", "read_unet", "teach"]


class UnetTask:
    """v-prediction of what the caption says; the text encoder learns along from where CLIP left it."""

    name = "unet"

    def __init__(self, nets: tuple[Any, Any], bank: Bank, latents: Latents, encode: Encoder, space: Workspace) -> None:
        unet, text = nets
        self.trained: Mapping[str, nn.Module] = {"unet": unet, "text": text}
        self.factors: Mapping[str, float] = {"text": space.profile.unet.text_lr}
        self._forward, self._text = Compiled(unet, wanted=space.profile.compile), text
        self._bank, self._latents, self._encode, self._words = bank, latents, encode, space.profile.words

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch."""
        rows, noisy, times, target, weight = self._latents.draw(turn, batch)
        captions = [self._bank.said(row, self._words, turn.numpy) for row in rows]
        ids = torch.tensor(self._encode(captions), device=noisy.device)
        words = self._text(ids).last_hidden_state
        return weighed_error(self._forward(noisy, times, words).sample, target, weight)


def _text_of_clip(space: Workspace, tokens: int) -> Any:
    """CLIP's text tower as the pipeline's text encoder: the same layers, without the projection."""
    towers = read_towers(space, tokens)
    text: Any = transformers.CLIPTextModel(towers.text.config)
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
    if profile.device == "cpu":
        unet.set_attn_processor(AttnProcessor())  # written out: 4 % faster here than torch's own fallback
    text = _text_of_clip(space, len(tokenizer)).requires_grad_(profile.unet.text_lr > 0)
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
