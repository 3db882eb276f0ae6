"""Stages `vae` and `latents`: the autoencoder, its latents made white, and the whole bank encoded once.

Encoding ahead saves the encoder's pass at every step of the UNet: a third of a step's time. The latents' mean and
covariance are folded into the two 1 x 1 convolutions beside them, so that every stock pipeline sees unit noise
with `scaling_factor` 1 and needs to know nothing of it.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import diffusers
import numpy as np
import torch
from torch import Tensor, nn

from training.starter.clip import as_input
from training.starter.data import Bank
from training.starter.loop import Place, Turn, train
from training.starter.losses import picture_error
from training.starter.networks import LATENT_CHANNELS, make_vae
from training.starter.parallel import Ranks
from training.starter.parts import Autoencoder
from training.starter.paths import Workspace

_FLOOR = 0.05  # of the mean eigenvalue: a channel that says nothing must not become unit noise
_AT_ONCE = 64
__all__ = ["VaeTask", "encode_bank", "fold_whitening", "read_vae", "teach"]


class VaeTask:
    """Absolute, squared and slope error, and a little KL.

    KL 1e-3 let two of the four channels die in the first checkpoint (25.7 dB); 1e-5 keeps all four.
    """

    name = "vae"
    factors: Mapping[str, float] = {}

    def __init__(self, vae: Any, bank: Bank, shape: Autoencoder, place: Place) -> None:
        self.trained: Mapping[str, nn.Module] = {"vae": vae}
        self._vae, self._bank, self._shape, self._place = vae, bank, shape, place

    def loss(self, turn: Turn, batch: int) -> Tensor:
        """Crops at first, a quarter of the work each, then whole pictures."""
        rows = turn.numpy.integers(len(self._bank.facts), size=batch)
        clean = as_input(self._bank.pictures[rows], self._place.device)
        if turn.progress < self._shape.cropped:
            side = self._shape.crop
            top, left = turn.numpy.integers(0, clean.shape[-1] - side + 1, 2) // 4 * 4
            clean = clean[..., top : top + side, left : left + side].contiguous(memory_format=torch.channels_last)
        posterior = self._vae.encode(clean).latent_dist
        noise = torch.randn(posterior.mean.shape, generator=turn.torch, device=clean.device)
        out = self._vae.decode(posterior.mean + posterior.std * noise).sample
        variance = posterior.logvar.float().exp()
        kl = 0.5 * (posterior.mean.float().square() + variance - 1 - posterior.logvar.float()).mean()
        return picture_error(out, clean) + self._shape.kl * kl


def teach(space: Workspace, ranks: Ranks) -> None:
    """Train it and write it, not yet white."""
    profile, folder = space.profile, space.of("vae")
    torch.manual_seed(profile.seed)
    vae = make_vae(profile).to(profile.device, memory_format=torch.channels_last)
    task = VaeTask(vae, Bank.open(space), profile.autoencoder, Place.of(profile))
    found = train(task, profile, profile.vae, folder, ranks=ranks)
    if ranks.first:
        vae.save_pretrained(str(folder / "raw"))
        space.finish("vae", **found)


def encode_bank(space: Workspace) -> None:
    """Stage `latents`: encode every picture, fold the whitening, write the white VAE and the white latents."""
    folder, pictures = space.of("latents"), Bank.open(space).pictures
    vae = diffusers.AutoencoderKL.from_pretrained(str(space.of("vae") / "raw")).to(space.profile.device)
    means, spread, place = [], torch.zeros(LATENT_CHANNELS), Place.of(space.profile)
    for start in range(0, len(pictures), _AT_ONCE):
        with torch.no_grad(), place.autocast():
            found = vae.encode(as_input(pictures[start : start + _AT_ONCE], place.device)).latent_dist
        means.append(found.mean.float().cpu())
        spread += found.var.float().mean((2, 3)).sum(0).cpu()
    latents = torch.cat(means)
    matrix, mean = fold_whitening(vae.cpu(), latents, spread / len(latents))
    white = torch.einsum("oc,nchw->nohw", matrix, latents - mean[:, None, None])
    np.save(folder / "latents.npy", white.numpy().astype(np.float16))
    vae.save_pretrained(str(folder / "vae"))
    space.finish("latents", pictures=len(white), deviation=[round(float(v), 4) for v in white.std((0, 2, 3))])


def fold_whitening(vae: Any, latents: Tensor, variances: Tensor) -> tuple[Tensor, Tensor]:
    """Make the VAE's latents white, in place, with the same reconstructions.

    Args:
        vae: with 1 x 1 `quant_conv` and `post_quant_conv`.
        latents: (n, 4, h, w) posterior means that it gives now.
        variances: (4,) mean posterior variances.

    Returns:
        (4, 4) and (4,): white = matrix (latent - mean).

    Differs: the posterior's variance becomes one constant a channel, since a full matrix would mix variances;
    training uses means alone, and only img2img draws from it.
    """
    flat = latents.double().permute(1, 0, 2, 3).flatten(1)
    mean = flat.mean(1)
    values, vectors = torch.linalg.eigh(torch.cov(flat))
    values = values.clamp(min=float(_FLOOR * values.mean()))
    matrix = vectors @ torch.diag(values**-0.5) @ vectors.T
    back = vectors @ torch.diag(values**0.5) @ vectors.T
    n, quant, after = len(mean), vae.quant_conv, vae.post_quant_conv
    with torch.no_grad():
        weight, bias = quant.weight.double()[..., 0, 0], quant.bias.double()
        constant = (matrix.square() @ variances.double()).clamp(min=1e-8).log()
        quant.weight[:n] = (matrix @ weight[:n])[..., None, None].float()
        quant.bias[:n] = (matrix @ (bias[:n] - mean)).float()
        quant.weight[n:], quant.bias[n:] = 0.0, constant.float()
        reader = after.weight.double()[..., 0, 0]
        after.bias += (reader @ mean).float()
        after.weight.copy_((reader @ back)[..., None, None].float())
    return matrix.float(), mean.float()


def read_vae(space: Workspace) -> Any:
    """The white VAE."""
    return diffusers.AutoencoderKL.from_pretrained(str(space.of("latents") / "vae")).to(space.profile.device)
