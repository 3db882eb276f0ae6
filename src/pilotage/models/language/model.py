"""LanguageModel: any causal language model of Hugging Face, steered by directions in its hidden states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.models.language.requests import Direction, Exchange, Positions, TextOutput, TextRequest

Pushes = Sequence[Mapping[str, float]]


class LanguageInfo(BaseModel):
    """What is known of a language model; what needs the weights is None until it is loaded.

    Attributes:
        ref: what the user typed to get it.
        family: `model_type` of its config: llama, qwen2, gpt2.
        fingerprint: sha256 of weights, configs, tokenizer and adapter version.
        n_layers: blocks; `Direction.layer` counts them from 0.
        hidden: H, the length of a direction's vector.
        context: tokens that prompt and answer may have together.
        size_mb: what the weights take, in megabytes: in memory once loaded, before that on disk.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: str
    name: str
    family: str
    fingerprint: str | None = None
    n_layers: int | None = None
    hidden: int | None = None
    context: int | None = None
    licence: str = "unknown"
    path: str | None = None
    device: str | None = None
    dtype: str | None = None
    size_mb: float | None = None


class LanguageModel:
    """A causal language model from a folder, a .gguf file or a hub id.

    Building reads small files only; torch is imported by `load`. It may be used from many threads: each forward
    pass runs alone.
    """

    def __init__(self, ref: str, source: str | Path, *, device: str = "auto", dtype: str = "auto") -> None:
        """Take note of where the model is.

        Args:
            ref: what the user typed to get it.
            source: a folder that transformers saved, a .gguf file, or a hub id `owner/name`.
            device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`. A device that is absent is an error, at `load`.
            dtype: `auto` (float32 on a CPU, else the precision of the weights), `float32`, `float16`, `bfloat16`.

        Raises:
            UnsafeModelError: weights as pickle, or a model that asks for code of its own.
            ModelUnavailableError: missing, incomplete, or no causal language model.
        """
        raise NotImplementedError

    @property
    def info(self) -> LanguageInfo:
        """What is known of it now; never loads anything."""
        raise NotImplementedError

    @property
    def loaded(self) -> bool:
        """Whether the weights are in memory."""
        raise NotImplementedError

    def load(self, *, progress: Progress = silent) -> None:
        """Bring the weights into memory, once; converts or downloads first where that is needed.

        Raises:
            ModelUnavailableError: as the class, and for packages, devices and networks that are missing.
        """
        raise NotImplementedError

    def unload(self) -> None:
        """Free the memory; `load` brings it back. Answers under way end as cancelled."""
        raise NotImplementedError

    def generate(
        self,
        requests: Sequence[TextRequest],
        *,
        directions: Mapping[str, Direction] | None = None,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[TextOutput, ...]:
        """One answer a request, in ONE batch, each row with its own pushes, seed and limits.

        Raises:
            InvalidInputError: a push along a direction that is not given, or a direction of another model.
            UnsupportedInputError: a prompt that fills the context, or roles that the model's template refuses.
            JobCancelledError: within one step of `cancel`.
            GenerationError: the batch as a whole failed. A row whose numbers break down fails alone.
        """
        raise NotImplementedError

    def activations(
        self, exchanges: Sequence[Exchange], *, pooling: Literal["mean", "last"] = "mean", batch: int = 16
    ) -> NDArray[np.float32]:
        """(N, L, H) the output of each block, pooled over the tokens of each answer; the model runs unsteered.

        Raises:
            InvalidInputError: an answer without tokens.
            UnsupportedInputError: an exchange longer than the context.
        """
        raise NotImplementedError

    def residual_norms(self, exchanges: Sequence[Exchange], *, batch: int = 16) -> NDArray[np.float32]:
        """(L,) median norm of each block's output over all tokens of all answers; the sequence's first is left out."""
        raise NotImplementedError

    def log_probs(
        self,
        exchanges: Sequence[Exchange],
        *,
        pushes: Pushes | None = None,
        directions: Mapping[str, Direction] | None = None,
        positions: Positions = "answer",
        batch: int = 16,
    ) -> list[NDArray[np.float32]]:
        """(T_i,) log-probability in nats of each token of each answer, the answer being given (teacher forcing).

        Args:
            exchanges: what is read.
            pushes: for each exchange; None is unsteered.
            directions: what the pushes go along.
            positions: where they act, as in `TextRequest`.
            batch: exchanges in one pass.
        """
        raise NotImplementedError

    def divergences(
        self,
        exchanges: Sequence[Exchange],
        *,
        pushes: Pushes,
        directions: Mapping[str, Direction],
        positions: Positions = "answer",
        batch: int = 16,
    ) -> list[NDArray[np.float32]]:
        """(T_i,) KL(unsteered || steered) in nats between the next-token distributions at each token of each answer."""
        raise NotImplementedError
