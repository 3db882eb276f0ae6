"""The contract of arms: each spends the same number of renders on new pictures beside the favourite."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.elicitation import Item, Judgement, incumbent
from pilotage.spaces import Region

Looks = Mapping[str, tuple[float, ...]]


class Arm(ABC):
    """Where the new pictures of each round lie, and which picture comes out.

    Attributes:
        apart: whether each new picture has a noise of its own, rather than its round's.
    """

    apart: ClassVar[bool] = False

    def __init__(self, region: Region, seed: int) -> None:
        self.region, self.seed, self.history = region, seed, tuple[Judgement, ...]()

    @abstractmethod
    def propose(self, n: int) -> Array:
        """(n, d) places for the new pictures of the next round."""

    def forecast(self, places: Array) -> Array:
        """(n,) the probability that each of these is the one picked; empty if the arm makes no forecasts."""
        return np.empty(0)

    def learn(self, judgement: Judgement, looks: Looks) -> None:
        """How that round was judged, and sample -> what its picture looks like in numbers."""
        self.history = (*self.history, judgement)

    def best(self) -> Item:
        """What comes out if the search ends now, after an answer at least: the judge's last favourite."""
        found = incumbent(self.history)
        if found is None:
            raise LookupError("nothing was chosen yet")
        return found

    def rng(self) -> np.random.Generator:
        """Of the next round's draws."""
        return stream(self.seed, "proposals", len(self.history) + 1)
