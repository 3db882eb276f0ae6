"""`hybrid`: typed axes, then main components and random directions of the captions' subspace, half and half."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.spaces.axes import Axis
from pilotage.spaces.bases.attributes_pca import components_of
from pilotage.spaces.bases.random_subspace import drawn
from pilotage.spaces.bases.typed_first import CaptionConfig, Spread, TypedFirst


class HybridConfig(CaptionConfig, frozen=True):
    """Typed axes first; of the rest, one part main components and one part random directions beside them."""

    kind: Literal["hybrid"] = "hybrid"
    random: float = Field(0.5, ge=0, le=1, description="Share of the found axes that is random.")
    seed: int = Field(0, ge=0, description="Another seed draws other directions.")


class Hybrid(TypedFirst):
    """Components make the largest changes, always the same few; random directions reach what they leave out.

    Both lie in one subspace, orthogonal to each other and to the typed axes. An odd one out is a component.
    """

    config: HybridConfig

    def fill(self, spread: Spread, taken: Sequence[Array], n: int) -> tuple[Array, tuple[Axis, ...]]:
        """As `TypedFirst.fill`: components, then random directions."""
        by_chance = int(n * self.config.random)
        components, mixed = components_of(spread, taken, n - by_chance)
        rest, named = drawn(spread, [*taken, *components], by_chance, seed=self.config.seed, share=1.0)
        return np.vstack([components, rest]), (*mixed, *named)
