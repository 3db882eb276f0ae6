"""Prompts and captions to conditioning, through the pipeline's own text encoders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotage.models.diffusion.loading import Loaded
from pilotage.spaces import Conditioning, TextEmbedding

_BATCH = 64  # captions per pass of the text encoder


def encode_prompt(loaded: Loaded, prompt: str, negative: str) -> Conditioning:
    """All arrays of one prompt; an empty negative prompt is left to the pipeline (SDXL: zeros)."""
    outputs = _call(loaded, prompt, guided=True, negative_prompt=negative or None)
    names = loaded.family.outputs
    return Conditioning({name: _array(value)[0] for name, value in zip(names, outputs, strict=True)})


def embed_captions(loaded: Loaded, captions: Sequence[str]) -> tuple[TextEmbedding, ...]:
    """One embedding a caption, in order; without the negative prompt's arrays."""
    found: list[TextEmbedding] = []
    for start in range(0, len(captions), _BATCH):
        batch = list(captions[start : start + _BATCH])
        outputs = _call(loaded, batch, guided=False)
        arrays = {
            name: _array(value)
            for name, value in zip(loaded.family.outputs, outputs, strict=True)
            if not name.startswith("negative_")
        }
        masks = content_mask(loaded.pipeline.tokenizer, batch)
        found += [
            TextEmbedding(Conditioning({name: rows[index] for name, rows in arrays.items()}), masks[index])
            for index in range(len(batch))
        ]
    return tuple(found)


def content_mask(tokenizer: Any, captions: Sequence[str]) -> NDArray[np.bool_]:
    """(n, T) which tokens are words: neither start, end nor padding."""
    encoded = tokenizer(
        list(captions), padding="max_length", max_length=tokenizer.model_max_length, truncation=True,
        return_tensors="np")  # fmt: skip
    special = np.isin(encoded["input_ids"], [tokenizer.bos_token_id, tokenizer.eos_token_id])
    return (encoded["attention_mask"] == 1) & ~special


def _call(loaded: Loaded, prompt: str | list[str], *, guided: bool, **arguments: Any) -> tuple[Any, ...]:
    import torch

    with torch.inference_mode():
        return tuple(loaded.pipeline.encode_prompt(
            prompt, device=loaded.device, num_images_per_prompt=1,
            do_classifier_free_guidance=guided, **arguments))  # fmt: skip


def _array(value: Any) -> NDArray[np.float32]:
    array: NDArray[np.float32] = value.float().cpu().numpy()
    return array
