"""The Gaussian-process prior over utility: an ideal point, its anisotropy, and whatever else is smooth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from pilotage.core.shapes import Array


def matern52(u: Array, v: Array, lengthscale: float) -> Array:
    """(n, m) Matern-5/2 correlations of (n, d) and (m, d) points; `lengthscale` in the points' unit.

    Source: Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, equation 4.17.
    """
    r = np.sqrt(5.0) * cdist(u, v) / lengthscale
    return (1.0 + r + r * r / 3.0) * np.exp(-r)


@dataclass(frozen=True, slots=True)
class UtilityPrior:
    """What is believed of utility before any answer, isotropic about the anchor u = 0.

    `f(u) = c * (a.u - |u|^2 / 2 + u'Mu + g(u))`: a person likes some place `a` best, and likes others
    less the farther they are; M bends the bowl and g is a smooth remainder.

    Attributes:
        sharpness: c, in choice-noise units: what a unit of squared distance, halved, costs.
        lengthscale: of g, in unit coordinates.
        roughness: sd of g, as a share of c.
        spread: sd of each coordinate of a.
        anisotropy: sd of the entries of M, as a share of c.

    Source: the ideal-point model of Coombs 1964, A Theory of Data, as a linear model (Bennett and
        Hays 1960), plus a Matern remainder.
    """

    sharpness: float
    lengthscale: float
    roughness: float
    spread: float
    anisotropy: float

    def mean(self, u: Array) -> Array:
        """(n,) expected utility of (n, d) points, 0 at the anchor."""
        return -0.5 * self.sharpness * (u * u).sum(axis=1)

    def covariance(self, u: Array, v: Array) -> Array:
        """(n, m) covariance of the utilities at (n, d) and (m, d) points."""
        inner = u @ v.T
        bowl = self.spread**2 * inner + (self.anisotropy * inner) ** 2
        return self.sharpness**2 * (bowl + self.roughness**2 * matern52(u, v, self.lengthscale))
