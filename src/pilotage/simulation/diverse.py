"""Judges who are after several things: good ones, unlike those that they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array, require_matrix
from pilotage.simulation.base import Objective, Taste, TasteConfig, Thing


class CentresConfig(TasteConfig, frozen=True):
    """One or several hidden places, each good; what is far from all that was kept is worth more."""

    kind: Literal["centres"] = "centres"
    centres: tuple[tuple[float, ...], ...] = Field(min_length=1, max_length=16, description="In unit coordinates.")
    sharpness: float = Field(32.0, gt=0, description="Twice the utility lost at distance 1 from the nearest.")
    novelty: float = Field(4.0, ge=0, description="Utility of being as far as `reach` from all that was kept.")
    reach: float = Field(0.5, gt=0, description="In unit coordinates: farther than that is no newer.")

    @property
    def objective(self) -> Objective:
        """Several places, even where there is one centre: near it, but apart."""
        return "multi-centre"


class Centres(Taste):
    """`max_j -sharpness / 2 * |u - c_j|^2 + novelty * min(1, distance to what was kept / reach)`.

    Source: quality plus distance as in novelty search with local competition (Lehman and Stanley 2011).
    """

    def __init__(self, config: CentresConfig) -> None:
        self.config = config
        self._centres = require_matrix("centres", config.centres, len(config.centres[0]))

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        """(n,) quality and novelty; before anything is kept, all are new."""
        u = require_matrix("u", [thing.item.u for thing in things], self._centres.shape[1])
        squared = ((u[:, None] - self._centres) ** 2).sum(axis=2).min(axis=1)
        return -0.5 * self.config.sharpness * squared + self.config.novelty * self._newness(u, kept)

    def _newness(self, u: Array, kept: Sequence[Thing]) -> Array:
        if not kept:
            return np.ones(len(u))
        held = np.array([thing.item.u for thing in kept])
        gaps = np.linalg.norm(u[:, None] - held, axis=2).min(axis=1)
        return np.minimum(1.0, gaps / self.config.reach)
