"""The networks, in stock architectures: every file of theirs loads in diffusers and transformers as it is."""

# mypy: allow-untyped-calls

from __future__ import annotations

from typing import Any

import diffusers
import torch
import transformers
from torch import nn

from training.starter.attributes import SIDE
from training.starter.recipe import Profile

LATENT_CHANNELS = 4  # the stock inpainting pipeline takes no other number
EDGE_WIDTHS = (16, 32, 96)  # two strides of 2: the stock default has three, which an f4 latent does not fit
__all__ = ["TwoTowers", "make_controlnet", "make_unet", "make_vae", "vae_factor"]


class TwoTowers(nn.Module):
    """A tiny CLIP: text and picture to one sphere.

    The text side is a `CLIPTextModel` with a projection beside it, so that the pipeline can take the model alone.
    """

    def __init__(self, profile: Profile, tokens: int) -> None:
        super().__init__()
        shape = profile.towers
        shared: dict[str, Any] = {
            "hidden_size": shape.width, "intermediate_size": 2 * shape.width, "num_attention_heads": shape.heads,
            "projection_dim": shape.width, "hidden_act": "quick_gelu",
        }  # fmt: skip
        ends: dict[str, Any] = {"bos_token_id": tokens - 2, "eos_token_id": tokens - 1, "pad_token_id": tokens - 1}
        text = transformers.CLIPTextConfig(
            vocab_size=tokens, num_hidden_layers=shape.text_layers, max_position_embeddings=profile.words.tokens,
            **ends, **shared,
        )  # fmt: skip
        vision = transformers.CLIPVisionConfig(
            image_size=SIDE, patch_size=shape.patch, num_hidden_layers=shape.vision_layers, **shared
        )
        self.text: Any = transformers.CLIPTextModelWithProjection(text)
        self.vision: Any = transformers.CLIPVisionModelWithProjection(vision)
        self.scale = nn.Parameter(torch.tensor(2.6))  # exp is 1 / 0.07, CLIP's own start

    def forward(self, ids: torch.Tensor, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, width) unit vectors of texts and of pictures."""
        words, seen = self.text(ids).text_embeds, self.vision(pictures).image_embeds
        return nn.functional.normalize(words.float(), dim=-1), nn.functional.normalize(seen.float(), dim=-1)


def make_vae(profile: Profile) -> Any:
    """An `AutoencoderKL` without attention: at 64 pixels convolutions see the whole picture."""
    shape = profile.autoencoder
    n = len(shape.widths)
    return diffusers.AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * n, up_block_types=("UpDecoderBlock2D",) * n,
        block_out_channels=shape.widths, layers_per_block=shape.layers, latent_channels=LATENT_CHANNELS,
        norm_num_groups=shape.groups, sample_size=SIDE, mid_block_add_attention=False, scaling_factor=1.0,
    )  # fmt: skip


def vae_factor(profile: Profile) -> int:
    """Pixels per latent pixel along a side."""
    return int(2 ** (len(profile.autoencoder.widths) - 1))


def make_unet(profile: Profile) -> Any:
    """A `UNet2DConditionModel` with cross-attention at all levels but the top."""
    shape, depth = profile.denoiser, len(profile.denoiser.widths) - 1
    return diffusers.UNet2DConditionModel(
        sample_size=SIDE // vae_factor(profile), in_channels=LATENT_CHANNELS, out_channels=LATENT_CHANNELS,
        layers_per_block=shape.layers, block_out_channels=shape.widths,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * depth),
        up_block_types=(*("CrossAttnUpBlock2D",) * depth, "UpBlock2D"),
        mid_block_type="UNetMidBlock2DCrossAttn", cross_attention_dim=profile.towers.width,
        attention_head_dim=tuple(max(2, width // 32) for width in shape.widths), norm_num_groups=shape.groups,
    )  # fmt: skip


def make_controlnet(unet: Any) -> Any:
    """A `ControlNetModel` that starts as the UNet's own encoder and adds nothing at first."""
    return diffusers.ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=EDGE_WIDTHS)
