"""What a benchmark of preferences is made of: a landscape, the problem that it poses, a method that searches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.spaces import Region

SHOWN = 4  # places a round, but two for pairs


@dataclass(frozen=True, slots=True)
class Landscape:
    """One function to be climbed, as the literature states it.

    Attributes:
        dim: d.
        value: (n, d) points to (n,) values; the cube [0, 1]^d is its domain, but it is finite anywhere.
        best: the largest value.
        peaks: (m, d) the places of equally good optima, where coverage is asked for.
        novelty: what a person adds to the value of what lies `reach` or farther from all that was kept.
        reach: in sides of the cube.
    """

    dim: int
    value: Callable[[Array], Array]
    best: float
    peaks: Array = field(default_factory=lambda: np.empty((0, 0)))
    novelty: float = 0.0
    reach: float = 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A landscape in unit coordinates u.

    Attributes:
        region: where places may lie.
        width: how much of the cube's side one unit of u is.
        utility: (n, d) places to (n,) utilities: 0 is the mean of random places, 1 the optimum.
        noise: scale of the Gumbel noise on utility: the temperature of the choices.
        peaks: (m, d) as the landscape's, in u.
        novelty: as the landscape's, in utility.
        reach: as the landscape's, in u.
    """

    region: Region
    width: float
    utility: Callable[[Array], Array]
    noise: float
    peaks: Array
    novelty: float
    reach: float


class Method(Protocol):
    """What searches; a judgement is all that it learns of utility."""

    def ask(self, n: int) -> Array:
        """(n, d) the places of the next round, each inside the region."""

    def forecast(self, places: Array) -> Array:
        """(n,) the probability that each of these is the one picked; empty if the method makes no forecasts."""

    def tell(self, judgement: Judgement) -> None:
        """How the round that was asked for was judged; its items are in the order of the places."""

    def handed_over(self) -> Array:
        """(d,) the place that the person would get if the search ended now."""


Start = Callable[[Problem, int], Method]
"""What a method's config is built into: begins on a problem, with a seed of its own."""
