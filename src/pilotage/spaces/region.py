"""The region that the engine searches: the unit ball, or the unit box for a user's own bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pilotage.core.shapes import Array, require_matrix

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Region:
    """Unit coordinates u in R^dim: |u| <= 1 (ball), or max|u_i| <= 1 (box).

    Preference models and samplers see nothing else of a space, so kernels, radii and benchmarks
    are stated in these coordinates; a `SteeringSpace` says what one of them is worth.
    """

    dim: int
    shape: Literal["ball", "box"] = "ball"

    def size(self, u: Array) -> Array:
        """(n,) the norm that bounds the region, of (n, dim) points."""
        points = require_matrix("u", u, self.dim)
        return np.linalg.norm(points, axis=1) if self.shape == "ball" else np.abs(points).max(axis=1)

    def contains(self, u: Array) -> bool:
        """Whether every row of (n, dim) lies inside, to within 1e-9."""
        return bool((self.size(u) <= 1 + TOLERANCE).all())

    def clip(self, u: Array) -> Array:
        """(n, dim) the nearest points inside."""
        points = require_matrix("u", u, self.dim)
        if self.shape == "box":
            return np.clip(points, -1.0, 1.0)
        return points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1.0)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """(n, dim) independent points, uniform over the region."""
        if self.shape == "box":
            return rng.uniform(-1.0, 1.0, size=(n, self.dim))
        return unit_directions(n, self.dim, rng=rng) * rng.random((n, 1)) ** (1 / self.dim)

    def sobol(self, n: int, *, rng: np.random.Generator) -> Array:
        """(n, dim) well-spread points: scrambled Sobol, through the normal map on a ball.

        Source: Sobol 1967; scrambling of Owen 1998 as in `scipy.stats.qmc`.
        """
        from scipy.special import ndtri  # noqa: PLC0415
        from scipy.stats import qmc  # noqa: PLC0415  (half a second that a door need not pay)

        engine = qmc.Sobol(self.dim + (self.shape == "ball"), rng=rng)
        cube = engine.random_base2(max(0, int(np.ceil(np.log2(max(n, 1))))))[:n]
        if self.shape == "box":
            return 2.0 * cube - 1.0
        normal = ndtri(np.clip(cube[:, :-1], 1e-12, 1 - 1e-12))
        directions = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        return directions * cube[:, -1:] ** (1 / self.dim)


def unit_directions(n: int, dim: int, *, rng: np.random.Generator) -> Array:
    """(n, dim) independent directions, uniform on the unit sphere."""
    normal = rng.standard_normal((n, dim))
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
