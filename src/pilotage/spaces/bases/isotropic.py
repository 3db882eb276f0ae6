"""`isotropic`: random directions of the whole embedding space, the control that hardly steers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis, AxisText
from pilotage.spaces.bases.base import Basis, BasisConfig, TextEmbedding
from pilotage.spaces.bases.typed_first import caption_difference, refuse_typed
from pilotage.spaces.vocabulary import Vocabulary


class IsotropicConfig(BasisConfig, frozen=True):
    """A control, not for steering: random directions of the whole embedding space. They do almost nothing."""

    kind: Literal["isotropic"] = "isotropic"
    seed: int = Field(0, ge=0, description="Another seed draws other directions.")


class Isotropic(Basis):
    """Random orthonormal directions, one caption difference long."""

    def __init__(self, config: IsotropicConfig) -> None:
        self.config = config

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """The prompt and its rewrites, for the unit alone."""
        return tuple(dict.fromkeys((prompt, *vocabulary.rewrites(prompt))))

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        """As `Basis.build`; typed axes are refused, since this basis has none."""
        refuse_typed(self.config.kind, axes)
        unit = caption_difference(prompt, vocabulary, embeddings)
        width = len(embeddings[prompt].conditioning.flat())
        normal = stream(self.config.seed, "isotropic basis").standard_normal((width, dimension))
        directions = unit * np.linalg.qr(normal)[0].T
        named = (
            Axis(name=f"random {i + 1}", negative="−", positive="+", source="isotropic", unit=unit)
            for i in range(dimension)
        )
        return directions, tuple(named)
