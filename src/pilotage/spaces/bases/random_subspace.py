"""`random_subspace`: random directions inside what captions vary in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis
from pilotage.spaces.bases.directions import random_directions, without
from pilotage.spaces.bases.typed_first import CaptionConfig, Spread, TypedFirst


class RandomSubspaceConfig(CaptionConfig, frozen=True):
    """Typed axes first, then random orthonormal directions inside the main subspace of caption embeddings."""

    kind: Literal["random_subspace"] = "random_subspace"
    seed: int = Field(0, ge=0, description="Another seed draws other directions.")
    share: float = Field(0.95, gt=0, le=1, description="Share of the captions' variance that the subspace holds.")


class RandomSubspace(TypedFirst):
    """Random directions of the whole embedding change a picture hardly; inside the captions' subspace they do.

    The subspace has at most 32 dimensions, and what the typed axes span is taken out of it.
    """

    config: RandomSubspaceConfig

    def fill(self, spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
        """As `TypedFirst.fill`: orthonormal, drawn by the seed."""
        return drawn(spread, taken, n, seed=self.config.seed, share=self.config.share)


def drawn(spread: Spread, taken: Sequence[Array], n: int, *, seed: int, share: float) -> tuple[Array, tuple[Axis, ...]]:
    """(n, flat) random directions inside the captions' subspace beside the directions `taken`, and their axes."""
    rest = without(spread.differences, taken)
    directions = random_directions(rest, n, stream(seed, "random subspace"), share=share)
    return directions, tuple(spread.axis(f"random {i + 1}", d, "random_subspace") for i, d in enumerate(directions))
