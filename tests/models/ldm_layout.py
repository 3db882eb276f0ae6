"""diffusers' weights in the names of the original Stable Diffusion code: what single files hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_UNET_RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
                "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}  # fmt: skip
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def unet_names(unet: Any) -> dict[str, str]:
    """diffusers prefix -> original prefix."""
    levels, layers = len(unet.config.block_out_channels), unet.config.layers_per_block
    names = {"conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0",
             "time_embedding.linear_2": "time_embed.2", "add_embedding.linear_1": "label_emb.0.0",
             "add_embedding.linear_2": "label_emb.0.2", "conv_norm_out": "out.0", "conv_out": "out.2",
             "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
             "mid_block.resnets.1": "middle_block.2"}  # fmt: skip
    place = 1
    for level in range(levels):
        for layer in range(layers):
            names[f"down_blocks.{level}.resnets.{layer}"] = f"input_blocks.{place}.0"
            names[f"down_blocks.{level}.attentions.{layer}"] = f"input_blocks.{place}.1"
            place += 1
        names[f"down_blocks.{level}.downsamplers.0.conv"] = f"input_blocks.{place}.0.op"
        place += 1
    place = 0
    for level in range(levels):
        attends = "CrossAttn" in unet.config.up_block_types[level]
        for layer in range(layers + 1):
            names[f"up_blocks.{level}.resnets.{layer}"] = f"output_blocks.{place}.0"
            names[f"up_blocks.{level}.attentions.{layer}"] = f"output_blocks.{place}.1"
            place += 1
        names[f"up_blocks.{level}.upsamplers.0.conv"] = f"output_blocks.{place - 1}.{2 if attends else 1}.conv"
    return names


def vae_names(vae: Any) -> dict[str, str]:
    """diffusers prefix -> original prefix."""
    levels, layers = len(vae.config.block_out_channels), vae.config.layers_per_block
    names = {}
    for part in ("encoder", "decoder"):
        names |= {f"{part}.conv_norm_out": f"{part}.norm_out", f"{part}.mid_block.resnets.0": f"{part}.mid.block_1",
                  f"{part}.mid_block.attentions.0": f"{part}.mid.attn_1",
                  f"{part}.mid_block.resnets.1": f"{part}.mid.block_2"}  # fmt: skip
    for level in range(levels):
        names[f"encoder.down_blocks.{level}.downsamplers.0"] = f"encoder.down.{level}.downsample"
        names[f"decoder.up_blocks.{level}.upsamplers.0"] = f"decoder.up.{levels - 1 - level}.upsample"
        for layer in range(layers + 1):
            names[f"encoder.down_blocks.{level}.resnets.{layer}"] = f"encoder.down.{level}.block.{layer}"
            names[f"decoder.up_blocks.{level}.resnets.{layer}"] = f"decoder.up.{levels - 1 - level}.block.{layer}"
    return names


def _renamed(key: str, names: Mapping[str, str], inner: Mapping[str, str], where: str) -> str:
    prefix = max((name for name in names if key.startswith(f"{name}.")), key=len, default="")
    rest = key[len(prefix) :]
    if where in prefix:
        for ours, theirs in inner.items():
            rest = re.sub(rf"^\.{re.escape(ours)}\.", f".{theirs}.", rest)
    return names.get(prefix, prefix) + rest


def _open_clip(state: Mapping[str, Any]) -> dict[str, Any]:
    import torch

    state = {key.removeprefix("text_model."): value for key, value in state.items()}
    found = {
        "token_embedding.weight": state["embeddings.token_embedding.weight"],
        "positional_embedding": state["embeddings.position_embedding.weight"],
        **{f"ln_final.{kind}": state[f"final_layer_norm.{kind}"] for kind in ("weight", "bias")},
    }
    if "text_projection.weight" in state:
        found["text_projection"] = state["text_projection.weight"].T.contiguous()
    parts = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
             "self_attn.out_proj": "attn.out_proj"}  # fmt: skip
    for layer in {int(key.split(".")[2]) for key in state if key.startswith("encoder.layers.")}:
        ours, theirs = f"encoder.layers.{layer}", f"transformer.resblocks.{layer}"
        for kind in ("weight", "bias"):
            found |= {f"{theirs}.{new}.{kind}": state[f"{ours}.{old}.{kind}"] for old, new in parts.items()}
            joined = [state[f"{ours}.self_attn.{letter}_proj.{kind}"] for letter in "qkv"]
            found[f"{theirs}.attn.in_proj_{kind}"] = torch.cat(joined)
    return found


def _clip(state: Mapping[str, Any]) -> dict[str, Any]:
    return {key if key.startswith("text_model.") else f"text_model.{key}": value for key, value in state.items()}


def ldm_state(pipeline: Any) -> dict[str, Any]:
    """All weights of an SD 1, SD 2 or SDXL pipeline, in the original names."""
    found: dict[str, Any] = {}
    for key, value in pipeline.unet.state_dict().items():
        found["model.diffusion_model." + _renamed(key, unet_names(pipeline.unet), _UNET_RESNET, "resnets")] = value
    for key, value in pipeline.vae.state_dict().items():
        name = _renamed(key, vae_names(pipeline.vae), {"conv_shortcut": "nin_shortcut"}, "resnets")
        name = _renamed_attention(name)
        is_map = ".attn_1." in name and value.ndim == 2
        found["first_stage_model." + name] = value[..., None, None] if is_map else value
    texts = {"cond_stage_model.transformer.": _clip(pipeline.text_encoder.state_dict())}
    if hasattr(pipeline, "text_encoder_2"):
        texts = {"conditioner.embedders.0.transformer.": _clip(pipeline.text_encoder.state_dict()),
                 "conditioner.embedders.1.model.": _open_clip(pipeline.text_encoder_2.state_dict())}  # fmt: skip
    elif pipeline.scheduler.config.prediction_type == "v_prediction":
        texts = {"cond_stage_model.model.": _open_clip(pipeline.text_encoder.state_dict())}
    found |= {prefix + key: value for prefix, state in texts.items() for key, value in state.items()}
    return {key: value.contiguous() for key, value in found.items()}


def _renamed_attention(name: str) -> str:
    for ours, theirs in _VAE_ATTENTION.items():
        name = name.replace(f".attn_1.{ours}.", f".attn_1.{theirs}.")
    return name
