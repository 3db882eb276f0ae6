"""What most bases share: the typed attribute axes first, then directions in which the captions vary."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import Field

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis, AxisSource, AxisText
from pilotage.spaces.bases.base import Basis, BasisConfig, TextEmbedding
from pilotage.spaces.bases.directions import attribute_direction, require_distinct
from pilotage.spaces.vocabulary import Vocabulary, attach


class CaptionConfig(BasisConfig, frozen=True):
    """Settings of every basis that reads captions."""

    carriers: int = Field(8, ge=4, le=64, description="Objects over which an attribute axis is averaged.")
    corpus: int = Field(
        0, ge=0, le=2000, description="Captions of the model's own corpus, beside the prompt's rewrites."
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """How the captions of one prompt vary.

    Attributes:
        differences: (m, flat) of each rewrite, then of each corpus caption, from their common mean.
        unit: norm of one caption difference.
    """

    prompt: str
    vocabulary: Vocabulary
    embeddings: Mapping[str, TextEmbedding]
    differences: Array
    unit: float

    def axis(self, name: str, direction: Array, source: AxisSource) -> Axis:
        """The axis of a found direction, its poles the attribute words that lie farthest out on either side."""
        anchor = self.embeddings[self.prompt].conditioning.flat()
        words = [word for family in self.vocabulary.attributes.values() for word in family]
        rewrites = self.vocabulary.rewrites(self.prompt)
        places = [(self.embeddings[text].conditioning.flat() - anchor) @ direction for text in rewrites]
        low, high = words[int(np.argmin(places))], words[int(np.argmax(places))]
        return Axis(name=f"{name}: {low} ↔ {high}", negative=low, positive=high, source=source, unit=self.unit)


class TypedFirst(Basis):
    """Typed axes by averaged differences, in their order; `fill` finds the rest.

    Source: mean differences as in Subramani et al. 2022 (arXiv 2205.05124), here over prompt embeddings.
    Differs: every axis is scaled to one caption-difference norm.
    """

    unit_from_corpus: ClassVar[bool] = False

    def __init__(self, config: CaptionConfig) -> None:
        self.config = config

    @abstractmethod
    def fill(self, spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
        """(n, flat) unit directions beside those `taken` by typed axes, and their axes.

        Raises:
            InvalidInputError: the captions span fewer.
        """

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """The prompt, the carriers under both poles, the prompt's rewrites, and the corpus."""
        poles = [attach(pole, carrier) for axis in axes for carrier in self._carriers(vocabulary)
                 for pole in (axis.negative, axis.positive)]  # fmt: skip
        spread = (*vocabulary.rewrites(prompt), *vocabulary.corpus(self.config.corpus))
        return tuple(dict.fromkeys((prompt, *poles, *spread)))

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        """As `Basis.build`."""
        if len(axes) > dimension:
            raise InvalidInputError(f"{len(axes)} axes need a dimension of at least {len(axes)}", field="dimension")
        spread = self._spread(prompt, vocabulary, embeddings)
        typed = [attribute_direction(axis, self._carriers(vocabulary), embeddings) for axis in axes]
        require_distinct(axes, typed, spread.unit)
        directions = [spread.unit * direction / np.linalg.norm(direction) for direction in typed]
        found, named = self.fill(spread, directions, dimension - len(axes))
        own = (
            Axis(name=a.name, negative=a.negative, positive=a.positive, source="attribute", unit=spread.unit)
            for a in axes
        )
        return np.vstack([*directions, *(spread.unit * direction for direction in found)]), (*own, *named)

    def _spread(self, prompt: str, vocabulary: Vocabulary, embeddings: Mapping[str, TextEmbedding]) -> Spread:
        """What the captions vary in, and the length of one caption difference."""
        captions = (*vocabulary.rewrites(prompt), *vocabulary.corpus(self.config.corpus))
        unit = caption_difference(prompt, vocabulary, embeddings)
        rows = np.stack([embeddings[text].conditioning.flat() for text in captions])
        differences = rows - rows.mean(axis=0)
        if self.unit_from_corpus:
            unit = float(np.median(np.linalg.norm(differences, axis=1)))
        return Spread(prompt, vocabulary, embeddings, differences, unit)

    def _carriers(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        return vocabulary.carriers(self.config.carriers)


def caption_difference(prompt: str, vocabulary: Vocabulary, embeddings: Mapping[str, TextEmbedding]) -> float:
    """The median length of what a rewrite of the prompt changes, against the rewrites' mean: the unit of an axis.

    Raises:
        InvalidInputError: the vocabulary has fewer than two attribute words, so nothing can be rewritten.
    """
    rewrites = vocabulary.rewrites(prompt)
    if len(rewrites) < 2:
        raise InvalidInputError("the model's vocabulary has too few attribute words to find axes", field="basis",
                                hint="Add attributes to its vocabulary.json.")  # fmt: skip
    rows = np.stack([embeddings[text].conditioning.flat() for text in rewrites])
    return float(np.median(np.linalg.norm(rows - rows.mean(axis=0), axis=1)))


def refuse_typed(kind: str, axes: Sequence[AxisText]) -> None:
    """Refuse typed axes in a basis that has none.

    Raises:
        InvalidInputError: with `field` axes.
    """
    if axes:
        raise InvalidInputError(f"basis {kind!r} takes no typed axes", field="axes",
                                hint="Take basis 'attributes_pca' or 'hybrid', or leave the axes out.")  # fmt: skip
