"""Stage `decoder`: the VAE's decoder learns to draw what the UNet's last steps give.

What the UNet predicts is near a picture's latents and not on them, and a decoder that knows clean latents alone draws
the difference, as mottled areas and soft outlines. Only the decoder moves, so that all that was trained on the latents
stays as it is.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import diffusers
import torch
from torch import Tensor, nn

from training.starter.clip import as_input
from training.starter.data import Bank
from training.starter.denoising import Latents
from training.starter.loop import Turn, train
from training.starter.losses import picture_error
from training.starter.noise import noised
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.tokenizer import Encoder, read_tokenizer
from training.starter.unet import read_text_encoder, read_unet
from training.starter.vae import read_vae

_TIMES = (40, 250)  # of 1,000: the last of ten steps starts at 99
_CLEAN = 0.3  # of the batch are encoded pictures as they are, so that img2img and inpainting stay as sharp
__all__ = ["DecoderTask", "read_decoded_vae", "teach"]


class DecoderTask:
    """The VAE's own error, on latents that the UNet has cleaned of a little noise; all but the decoder is frozen."""

    name = "decoder"
    factors: Mapping[str, float] = {}

    def __init__(self, nets: tuple[Any, Any, Any], bank: Bank, latents: Latents, encode: Encoder) -> None:
        self._vae, self._unet, self._text = nets
        self.trained: Mapping[str, nn.Module] = {"decoder": self._vae.decoder, "after": self._vae.post_quant_conv}
        self._bank, self._latents, self._encode = bank, latents, encode

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """One batch of whole pictures."""
        rows = turn.numpy.integers(len(self._latents.values), size=batch)
        values = self._latents.values
        clean = values[torch.from_numpy(rows).to(values.device)].float()
        times = torch.from_numpy(turn.numpy.integers(*_TIMES, size=batch)).to(clean.device)
        untouched = torch.from_numpy(turn.numpy.random(batch) < _CLEAN).to(clean.device)
        noise = torch.randn(clean.shape, generator=turn.torch, device=clean.device)
        predicted = self._predicted(clean, noise, times, [str(self._bank.caption(row)) for row in rows.tolist()])
        latents = torch.where(untouched[:, None, None, None], clean, predicted)
        pictures = as_input(self._bank.pictures[rows], str(clean.device))
        return picture_error(self._vae.decode(latents.contiguous(memory_format=torch.channels_last)).sample, pictures)

    def _predicted(self, clean: Tensor, noise: Tensor, times: Tensor, captions: list[str]) -> Tensor:
        """The clean latents as the UNet tells them from noisy ones: √a z - √(1-a) v."""
        kept = self._latents.alphas[times]
        noisy = noised(clean, noise, kept).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            words = self._text(torch.tensor(self._encode(captions), device=clean.device)).last_hidden_state
            v = self._unet(noisy, times, words).sample.float()
        kept = kept[:, None, None, None]
        return kept.sqrt() * noisy - (1 - kept).sqrt() * v


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train it and write the VAE that ships."""
    profile, folder = space.profile, space.of("decoder")
    torch.manual_seed(profile.seed)
    unet, text = read_unet(space).requires_grad_(False), read_text_encoder(space).requires_grad_(False)
    vae = read_vae(space).to(memory_format=torch.channels_last)
    encode = Encoder(read_tokenizer(space.of("tokenizer"), profile.words.tokens), profile.words.tokens)
    task = DecoderTask((vae, unet, text), Bank.open(space), Latents.open(space), encode)
    found = train(task, profile, profile.decoder, folder, ranks=ranks)
    if ranks.first:
        vae.save_pretrained(str(folder / "vae"))
        space.finish("decoder", **found)


def read_decoded_vae(space: Workspace) -> Any:
    """The VAE with the decoder of this stage."""
    return diffusers.AutoencoderKL.from_pretrained(str(space.of("decoder") / "vae")).to(space.profile.device)
