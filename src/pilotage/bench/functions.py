"""Test functions: what a simulated person likes, with a hidden optimum that the seed places.

Anybody can add one: an entry point of the group `pilotage.bench_functions` that holds an `Entry` of a config and what
builds, from it, a function `rng -> Landscape`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.bench.base import Landscape
from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, StrategyConfig, StrategyTable

Build = Callable[[np.random.Generator], Landscape]

_SCALES = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
                    [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]])  # fmt: skip
_PLACES = 1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                           [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])  # fmt: skip
_HEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])
HARTMANN6_BEST = 3.322368011391339


class FunctionConfig(StrategyConfig, frozen=True):
    """Base of every test function's config."""


class Hartmann6Config(FunctionConfig, frozen=True):
    """Four ridges in six dimensions, one of them the highest; the optimum is always the same."""

    kind: Literal["hartmann6"] = "hartmann6"


class AckleyConfig(FunctionConfig, frozen=True):
    """A funnel under ripples, its bottom moved; eight units wide."""

    kind: Literal["ackley"] = "ackley"
    dim: int = Field(5, ge=1, le=64, description="Dimensions.")


class BowlConfig(FunctionConfig, frozen=True):
    """A turned quadratic bowl; only `active` of its directions matter, unevenly."""

    kind: Literal["bowl"] = "bowl"
    dim: int = Field(8, ge=1, le=64, description="Dimensions.")
    active: int = Field(8, ge=1, le=64, description="Directions that matter, at most the dimensions.")
    condition: float = Field(100.0, ge=1, description="How much more the steepest direction bends than the flattest.")


class CentresConfig(FunctionConfig, frozen=True):
    """Equally good peaks, far apart, and a person who wants them all: what is unlike all picks so far is worth more."""

    kind: Literal["centres"] = "centres"
    dim: int = Field(4, ge=2, le=64, description="Dimensions.")
    count: int = Field(3, ge=1, le=8, description="Peaks.")
    width: float = Field(0.3, gt=0, description="Standard deviation of a peak, in sides of the cube.")
    apart: float = Field(0.7, ge=0, description="Least distance of two peaks, in sides of the cube.")
    novelty: float = Field(0.5, ge=0, description="What being half that far from all picks adds, in peaks' heights.")


def _hartmann6(_: Hartmann6Config) -> Build:
    """Source: Dixon and Szego 1978, Towards Global Optimisation 2, page 13, negated."""

    def value(x: Array) -> Array:
        return (_HEIGHTS * np.exp(-(_SCALES * (x[:, None] - _PLACES) ** 2).sum(axis=2))).sum(axis=1)

    return lambda rng: Landscape(6, value, HARTMANN6_BEST)


def _ackley(config: AckleyConfig) -> Build:
    """Source: Ackley 1987, A Connectionist Machine for Genetic Hillclimbing, section 4.1, negated."""

    def build(rng: np.random.Generator) -> Landscape:
        centre = rng.uniform(0.2, 0.8, config.dim)

        def value(x: Array) -> Array:
            y = 8.0 * (x - centre)
            funnel = 20.0 * np.exp(-0.2 * np.sqrt((y * y).mean(axis=1)))
            return funnel + np.exp(np.cos(2.0 * np.pi * y).mean(axis=1)) - 20.0 - np.e

        return Landscape(config.dim, value, 0.0)

    return build


def _bowl(config: BowlConfig) -> Build:
    """`-sum_i e_i ((x - c).q_i)^2`, orthonormal q_i, e_i from 1 down to 1 / condition in even ratios."""
    active = min(config.active, config.dim)

    def build(rng: np.random.Generator) -> Landscape:
        centre = rng.uniform(0.2, 0.8, config.dim)
        directions = np.linalg.qr(rng.standard_normal((config.dim, active)))[0]
        weights = np.geomspace(1.0, 1.0 / config.condition, active)

        def value(x: Array) -> Array:
            return -(((x - centre) @ directions) ** 2) @ weights

        return Landscape(config.dim, value, 0.0)

    return build


def _centres(config: CentresConfig) -> Build:
    """The highest of `count` equal Gaussian peaks."""

    def build(rng: np.random.Generator) -> Landscape:
        peaks: list[Array] = []
        while len(peaks) < config.count:
            place = rng.uniform(0.1, 0.9, config.dim)
            if all(np.linalg.norm(place - peak) >= config.apart for peak in peaks):
                peaks.append(place)
        tops = np.array(peaks)

        def value(x: Array) -> Array:
            squared = ((x[:, None] - tops) ** 2).sum(axis=2)
            return np.exp(-squared.min(axis=1) / (2.0 * config.width**2))

        return Landscape(config.dim, value, 1.0, tops, config.novelty, config.apart / 2)

    return build


FUNCTIONS: StrategyTable[Build] = StrategyTable(
    "test function",
    "pilotage.bench_functions",
    {
        "hartmann6": Entry(Hartmann6Config, _hartmann6),
        "ackley": Entry(AckleyConfig, _ackley),
        "bowl": Entry(BowlConfig, _bowl),
        "centres": Entry(CentresConfig, _centres),
    },
)
