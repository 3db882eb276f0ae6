"""A test function as a person's utility: on our region, normalised, with noise of one measured size."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pilotage.bench.base import Landscape, Problem
from pilotage.core.shapes import Array
from pilotage.spaces import Region

ERROR_RATE = 0.2  # of the duels between two of the best percent, the share that the worse one wins
N_RANDOM = 20_000
N_DUELS = 4_000


def problem_of(landscape: Landscape, shape: Literal["ball", "box"]) -> Problem:
    """`landscape` with its cube's middle at u = 0.

    The box is the cube itself. The ball is the one whose even distribution has the cube's covariance, so that its
    radius is sqrt((d + 2) / 12) sides: the cube's corners stick out, and the ball's sides do.

    Source of the noise: Astudillo et al. 2023, qEUBO (arXiv 2303.15746): Gumbel, set by the error rate among the best
    percent of random places.
    """
    region = Region(landscape.dim, shape)
    width = 0.5 if shape == "box" else float(np.sqrt((landscape.dim + 2) / 12))

    def raw(u: Array) -> Array:
        return landscape.value(0.5 + width * u)

    rng = np.random.default_rng(0)
    values = raw(region.sample(N_RANDOM, rng=rng))
    base, height = float(values.mean()), landscape.best - float(values.mean())
    noise = gumbel_scale((values - base) / height, rng=rng)
    peaks = (landscape.peaks - 0.5) / width if landscape.peaks.size else np.empty((0, landscape.dim))
    novelty, reach = landscape.novelty / height, landscape.reach / width
    return Problem(region, width, lambda u: (raw(u) - base) / height, noise, peaks, novelty, reach)


def gumbel_scale(utilities: Array, *, rng: np.random.Generator) -> float:
    """The temperature at which the worse of two random ones of the best percent wins `ERROR_RATE` of the duels."""
    top = np.sort(utilities)[-max(2, len(utilities) // 100) :]
    left, right = rng.integers(len(top), size=(2, N_DUELS))
    gaps = np.abs(top[left] - top[right])
    low, high = 1e-9, 10 * float(utilities.std()) + 1e-9
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        errors = float((1 / (1 + np.exp(np.minimum(gaps / middle, 500.0)))).mean())
        low, high = (middle, high) if errors < ERROR_RATE else (low, middle)
    return middle
