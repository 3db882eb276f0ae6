"""A heuristic to compare against: the ideal lies halfway between where it was thought to be and the last choice.

Source: the updater `winner_average` of StableSteering (2026), `z' = z / 2 + w / 2`.
Differs: stated as a belief about an ideal point, with a fixed spread, so that any sampler can use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array, require_vector
from pilotage.elicitation import Judgement, chosen, incumbent
from pilotage.preferences.base import PreferenceModel, PreferenceModelConfig
from pilotage.preferences.mixture import Belief, MixturePosterior
from pilotage.spaces import Region


class WinnerAverageConfig(PreferenceModelConfig, frozen=True):
    """A running average of the places that were chosen; simple, with one fixed spread."""

    kind: Literal["winner_average"] = "winner_average"
    step: float = Field(0.5, gt=0, le=1, description="Share of the way to the chosen place, per answer.")
    sharpness: float = Field(16.0, gt=0, description="Twice the utility lost at distance 1 from the ideal.")
    spread: float = Field(0.3, gt=0, le=2, description="How far the ideal may lie from there, per coordinate.")


@dataclass(frozen=True, slots=True)
class IdealPointBelief(Belief):
    """`f(u) = c (a.u - |u|^2 / 2)` with the ideal a about N(ideal, spread^2 I)."""

    ideal: Array
    sharpness: float
    spread: float

    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """Exact: f is linear in the ideal point."""
        mean = self.sharpness * (u @ self.ideal - 0.5 * (u * u).sum(axis=1))
        return mean, (self.sharpness * self.spread) ** 2 * (u @ u.T)


class WinnerAverage(PreferenceModel):
    """Forgets all but a running average of the chosen places; see the module for its source."""

    def __init__(self, config: WinnerAverageConfig) -> None:
        self.config = config

    def fold(self, region: Region, judgements: Sequence[Judgement]) -> MixturePosterior:
        """The belief about the running average; answers that choose nothing leave it as it is."""
        ideal = np.zeros(region.dim)
        for place in _chosen_places(judgements, region.dim):
            ideal = ideal + self.config.step * (place - ideal)
        best = incumbent(judgements)
        reference = np.zeros(region.dim) if best is None else np.array(best.u, dtype=np.float64)
        belief = IdealPointBelief(ideal, self.config.sharpness, self.config.spread)
        return MixturePosterior(region, reference, (belief,), np.ones(1))


def _chosen_places(judgements: Sequence[Judgement], dim: int) -> list[Array]:
    places: list[Array] = []
    best: str | None = None
    for judgement in judgements:
        for item in judgement.items:
            require_vector(item.candidate, item.u, dim)
        name = chosen(judgement, best)
        if name is not None:
            item = judgement.sample_of(name)
            places.append(np.array(item.u, dtype=np.float64))
            best = item.sample
    return places
