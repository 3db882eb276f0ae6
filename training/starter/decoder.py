"""Stage `decoder`: the VAE's decoder learns to draw what a sampler's last steps give.

What they give is near a picture's latents and not on them, and a decoder that knows clean latents alone draws the
difference, as mottled areas and soft outlines. Only the decoder moves, so that all that was trained on the latents
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
from training.starter.noise import TRAIN_STEPS, noised
from training.starter.parallel import Ranks
from training.starter.paths import Workspace
from training.starter.tokenizer import Encoder, read_tokenizer
from training.starter.unet import read_text_encoder, read_unet
from training.starter.vae import read_vae

_STRIDE, _LAST = TRAIN_STEPS // 10, 2  # the last two of ten steps; more move shapes away from the picture's own
_GUIDANCE = (1.0, 4.0)
_CLEAN = 0.3  # of the batch are encoded pictures as they are, so that img2img and inpainting stay as sharp
__all__ = ["DecoderTask", "read_decoded_vae", "teach"]


class DecoderTask:
    """The VAE's own error, on latents as sampling ends with them; all but the decoder is frozen."""

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
        untouched = torch.from_numpy(turn.numpy.random(batch) < _CLEAN).to(clean.device)
        sampled = self._sampled(clean, turn, [str(self._bank.caption(row)) for row in rows.tolist()])
        latents = torch.where(untouched[:, None, None, None], clean, sampled)
        pictures = as_input(self._bank.pictures[rows], str(clean.device))
        return picture_error(self._vae.decode(latents.contiguous(memory_format=torch.channels_last)).sample, pictures)

    @torch.no_grad()
    def _sampled(self, clean: Tensor, turn: Turn, captions: list[str]) -> Tensor:
        """A picture's latents, noised, and cleaned again by the last steps of a guided DDIM run."""
        n = len(captions)
        words = self._text(torch.tensor(self._encode([*captions, *[""] * n]), device=clean.device)).last_hidden_state
        guidance = torch.from_numpy(turn.numpy.uniform(*_GUIDANCE, (n, 1, 1, 1))).to(clean)
        sampled, noise = clean, torch.randn(clean.shape, generator=turn.torch, device=clean.device)
        for step in range(_LAST, 0, -1):
            times = torch.full((n,), step * _STRIDE - 1, device=clean.device)
            kept = self._latents.alphas[times]
            noisy = noised(sampled, noise, kept)
            both = torch.cat([noisy, noisy]).contiguous(memory_format=torch.channels_last)
            asked, unasked = self._unet(both, times.repeat(2), words).sample.float().chunk(2)
            v = unasked + guidance * (asked - unasked)
            kept = kept[:, None, None, None]
            sampled = kept.sqrt() * noisy - (1 - kept).sqrt() * v
            noise = (1 - kept).sqrt() * noisy + kept.sqrt() * v
        return sampled


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
