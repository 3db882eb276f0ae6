"""Judges who look at what is measured of a picture: they want a certain look, or more of something.

Utilities are in units of choice noise: at temperature 1 a gap of 1.0 is a 73 % choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.simulation.base import Taste, TasteConfig, Thing


class LookConfig(TasteConfig, frozen=True):
    """A picture with these measured features."""

    kind: Literal["look"] = "look"
    target: Mapping[str, float] = Field(min_length=1, description="Feature -> the value that is wanted.")
    sharpness: float = Field(100.0, gt=0, description="Twice the utility lost where all features are off by 1.")


class AttributesConfig(TasteConfig, frozen=True):
    """More of some features, less of others; there is never enough."""

    kind: Literal["attributes"] = "attributes"
    worth: Mapping[str, float] = Field(min_length=1, description="Utility of one unit of each feature.")


class Look(Taste):
    """`-sharpness / 2 * mean (x - target)^2` over the features that it looks at."""

    def __init__(self, config: LookConfig) -> None:
        self.config = config

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        """(n,) by the features."""
        target = np.array(list(self.config.target.values()))
        away = features_of(things, list(self.config.target)) - target
        return -0.5 * self.config.sharpness * (away**2).mean(axis=1)

    def wishes(self, thing: Thing) -> Mapping[str, float]:
        """The slope of the utility."""
        names, share = list(self.config.target), self.config.sharpness / len(self.config.target)
        has = features_of([thing], names)[0]
        return {name: share * (self.config.target[name] - float(x)) for name, x in zip(names, has, strict=True)}


class Attributes(Taste):
    """`sum worth_i x_i`."""

    def __init__(self, config: AttributesConfig) -> None:
        self.config = config

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        """(n,) by the features."""
        return features_of(things, list(self.config.worth)) @ np.array(list(self.config.worth.values()))

    def wishes(self, thing: Thing) -> Mapping[str, float]:
        """The same of every thing."""
        return self.config.worth


def features_of(things: Sequence[Thing], names: Sequence[str]) -> Array:
    """(n, p) the named features.

    Raises:
        InvalidInputError: one of them was not measured.
    """
    missing = [name for thing in things for name in names if name not in thing.features]
    if missing:
        raise InvalidInputError(f"the judge looks at {missing[0]!r}, which was not measured", field="features")
    return np.array([[thing.features[name] for name in names] for thing in things])
