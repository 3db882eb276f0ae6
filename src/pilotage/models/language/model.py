"""LanguageModel: any causal language model of Hugging Face, steered by directions in its hidden states."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from pilotage.core.errors import GenerationError, InvalidInputError, ModelUnavailableError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.models.language.directions import check_directions, check_pushes, shifts
from pilotage.models.language.engine import Engine
from pilotage.models.language.loading import Loaded, load_checkpoint
from pilotage.models.language.prompts import prompt_of
from pilotage.models.language.requests import Direction, Exchange, Positions, TextOutput, TextRequest
from pilotage.models.language.rows import OnEnd, OnText, TextRow
from pilotage.models.language.sources import Source
from pilotage.models.shortage import give_back_memory

if TYPE_CHECKING:
    from pilotage.models.language.batch import Batch
    from pilotage.models.language.reading import Steering

_TOGETHER = 64  # rows of one call that answer at once; what is more joins as these end
_SHARED = 32  # rows of the engine
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
        load_ms: what loading took, with fetching and converting where that was needed.
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
    load_ms: float | None = None


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
            dtype: `auto` (float32 on a CPU, else bfloat16 or float16), `float32`, `float16`, `bfloat16`.

        Raises:
            UnsafeModelError: weights as pickle.
            ModelUnavailableError: missing, incomplete, or no causal language model.
        """
        self._source = Source.find(source)
        self._ref, self._device, self._dtype = ref, device, dtype
        self._loaded: Loaded | None = None
        self._load_ms: float | None = None
        self._fingerprint: str | None = None
        self._lock = threading.RLock()
        self._engine = Engine(self._row, lambda: self._batch(_SHARED))

    @property
    def info(self) -> LanguageInfo:
        """What is known of it now; never loads anything."""
        loaded, known = self._loaded, self._source.checkpoint
        return LanguageInfo(
            ref=self._ref,
            name=self._source.name,
            family=str(known.config.get("model_type", "unknown")) if known else "unknown",
            fingerprint=self._fingerprint,
            n_layers=known.size_of("num_hidden_layers", "n_layer") if known else None,
            hidden=known.size_of("hidden_size", "n_embd") if known else None,
            context=known.context if known else None,
            licence=known.licence if known else "unknown",
            path=str(known.folder) if known else None,
            device=loaded.device if loaded else None,
            dtype=loaded.dtype if loaded else None,
            size_mb=round(size, 1) if (size := loaded.size_mb if loaded else self._source.size_mb) else None,
            load_ms=self._load_ms,
        )

    @property
    def loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._loaded is not None

    def load(self, *, progress: Progress = silent) -> None:
        """Bring the weights into memory, once; converts or downloads first where that is needed.

        Raises:
            ModelUnavailableError: as the class, and for packages, devices and networks that are missing.
        """
        with self._lock:
            if self._loaded is not None:
                return
            progress(Step("loading", 0, 1))
            began = time.perf_counter()
            checkpoint = self._source.fetch(progress)
            loaded = load_checkpoint(checkpoint, device=self._device, dtype=self._dtype)
            self._fingerprint = self.fingerprint()
            self._load_ms = round((time.perf_counter() - began) * 1000, 1)
            self._loaded = loaded
            progress(Step("loading", 1, 1))

    def fingerprint(self) -> str:
        """sha256 of weights, configs, tokenizer and adapter version, by hashing the files; loads nothing.

        Raises:
            ModelUnavailableError: a hub id that was not downloaded yet.
        """
        return self._source.fingerprint()

    def unload(self) -> None:
        """Free the memory; `load` brings it back. Answers of the engine that are under way end as cancelled."""
        self._engine.stop()
        with self._lock:
            if self._loaded is not None:
                self._loaded = None
                give_back_memory()

    def engine(self) -> Engine:
        """The engine that lets requests of many callers answer in one batch."""
        return self._engine

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
        rows = [self._row(one, directions or {}, f"requests.{index}") for index, one in enumerate(requests)]
        batch = self._batch(_TOGETHER)
        for row in rows:
            batch.add(row)
        total = sum(request.sampling.max_tokens for request in requests)

        def check() -> None:
            if cancel is not None:
                cancel.check()

        while not batch.idle:
            check()
            batch.step(check)
            progress(Step("generating", sum(row.drawn for row in rows), total))
        return tuple(_output(row) for row in rows)

    def activations(
        self, exchanges: Sequence[Exchange], *, pooling: Literal["mean", "last"] = "mean", batch: int = 16
    ) -> NDArray[np.float32]:
        """(N, L, H) the output of each block, pooled over the tokens of each answer; the model runs unsteered.

        Raises:
            InvalidInputError: an answer without tokens.
            UnsupportedInputError: an exchange longer than the context.
        """
        from pilotage.models.language.reading import read_activations  # noqa: PLC0415

        return read_activations(self._ready(), exchanges, pooling, batch)

    def residual_norms(self, exchanges: Sequence[Exchange], *, batch: int = 16) -> NDArray[np.float32]:
        """(L,) median length of each block's output, over all tokens of all answers."""
        from pilotage.models.language.reading import read_norms  # noqa: PLC0415

        return read_norms(self._ready(), exchanges, batch)

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

        Raises:
            InvalidInputError: as `generate`, or an answer without tokens.
            UnsupportedInputError: an exchange longer than the context.
        """
        from pilotage.models.language.reading import read_log_probs  # noqa: PLC0415

        steering = None if pushes is None else self._steering(exchanges, pushes, directions or {}, positions)
        return read_log_probs(self._ready(), exchanges, steering, batch)

    def divergences(
        self,
        exchanges: Sequence[Exchange],
        *,
        pushes: Pushes,
        directions: Mapping[str, Direction],
        positions: Positions = "answer",
        batch: int = 16,
    ) -> list[NDArray[np.float32]]:
        """(T_i,) KL(unsteered || steered) in nats between the distributions of each token of each answer.

        Arguments and errors are those of `log_probs`.
        """
        from pilotage.models.language.reading import read_divergences  # noqa: PLC0415

        steering = self._steering(exchanges, pushes, directions, positions)
        return read_divergences(self._ready(), exchanges, steering, batch)

    def _ready(self) -> Loaded:
        self.load()
        if self._loaded is None:
            raise ModelUnavailableError("the model was unloaded")
        return self._loaded

    def _batch(self, limit: int) -> Batch:
        from pilotage.models.language.batch import Batch  # noqa: PLC0415

        return Batch(self._ready(), limit)

    def _row(
        self,
        request: TextRequest,
        directions: Mapping[str, Direction],
        field: str,
        *,
        on_text: OnText | None = None,
        on_end: OnEnd | None = None,
        seconds: float | None = None,
    ) -> TextRow:
        """A request that was found sound, as a row to be."""
        loaded = self._ready()
        used = {name: directions[name] for name in request.pushes if name in directions}
        check_directions(used, layers=loaded.layers, hidden=loaded.hidden)
        check_pushes(request.pushes, directions, field=f"{field}.pushes")
        moved = shifts(request.pushes, directions)
        prompt = prompt_of(loaded, request, field)
        return TextRow(loaded, request, prompt, moved, on_text=on_text, on_end=on_end, seconds=seconds)

    def _steering(
        self, exchanges: Sequence[Exchange], pushes: Pushes, directions: Mapping[str, Direction], positions: Positions
    ) -> Steering:
        from pilotage.models.language.reading import Steering  # noqa: PLC0415

        if len(pushes) != len(exchanges):
            raise InvalidInputError(f"{len(pushes)} pushes for {len(exchanges)} exchanges", field="pushes")
        loaded = self._ready()
        check_directions(directions, layers=loaded.layers, hidden=loaded.hidden)
        for index, one in enumerate(pushes):
            check_pushes(one, directions, field=f"pushes.{index}")
        return Steering(pushes, directions, positions)


def _output(row: TextRow) -> TextOutput:
    if row.output is None:
        raise GenerationError("a row never ended")
    return row.output
