"""`attributes`: only axes between two words, typed or taken from the model's vocabulary."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis, AxisText
from pilotage.spaces.bases.base import TextEmbedding
from pilotage.spaces.bases.directions import attribute_direction, require_distinct
from pilotage.spaces.bases.typed_first import CaptionConfig, Spread, TypedFirst, caption_difference
from pilotage.spaces.profiles import MAX_DIMENSION
from pilotage.spaces.vocabulary import Vocabulary


class AttributesConfig(CaptionConfig, frozen=True):
    """Only axes between two words: the typed ones, as many as there are; without any, the vocabulary's own."""

    kind: Literal["attributes"] = "attributes"


class Attributes(TypedFirst):
    """Every axis has a name that it was built from, and so says what it does; nothing is found by itself."""

    def fill(self, spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
        """None."""
        return np.empty((0, spread.differences.shape[1])), ()

    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """As `TypedFirst.captions`, of the presets if no axis is typed."""
        return super().captions(prompt, axes or preset_axes(vocabulary), vocabulary)

    def build(
        self, prompt: str, axes: Sequence[AxisText], dimension: int, vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:  # fmt: skip
        """As `Basis.build`; with typed axes there are as many directions as axes."""
        chosen = list(axes) or self._presets(prompt, dimension, vocabulary, embeddings)
        return super().build(prompt, chosen, min(dimension, len(chosen)), vocabulary, embeddings)

    def _presets(
        self, prompt: str, n: int, vocabulary: Vocabulary, embeddings: Mapping[str, TextEmbedding]
    ) -> list[AxisText]:
        """The first `n` presets that the model tells apart.

        Raises:
            InvalidInputError: there are fewer.
        """
        unit, axes, directions = caption_difference(prompt, vocabulary, embeddings), list[AxisText](), list[Array]()
        for axis in preset_axes(vocabulary):
            direction = attribute_direction(axis, self._carriers(vocabulary), embeddings)
            with suppress(InvalidInputError):
                require_distinct([*axes, axis], [*directions, direction], unit)
                axes.append(axis)
                directions.append(direction)
        if len(axes) < n:
            raise InvalidInputError(f"the vocabulary gives {len(axes)} axes, {n} were asked for", field="dimension",
                                    hint="Type axes of your own, or take fewer.")  # fmt: skip
        return axes[:n]


def preset_axes(vocabulary: Vocabulary, limit: int = MAX_DIMENSION) -> tuple[AxisText, ...]:
    """The vocabulary's suggested axes, then pairs of neighbouring words, one family after the other in turn."""
    suggested = [AxisText.parse(text) for text in vocabulary.suggested_axes]
    pairs = ([AxisText(negative=low, positive=high) for low, high in itertools.pairwise(words)][::2]
             for words in vocabulary.attributes.values())  # fmt: skip
    turns = itertools.zip_longest(*pairs)
    own = (axis for turn in turns for axis in turn if axis is not None)
    return tuple({frozenset((axis.negative, axis.positive)): axis for axis in (*suggested, *own)}.values())[:limit]
