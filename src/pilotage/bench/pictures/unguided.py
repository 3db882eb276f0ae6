"""Arms without a sampler: other noise, or random steps."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from pilotage.bench.pictures.base import Arm
from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.spaces import Region


class BestOfSeedsConfig(StrategyConfig, frozen=True):
    """The prompt as it is, with ever new noise."""

    kind: Literal["best_of_seeds"] = "best_of_seeds"


class BestOfSeeds(Arm):
    """Nothing is steered."""

    apart: ClassVar[bool] = True

    def __init__(self, config: BestOfSeedsConfig, region: Region, seed: int) -> None:
        super().__init__(region, seed)

    def propose(self, n: int) -> Array:
        """The prompt, n times."""
        return np.zeros((n, self.region.dim))


class RandomLocalConfig(StrategyConfig, frozen=True):
    """Random steps about the favourite, of one length for ever."""

    kind: Literal["random_local"] = "random_local"
    step: float = Field(0.4, gt=0, description="Root mean square of their length, in unit coordinates.")


class RandomLocal(Arm):
    """A hill climber without a model."""

    def __init__(self, config: RandomLocalConfig, region: Region, seed: int) -> None:
        super().__init__(region, seed)
        self._step = config.step

    def propose(self, n: int) -> Array:
        """Normal steps."""
        centre = np.array(self.best().u) if self.history else np.zeros(self.region.dim)
        steps = self.rng().standard_normal((n, self.region.dim)) / np.sqrt(self.region.dim)
        return self.region.clip(centre + self._step * steps)
