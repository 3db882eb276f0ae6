"""Latents to pictures, a row at a time: it takes the memory of one, and a row that fails, fails alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from pilotage.core.media import Media
from pilotage.models.base import Output
from pilotage.models.diffusion.loading import Loaded
from pilotage.models.shortage import give_back_memory, is_out_of_memory

NOT_NUMBERS = "the model produced values that are not numbers for this row"


def decode_rows(loaded: Loaded, latents: Any, check: Callable[[], None]) -> tuple[Output, ...]:
    """One PNG a row of (n, c, h, w) scaled latents; `check` is called before each and may raise.

    Source: the end of diffusers' `StableDiffusionPipeline` and `StableDiffusionXLPipeline`. Differs: rows are
    decoded singly, since the decoder's memory grows with the picture's area times the rows; the bytes of a
    picture then do not depend on how many were decoded beside it.
    """
    outputs = []
    with _precise_enough(loaded):
        for index in range(len(latents)):
            check()
            outputs.append(_decoded(loaded.pipeline, latents[index : index + 1]))
    return tuple(outputs)


def _decoded(pipeline: Any, latent: Any) -> Output:
    """The output of one (1, c, h, w) latent."""
    import torch

    if not bool(torch.isfinite(latent).all()):
        return Output(None, NOT_NUMBERS)
    short = False
    try:
        with torch.no_grad(), np.errstate(invalid="ignore"):
            decoded = pipeline.vae.decode(_unscaled(pipeline.vae, latent), return_dict=False)[0]
            picture = pipeline.image_processor.postprocess(decoded, output_type="pt", do_denormalize=[True])[0]
        values = picture.float().permute(1, 2, 0).cpu().numpy()  # (height, width, 3) in [0, 1]
    except Exception as cause:  # whatever goes wrong with one row must leave the others
        short = is_out_of_memory(cause)
        problem = f"the decoder failed for this row: {cause}"
    else:
        if not np.isfinite(values).all():
            return Output(None, NOT_NUMBERS)
        return Output(Media.from_pixels((values * 255).round().astype(np.uint8)))
    if short:  # only now, when the failed call's tensors are let go
        give_back_memory()
    return Output(None, problem)


def _unscaled(vae: Any, latent: Any) -> Any:
    """A latent in the decoder's own scale and precision."""
    import torch

    config, latent = vae.config, latent.to(vae.dtype)
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is None or std is None:
        return latent / config.scaling_factor
    shaped = (torch.tensor(values).view(1, -1, 1, 1).to(latent) for values in (mean, std))
    centre, spread = shaped
    return latent * spread / config.scaling_factor + centre


@contextmanager
def _precise_enough(loaded: Loaded) -> Iterator[None]:
    """The decoder in single precision while it runs, for families whose decoders overflow in half."""
    import torch

    vae = loaded.pipeline.vae
    lifted = loaded.family.lifts_decoder and vae.dtype == torch.float16 and vae.config.force_upcast
    if lifted:
        vae.to(torch.float32)
    try:
        yield
    finally:
        if lifted:
            vae.to(torch.float16)
