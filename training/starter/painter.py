"""A pipeline folder as a function from captions, or embeddings, to pictures: what evaluation and sheets draw with."""

# mypy: allow-untyped-calls

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from torch import Tensor

from training.starter.vocabulary import Vocabulary

_AT_ONCE = 16
__all__ = ["Painter", "hush", "open_painter"]


@dataclass(frozen=True)
class Painter:
    """A stock pipeline in 32 bits, its words, and the steps and guidance that its folder asks for."""

    pipeline: Any
    words: Vocabulary
    steps: int
    guidance: float

    def embed(self, captions: Sequence[str]) -> Tensor:
        """(n, tokens, width) embeddings."""
        found, _ = self.pipeline.encode_prompt(list(captions), "cpu", 1, False)
        return found

    def draw(self, words: Sequence[str] | Tensor, seeds: Sequence[int]) -> NDArray[np.uint8]:
        """(n, 64, 64, 3) pictures of captions or embeddings, one seed each."""
        embeddings = words if isinstance(words, Tensor) else self.embed(words)
        nothing = self.embed([""])
        drawn = []
        for start in range(0, len(embeddings), _AT_ONCE):
            part = embeddings[start : start + _AT_ONCE]
            luck = [torch.Generator().manual_seed(seed) for seed in seeds[start : start + _AT_ONCE]]
            with torch.inference_mode():
                found = self.pipeline(
                    prompt_embeds=part, negative_prompt_embeds=nothing.expand_as(part), generator=luck,
                    num_inference_steps=self.steps, guidance_scale=self.guidance, output_type="np",
                ).images  # fmt: skip
            drawn.append((found * 255).round().astype(np.uint8))
        return np.concatenate(drawn)

    def reconstruct(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Pictures through the VAE and back."""
        with torch.inference_mode():
            values = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
            out = self.pipeline.vae.decode(self.pipeline.vae.encode(values).latent_dist.mean).sample
        return ((out.clamp(-1, 1) + 1) * 127.5).round().permute(0, 2, 3, 1).numpy().astype(np.uint8)

    def seconds(self, captions: Sequence[str], repeats: int = 5) -> float:
        """The median time of one batch of these captions, after one that warms up."""
        taken = []
        for turn in range(repeats + 1):
            began = time.perf_counter()
            self.draw(captions, [turn] * len(captions))
            taken.append(time.perf_counter() - began)
        return float(np.median(taken[1:]))


def hush() -> None:
    """No progress bars and no advice of the libraries between our own lines."""
    for library in (diffusers.utils.logging, transformers.utils.logging):
        library.set_verbosity_error()
        library.disable_progress_bar()


def open_painter(folder: Path) -> Painter:
    """A folder as it ships: fp16 on the disk, 32 bits in memory, since half precision is nine times slower on CPUs."""
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(
        str(folder), variant="fp16", dtype=torch.float32, local_files_only=True, safety_checker=None
    )
    pipeline.set_progress_bar_config(disable=True)
    settings = json.loads((folder / "pilotage.json").read_text(encoding="utf-8"))
    words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    return Painter(pipeline, Vocabulary.model_validate(words), settings["steps"], settings["guidance"])
