"""`pca_rewrites`: the main components of the prompt's rewrites and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis, AxisText
from pilotage.spaces.bases.attributes_pca import AttributesPca
from pilotage.spaces.bases.base import Basis, BasisConfig, TextEmbedding
from pilotage.spaces.bases.typed_first import CaptionConfig, refuse_typed
from pilotage.spaces.vocabulary import Vocabulary


class PcaRewritesConfig(BasisConfig, frozen=True):
    """Only the main components of what the prompt's rewrites change; no typed axes, no corpus."""

    kind: Literal["pca_rewrites"] = "pca_rewrites"


class PcaRewrites(Basis):
    """What `attributes_pca` finds without typed axes: an arm of its own, so that a study can name it."""

    def __init__(self, config: PcaRewritesConfig) -> None:
        self.config = config
        self._components = AttributesPca(CaptionConfig(kind=config.kind))

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """The prompt and its rewrites."""
        return self._components.captions(prompt, (), vocabulary)

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        """As `Basis.build`; typed axes are refused."""
        refuse_typed(self.config.kind, axes)
        return self._components.build(prompt, (), dimension, vocabulary, embeddings)
