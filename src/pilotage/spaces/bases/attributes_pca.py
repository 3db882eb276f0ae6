"""`attributes_pca`, the default: typed axes, then the main components of what the prompt's rewrites change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis
from pilotage.spaces.bases.directions import caption_components
from pilotage.spaces.bases.typed_first import CaptionConfig, Spread, TypedFirst


class AttributesPcaConfig(CaptionConfig, frozen=True):
    """The typed attribute axes first, then the main components of caption differences."""

    kind: Literal["attributes_pca"] = "attributes_pca"


class AttributesPca(TypedFirst):
    """Typed axes first; the rest by PCA of what the prompt's rewrites change, and of the corpus if there is one.

    Source: principal components of caption embeddings as in GANSpace (Härkönen et al. 2020, arXiv 2004.02546).
    Differs: components are taken of what the typed axes leave.
    """

    unit_from_corpus: ClassVar[bool] = True  # sessions were recorded so

    def fill(self, spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
        """As `TypedFirst.fill`: the largest component first."""
        return components_of(spread, taken, n)


def components_of(spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
    """(n, flat) main components beside the directions `taken`, and their axes."""
    components = caption_components(spread.differences, taken, n)
    axes = (spread.axis(f"mix {i + 1}", component, "caption_pca") for i, component in enumerate(components))
    return components, tuple(axes)
