"""Cheap previews: a linear map from latent channels to RGB, fitted once to the model's own decoder."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.core.media import Media

_SIDE, _SAMPLES, _COARSE = 16, 8, 4  # latents of 16x16, smooth at a scale of 4, as those of pictures are


def fit_latent_to_rgb(vae: Any) -> NDArray[np.float32]:
    """(c + 1, 3) matrix from scaled latents and a constant to RGB in [0, 1], by least squares.

    The decoder is asked once, about a few smooth random latents (c, 16, 16) of unit variance, drawn by a
    fixed seed; its pictures are averaged down to the latents' resolution.

    Source: linear decoding of latents, as in the "latent2rgb" previews of ComfyUI. Differs: fitted to the
    decoder at hand, and with a constant.
    """
    import torch
    from torch.nn.functional import interpolate

    generator = torch.Generator("cpu").manual_seed(0)
    coarse = torch.randn(_SAMPLES, vae.config.latent_channels, _COARSE, _COARSE, generator=generator)
    latents = interpolate(coarse, size=(_SIDE, _SIDE), mode="bicubic", align_corners=False)
    latents = latents / latents.std()
    precision = vae.dtype
    with torch.inference_mode():
        if precision != torch.float32:  # half precision overflows in the decoder of SDXL
            vae.to(torch.float32)
        scaled = latents.to(vae.device) / vae.config.scaling_factor + (vae.config.shift_factor or 0.0)
        pictures = vae.decode(scaled, return_dict=False)[0].float().cpu()
        if precision != torch.float32:
            vae.to(precision)
        colours = interpolate(pictures, size=(_SIDE, _SIDE), mode="area") / 2 + 0.5
    inputs = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1]).numpy()
    outputs = colours.clamp(0, 1).permute(0, 2, 3, 1).reshape(-1, 3).numpy()
    design = np.concatenate([inputs, np.ones((len(inputs), 1), np.float32)], axis=1)
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
