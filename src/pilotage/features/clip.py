"""`clip`: what a CLIP image encoder says of a picture, from a folder that you have."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from pilotage.core.errors import ModelUnavailableError, UnsafeModelError
from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features.base import FeatureConfig, Features, unit_pixels

_BATCH = 16


class ClipConfig(FeatureConfig, frozen=True):
    """Meaning as a CLIP image encoder sees it; give the folder of one, nothing is downloaded."""

    kind: Literal["clip"] = "clip"
    folder: Path = Field(description="A transformers folder: config.json, preprocessor_config.json, model.safetensors.")


class Clip(Features):
    """Image embeddings of length 1; a distance of 1 is a cosine of one half.

    Source: Radford et al. 2021 (arXiv 2103.00020).
    """

    def __init__(self, config: ClipConfig) -> None:
        self.config = config
        _check_folder(config.folder)
        self._loaded: tuple[Any, Any] | None = None
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """One a dimension of the projection; reads the encoder."""
        model, _ = self._encoder()
        return tuple(f"clip {index}" for index in range(model.config.projection_dim))

    def describe(self, media: Media) -> Array:
        """(p,) the embedding of one picture."""
        return self.describe_all([media])[0]

    def describe_all(self, pictures: Sequence[Media]) -> Array:
        """(n, p) in batches of 16."""
        import torch

        model, processor = self._encoder()
        arrays = [np.round(unit_pixels(media) * 255).astype(np.uint8) for media in pictures]
        found = [np.empty((0, model.config.projection_dim))]
        for start in range(0, len(arrays), _BATCH):
            given = processor(images=arrays[start : start + _BATCH], return_tensors="pt")
            with torch.inference_mode():
                embeds = model(pixel_values=given["pixel_values"]).image_embeds
            rows = embeds.float().numpy().astype(np.float64)
            found.append(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
        return np.concatenate(found)

    def _encoder(self) -> tuple[Any, Any]:
        """The encoder and its image processor, read once.

        Raises:
            ModelUnavailableError: transformers is not installed, or the folder holds no CLIP image encoder.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = _read(self.config.folder)
            return self._loaded


def _check_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise ModelUnavailableError(f"no CLIP encoder in {folder}", field="features.folder",
                                    hint="Give a folder with config.json and model.safetensors.")  # fmt: skip
    if not list(folder.glob("*.safetensors")):
        raise UnsafeModelError(f"{folder} holds no safetensors weights", field="features.folder",
                               hint="Pickled weights can run code; convert them to safetensors.")  # fmt: skip


def _read(folder: Path) -> tuple[Any, Any]:
    try:
        from safetensors import SafetensorError
        from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection
    except ImportError as cause:
        raise ModelUnavailableError("CLIP features need transformers", field="features",
                                    hint="pip install 'pilotage[diffusion]'") from cause  # fmt: skip
    try:
        model = CLIPVisionModelWithProjection.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        processor = CLIPImageProcessor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as cause:
        raise ModelUnavailableError(f"the CLIP encoder cannot be read: {cause}", field="features.folder") from cause
    return model, processor
