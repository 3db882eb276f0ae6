"""The contract of bases: which captions to embed, and which axes to make of their embeddings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.spaces.axes import Axis, AxisText
from pilotage.spaces.conditioning import Conditioning
from pilotage.spaces.modes import Mode
from pilotage.spaces.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class TextEmbedding:
    """A caption's conditioning, and which of its T tokens are words (neither special nor padding)."""

    conditioning: Conditioning
    content: np.ndarray  # (T,) bool


class BasisConfig(StrategyConfig, frozen=True):
    """Base of every basis's config."""

    mode: Mode = Field(
        "token", description="How an axis spreads over the tokens of the prompt; 'token': as its captions differ."
    )


class Basis(ABC):
    """Names the captions that it needs, then turns their embeddings into axes. Pure."""

    @abstractmethod
    def captions(self, prompt: str, axes: Sequence[AxisText], vocabulary: Vocabulary) -> tuple[str, ...]:
        """Every caption whose embedding `build` will ask for, the prompt among them."""

    @abstractmethod
    def build(
        self,
        prompt: str,
        axes: Sequence[AxisText],
        dimension: int,
        vocabulary: Vocabulary,
        embeddings: Mapping[str, TextEmbedding],
    ) -> tuple[Array, tuple[Axis, ...]]:
        """(d, flat) directions, each one caption-difference norm long, and their axes.

        d is `dimension`, or less where a basis holds the typed axes alone.

        Raises:
            InvalidInputError: more typed axes than dimensions, or axes that cannot be told apart.
        """  # fmt: skip
