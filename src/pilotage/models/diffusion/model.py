"""DiffusionModel: Stable Diffusion 1.x, 2.x and XL as a `Model`, steered by prompt embeddings."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pilotage.core.errors import ModelUnavailableError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.models.base import Model, ModelInfo, Output, Row
from pilotage.models.diffusion.described import describe
from pilotage.models.diffusion.loading import Loaded, Lora, load_checkpoint
from pilotage.models.diffusion.previews import fit_latent_to_rgb
from pilotage.models.diffusion.sampling import Watcher, run_batch
from pilotage.models.diffusion.sources import Source
from pilotage.models.diffusion.text import embed_captions, encode_prompt
from pilotage.models.requests import GenerationRequest
from pilotage.models.rows import require_batch
from pilotage.models.shortage import give_back_memory
from pilotage.spaces import Conditioning, TextEmbedding

_CACHED_PROMPTS = 64


class DiffusionModel(Model):
    """A text-to-image pipeline from a folder, a .safetensors file or a hub id.

    Building reads small JSON files only and refuses what is missing or unsafe; torch is imported by
    `load`. One instance runs one call at a time; other threads wait.
    """

    def __init__(
        self,
        ref: str,
        path: Path | str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        scheduler: str | None = None,
        loras: Sequence[str | Path | Lora] = (),
    ) -> None:
        """Take note of where the model is.

        Args:
            ref: what the user typed to get it.
            path: a pipeline's folder, a .safetensors file, or a hub id `owner/name`.
            device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`. A device that is absent is an error, at `load`.
            dtype: `auto` (float32 on a CPU, else float16), `float32`, `float16`, `bfloat16`.
            scheduler: default of requests that name none; the model's own if None.
            loras: .safetensors files, or `Lora` with a weight.

        Raises:
            UnsafeModelError: weights as pickle, or a folder that asks for code of its own.
            ModelUnavailableError: missing, incomplete or broken.
        """
        self._source = Source.find(path)
        self._loras = tuple(lora if isinstance(lora, Lora) else Lora(Path(lora)) for lora in loras)
        self._ref, self._device, self._dtype, self._scheduler = ref, device, dtype, scheduler
        self._loaded: Loaded | None = None
        self._description = describe(self._source, scheduler)
        self._fingerprint: str | None = None
        self._encoded: dict[tuple[str, str], Conditioning] = {}
        self._lock = threading.RLock()

    @property
    def info(self) -> ModelInfo:
        """From configs until the model is loaded, then with fingerprint, device and precision too."""
        known = self._description
        return ModelInfo(
            ref=self._ref,
            name=known.name,
            family=known.family,
            capabilities=known.capabilities,
            vocabulary=known.vocabulary,
            fingerprint=self._fingerprint,
            licence=known.licence,
            path=known.path,
            device=self._loaded.device if self._loaded else None,
            dtype=self._loaded.dtype if self._loaded else None,
            size_mb=round(self._loaded.size_mb, 1) if self._loaded else known.size_mb,
        )

    @property
    def loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._loaded is not None

    def load(self, *, progress: Progress = silent) -> None:
        """Read weights, add LoRAs, move to the device; downloads first if it is a hub id.

        Raises:
            ModelUnavailableError: as the class, and for packages, devices and networks that are missing.
        """
        with self._lock:
            if self._loaded is not None:
                return
            progress(Step("loading", 0, 1))
            checkpoint = self._source.fetch()
            self._description = describe(self._source, self._scheduler)
            loaded = load_checkpoint(checkpoint, device=self._device, dtype=self._dtype, loras=self._loras)
            self._fingerprint = self.fingerprint()
            self._loaded = loaded
            progress(Step("loading", 1, 1))

    def fingerprint(self) -> str:
        """sha256 of weights, configs, LoRAs and adapter version, by hashing the files; loads nothing.

        Raises:
            ModelUnavailableError: a hub id that was not downloaded yet.
        """
        return self._source.fingerprint(self._loras)

    def unload(self) -> None:
        """Free the memory, of the device too; a call that runs ends first."""
        with self._lock:
            if self._loaded is None:
                return
            self._loaded = None
            self._encoded.clear()
            self.__dict__.pop("_to_rgb", None)
            give_back_memory()

    def encode(self, request: GenerationRequest) -> Conditioning:
        """`prompt_embeds` and `negative_prompt_embeds` (T, H); for SDXL `pooled` and `negative_pooled` (P,).

        T and H are the text encoders' own. Cached by prompt and negative prompt.
        """
        with self._lock:
            loaded = self._ready()
            self._description.capabilities.check(request)
            key = (request.prompt, request.negative_prompt)
            if key not in self._encoded:
                if len(self._encoded) >= _CACHED_PROMPTS:
                    self._encoded.pop(next(iter(self._encoded)))
                self._encoded[key] = encode_prompt(loaded, *key)
            return self._encoded[key]

    def embed(self, captions: Sequence[str]) -> tuple[TextEmbedding, ...]:
        """The steered part of each caption's conditioning and its word tokens; in batches."""
        with self._lock:
            return embed_captions(self._ready(), captions)

    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """One PNG a row, in one pipeline call; a row of NaN fails alone.

        Each row's noise comes from its own CPU generator, so it is the same on every device and whatever
        the other rows are.
        """
        with self._lock:
            loaded = self._ready()
            complete = self._description.capabilities.complete(request)
            require_batch(rows, self._description.capabilities.max_batch)
            if cancel is not None:
                cancel.check()
            watcher = Watcher(progress, cancel, lambda: self._to_rgb)
            return run_batch(loaded, complete, rows, self.encode(request), watcher)

    def _ready(self) -> Loaded:
        self.load()
        if self._loaded is None:
            raise ModelUnavailableError("the model was unloaded")
        return self._loaded

    @cached_property
    def _to_rgb(self) -> NDArray[np.float32]:
        return fit_latent_to_rgb(self._ready().pipeline.vae)
