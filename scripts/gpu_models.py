"""Stable Diffusion 1.5 and XL in their real shapes with random weights: what speed and memory depend on, not art.

The shapes are those of the published configs; nothing is downloaded. `tiny` ones are the same architectures
with few channels, for a machine without a GPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pilotage.testing import tiny_diffusion as tiny

FAMILIES = ("sd15", "sdxl")
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}
VAE = {
    "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "latent_channels": 4,
    "down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4,
}  # fmt: skip
SD15_UNET = {
    "sample_size": 64, "block_out_channels": (320, 640, 1280, 1280), "layers_per_block": 2, "cross_attention_dim": 768,
    "attention_head_dim": 8, "down_block_types": (*("CrossAttnDownBlock2D",) * 3, "DownBlock2D"),
    "up_block_types": ("UpBlock2D", *("CrossAttnUpBlock2D",) * 3),
}  # fmt: skip
SDXL_UNET = {
    "sample_size": 128, "block_out_channels": (320, 640, 1280), "layers_per_block": 2, "cross_attention_dim": 2048,
    "attention_head_dim": [5, 10, 20], "transformer_layers_per_block": [1, 2, 10], "use_linear_projection": True,
    "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
}  # fmt: skip
CLIP_L = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
CLIP_G = {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20,
          "hidden_act": "gelu"}  # fmt: skip


def build(family: str, folder: Path, *, device: str, dtype: str, small: bool = False) -> Path:
    """A pipeline's folder with random weights.

    Args:
        family: `sd15` or `sdxl`.
        folder: where it is written: 2 GB for sd15, 7 GB for sdxl in half precision.
        device: where the weights are drawn; a GPU takes seconds for what takes a CPU minutes.
        dtype: precision of the files.
        small: the tiny one of the same architecture.
    """
    tokens = (tiny.tokenizer(77), tiny.tokenizer(77, pad="!</w>"))
    if small:
        made = tiny.sd_pipeline(tokens=tokens[0]) if family == "sd15" else tiny.sdxl_pipeline(tokens=tokens)
        return tiny.save(made, folder)
    with made_on(device, dtype):
        pipeline = sd15(tokens[0]) if family == "sd15" else sdxl(*tokens)
    return tiny.save(pipeline, folder)


@contextmanager
def made_on(device: str, dtype: str) -> Iterator[None]:
    """Weights are drawn there, and thus."""
    import torch

    before = torch.get_default_dtype()
    torch.manual_seed(0)
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)


def sd15(tokens: Any) -> Any:
    """Stable Diffusion 1.5."""
    import diffusers

    return diffusers.StableDiffusionPipeline(
        vae=diffusers.AutoencoderKL(**VAE, sample_size=512, scaling_factor=0.18215), tokenizer=tokens,
        text_encoder=_clip(tokens, CLIP_L), unet=diffusers.UNet2DConditionModel(**SD15_UNET),
        scheduler=diffusers.PNDMScheduler(skip_prk_steps=True, **NOISE), safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def sdxl(first: Any, second: Any) -> Any:
    """Stable Diffusion XL, the base."""
    import diffusers

    return diffusers.StableDiffusionXLPipeline(
        vae=diffusers.AutoencoderKL(**VAE, sample_size=1024, scaling_factor=0.13025), tokenizer=first,
        tokenizer_2=second, text_encoder=_clip(first, CLIP_L), text_encoder_2=_clip(second, CLIP_G, projected=True),
        unet=diffusers.UNet2DConditionModel(**SDXL_UNET), add_watermarker=False,
        scheduler=diffusers.EulerDiscreteScheduler(timestep_spacing="leading", **NOISE),
    )  # fmt: skip


def _clip(tokens: Any, shape: dict[str, Any], *, projected: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=49408, max_position_embeddings=77, projection_dim=shape["hidden_size"], **shape,
        bos_token_id=tokens.bos_token_id, eos_token_id=tokens.eos_token_id, pad_token_id=tokens.pad_token_id,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)
