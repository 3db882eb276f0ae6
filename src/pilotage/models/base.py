"""The contract of models: `encode(request) -> Conditioning`, `generate(request, rows) -> outputs`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import UnsupportedInputError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.models.capabilities import Capabilities
from pilotage.models.requests import GenerationRequest
from pilotage.spaces import Axis, Conditioning, Region, TextEmbedding, Vocabulary


class ModelInfo(BaseModel):
    """What is known of a model; the parts that need the weights are None until it is loaded.

    Attributes:
        ref: what the user typed to get it: `starter`, a path, a hub id.
        family: capability row: sd, sdxl, callable, analytic.
        fingerprint: sha256 of weights, config and adapter version.
        size_mb: what the weights take, in megabytes: in memory once loaded, before that on disk.
        suits: settings that its sessions have where a config says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: str
    name: str
    family: str
    capabilities: Capabilities
    vocabulary: Vocabulary
    fingerprint: str | None = None
    licence: str = "unknown"
    path: str | None = None
    device: str | None = None
    dtype: str | None = None
    size_mb: float | None = None
    suits: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a batch: what it is conditioned on, and the seed of its noise."""

    conditioning: Conditioning
    seed: int


@dataclass(frozen=True, slots=True)
class Output:
    """One row's result: `media`, or the reason why this row alone failed."""

    media: Media | None
    error: str = ""
    facts: dict[str, object] = field(default_factory=dict)


class Model(ABC):
    """A generator that can be steered. Building is cheap, `load()` explicit, `generate` takes many rows."""

    @property
    @abstractmethod
    def info(self) -> ModelInfo:
        """What is known of it now; never loads anything."""

    @property
    @abstractmethod
    def loaded(self) -> bool:
        """Whether the weights are in memory."""

    @abstractmethod
    def load(self, *, progress: Progress = silent) -> None:
        """Bring the weights into memory, once; a second call does nothing.

        Raises:
            ModelUnavailableError: with the reason and the way out.
        """

    @abstractmethod
    def encode(self, request: GenerationRequest) -> Conditioning:
        """The conditioning of the unsteered request, its negative prompt included. Loads if needed.

        Raises:
            UnsupportedInputError: the request does not fit the capabilities.
        """

    @abstractmethod
    def generate(
        self,
        request: GenerationRequest,
        rows: Sequence[Row],
        *,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:
        """One output per row, in ONE batch; the same rows on one device give the same bytes.

        Raises:
            UnsupportedInputError: the request or the number of rows does not fit the capabilities.
            JobCancelledError: within one step of `cancel`.
            GenerationError: the batch as a whole failed.
        """  # fmt: skip

    def embed(self, captions: Sequence[str]) -> tuple[TextEmbedding, ...]:
        """The steered conditioning of each caption, for bases. Final in models with axes of their own.

        Raises:
            UnsupportedInputError: the model has axes of its own.
        """
        raise UnsupportedInputError(f"{self.info.name} has no caption axes", field="axes")

    def own_space(self) -> tuple[Region, tuple[Axis, ...]] | None:
        """The region and axes of a model whose conditioning is its own coordinates; None where captions make them."""
        return None

    def unload(self) -> None:  # noqa: B027  (a model without weights has nothing to free)
        """Free the memory; `load` brings it back."""
