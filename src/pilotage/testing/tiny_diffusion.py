"""Tiny pipelines of random weights, saved as folders: SD 1, SD 2 and SDXL in shape, a second to make."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

_WORDS = ("a", "fox", "red", "blue", "house", "rain", "b", "c")
_SIDE = 32  # pixels; latents of 16 x 16 at factor 2


def tokenizer(length: int = 16, pad: str = "<|endoftext|>") -> Any:
    """A CLIP tokenizer of letters and a few words."""
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(97, 123)]
    pieces = [*letters, *(letter + "</w>" for letter in letters)]
    merges: list[Any] = []
    for word in _WORDS:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            merges += [(parts[0], parts[1])] if (parts[0], parts[1]) not in merges else []
            parts = [parts[0] + parts[1], *parts[2:]]
            pieces += parts[:1] if parts[0] not in pieces else []
    pieces += ["!", "!</w>", "<|startoftext|>", "<|endoftext|>"]
    vocab = {piece: index for index, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=length, pad_token=pad)


def _text_encoder(tokens: Any, width: int, *, projected: bool = False, layers: int = 2) -> Any:
    """A CLIP text encoder over `tokens`, with a projection for the second one of SDXL."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=len(tokens), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_attention_heads=2, max_position_embeddings=tokens.model_max_length, projection_dim=width,
        bos_token_id=tokens.bos_token_id, eos_token_id=tokens.eos_token_id, pad_token_id=tokens.pad_token_id,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def _unet(cross: int, **options: Any) -> Any:
    """Two levels, attention at the lower one."""
    return _diffusers().UNet2DConditionModel(
        sample_size=_SIDE // 2, block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=cross, attention_head_dim=options.pop("attention_head_dim", 4), **options,
    )  # fmt: skip


def _vae(scaling: float = 0.18215) -> Any:
    """Factor 2, four latent channels."""
    return _diffusers().AutoencoderKL(
        block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, latent_channels=4, sample_size=_SIDE,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        scaling_factor=scaling,
    )  # fmt: skip


def sd_pipeline(*, version: int = 1, tokens: Any = None) -> Any:
    """SD 1.x: noise prediction and a PNDM scheduler; SD 2.x: v-prediction and linear projections.

    `tokens` is a tokenizer to use instead of the tiny one.
    """
    import torch

    torch.manual_seed(version)
    tokens = tokens or tokenizer(pad="<|endoftext|>" if version == 1 else "!</w>")
    noise = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}
    scheduler = (
        _diffusers().PNDMScheduler(skip_prk_steps=True, **noise) if version == 1
        else _diffusers().DDIMScheduler(
            prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, **noise)
    )  # fmt: skip
    options = {} if version == 1 else {"use_linear_projection": True, "attention_head_dim": [2, 4]}
    return _diffusers().StableDiffusionPipeline(
        vae=_vae(), text_encoder=_text_encoder(tokens, 16 * version), tokenizer=tokens,
        unet=_unet(16 * version, **options), scheduler=scheduler, safety_checker=None, feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip


def sdxl_pipeline(*, tokens: tuple[Any, Any] | None = None) -> Any:
    """Two text encoders, pooled embeddings and time ids."""
    import torch

    torch.manual_seed(3)
    first, second = tokens or (tokenizer(), tokenizer(pad="!</w>"))
    scheduler = _diffusers().EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, timestep_spacing="leading"
    )
    conditioned = _unet(
        48, use_linear_projection=True, attention_head_dim=[2, 4], addition_embed_type="text_time",
        addition_time_embed_dim=8, projection_class_embeddings_input_dim=6 * 8 + 32,
        transformer_layers_per_block=[1, 1],
    )  # fmt: skip
    return _diffusers().StableDiffusionXLPipeline(
        vae=_vae(0.13025), text_encoder=_text_encoder(first, 16),
        text_encoder_2=_text_encoder(second, 32, projected=True),
        tokenizer=first, tokenizer_2=second, unet=conditioned, scheduler=scheduler, add_watermarker=False,
    )  # fmt: skip


def save(pipeline: Any, folder: Path, **options: Any) -> Path:
    """The folder that diffusers writes."""
    pipeline.save_pretrained(folder, safe_serialization=True, **options)
    return folder


def _diffusers() -> Any:
    """The package, untyped as it is."""
    return import_module("diffusers")
