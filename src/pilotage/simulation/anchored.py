"""Judges who are after one thing: a place, or what a text says.

Utilities are in units of choice noise: at temperature 1 a gap of 1.0 is a 73 % choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array, require_matrix, require_vector
from pilotage.simulation.base import Objective, Taste, TasteConfig, Thing

Positive = Annotated[float, Field(gt=0)]


class PointConfig(TasteConfig, frozen=True):
    """A hidden place: the nearer, the better; within `tolerance` of it all is equally good."""

    kind: Literal["point"] = "point"
    target: tuple[float, ...] = Field(min_length=1, max_length=64, description="The place, in unit coordinates.")
    sharpness: Positive = Field(32.0, description="Twice the utility lost at distance 1.")
    weights: tuple[Positive, ...] | None = Field(None, description="How much each axis matters.")
    tolerance: float = Field(0.0, ge=0, description="Nearer than that is near enough.")

    @property
    def objective(self) -> Objective:
        """Anywhere about the place, if it is tolerant."""
        return "neighbourhood" if self.tolerance else "converge"


class TextConfig(TasteConfig, frozen=True):
    """What a text says: the cosine of its embedding with the picture's."""

    kind: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=2000, description="What is wanted, in words.")
    embedding: tuple[float, ...] = Field(min_length=1, description="Of the text, by the encoder of the pictures.")
    sharpness: Positive = Field(40.0, description="Utility of a cosine of 1.")


class Point(Taste):
    """`-sharpness / 2 * max(0, |u - target|_M - tolerance)^2`."""

    def __init__(self, config: PointConfig) -> None:
        self.config, self._target = config, np.array(config.target)
        self._weights = require_vector("weights", config.weights or (1.0,) * len(config.target), len(config.target))

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        """(n,) by the places alone."""
        u = require_matrix("u", [thing.item.u for thing in things], len(self._target))
        away = np.sqrt(((u - self._target) ** 2) @ self._weights)
        return -0.5 * self.config.sharpness * np.maximum(away - self.config.tolerance, 0.0) ** 2


class Text(Taste):
    """`sharpness * cos(text, picture)`."""

    def __init__(self, config: TextConfig) -> None:
        self.config, vector = config, np.array(config.embedding)
        self._text = vector / np.linalg.norm(vector)

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        """(n,) by the embeddings."""
        seen = require_matrix("embedding", [thing.embedding for thing in things], len(self._text))
        return self.config.sharpness * (seen @ self._text) / np.maximum(np.linalg.norm(seen, axis=1), 1e-12)
