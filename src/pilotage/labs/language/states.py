"""States: what a model's blocks put out while it reads answers, and what methods make of them."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array

States = NDArray[np.float32]
Pooling = Literal["mean", "last"]
Pooled = Annotated[Pooling, Field(description="Which answer tokens are read: the mean over all, or the last.")]


class Extraction(Protocol):
    """Turns pooled states into directions."""

    pooling: Pooling

    def directions(self, positive: States, negative: States, *, paired: bool) -> States:
        """(L, H) directions towards the positive pole, each of length 1, or 0 where the poles do not differ.

        Args:
            positive: (n, L, H) outputs of each block, pooled over each answer's tokens.
            negative: (m, L, H), with m = n if paired.
            paired: whether equal rows answer the same prompt.
        """


def unit(directions: Array) -> States:
    """(L, H) directions at length 1; those of length 0 stay."""
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    return np.divide(directions, lengths, out=np.zeros_like(directions), where=lengths > 0).astype(np.float32)


def check_states(positive: States, negative: States, paired: bool) -> None:
    """Refuse states that are not of both poles of one model.

    Raises:
        ShapeError: with both shapes.
    """
    if positive.ndim != 3 or positive.shape[1:] != negative.shape[1:] or not len(positive) or not len(negative):
        raise ShapeError(f"states must be (n, L, H) of both poles, got {positive.shape} and {negative.shape}")
    if paired and len(positive) != len(negative):
        raise ShapeError(f"{len(positive)} positive and {len(negative)} negative answers are no pairs")
