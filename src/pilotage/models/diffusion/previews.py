"""Cheap previews: a linear map from latent channels to RGB, fitted once to the model's own decoder."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.core.media import Media

_SIDE, _PICTURES, _PATCHES = 16, 16, 4  # latents of 16x16, pictures of 4x4 patches in one colour each


def fit_latent_to_rgb(vae: Any) -> NDArray[np.float32]:
    """(c + 1, 3) matrix from scaled latents and a constant to RGB in [0, 1], by least squares.

    The encoder is asked once, about a few pictures of random colour patches drawn by a fixed seed.

    Source: linear decoding of latents, as in the "latent2rgb" previews of ComfyUI. Differs: fitted to the
    model at hand, with a constant; and to pictures, since decoding random latents explains less of real
    pictures (variance explained on the starter's: 0.82 against 0.72, the best linear map reaches 0.84).
    """
    import torch
    from torch.nn.functional import interpolate

    generator = torch.Generator("cpu").manual_seed(0)
    patches = torch.rand(_PICTURES, 3, _PATCHES, _PATCHES, generator=generator)
    factor = 2 ** (len(vae.config.block_out_channels) - 1)
    pictures = interpolate(patches, size=(_SIDE * factor, _SIDE * factor), mode="nearest")
    precision = vae.dtype
    with torch.inference_mode():
        if precision != torch.float32:  # half precision overflows in the VAE of SDXL
            vae.to(torch.float32)
        latents = vae.encode(pictures.to(vae.device) * 2 - 1).latent_dist.mean.cpu()
        if precision != torch.float32:
            vae.to(precision)
    latents = (latents - (vae.config.shift_factor or 0.0)) * vae.config.scaling_factor
    colours = interpolate(pictures, size=(_SIDE, _SIDE), mode="area")
    inputs = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1]).numpy()
    design = np.concatenate([inputs, np.ones((len(inputs), 1), np.float32)], axis=1)
    outputs = colours.permute(0, 2, 3, 1).reshape(-1, 3).numpy()
    return np.linalg.lstsq(design, outputs, rcond=None)[0].astype(np.float32)


def previews_of(latents: Any, to_rgb: NDArray[np.float32]) -> tuple[tuple[int, Media], ...]:
    """One small WebP a row of (n, c, h, w) latents; rows that are not finite have none."""
    from PIL import Image  # noqa: PLC0415

    values = latents.detach().float().cpu().numpy()
    colours = np.einsum("nchw,cr->nhwr", values, to_rgb[:-1]) + to_rgb[-1]
    found = []
    for row, colour in enumerate(colours):
        if not np.isfinite(colour).all():
            continue
        pixels = (np.clip(colour, 0.0, 1.0) * 255).round().astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "WEBP", quality=80, method=0)
        found.append((row, Media("image/webp", buffer.getvalue())))
    return tuple(found)
