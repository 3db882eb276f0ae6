"""The Gaussian-process prior over utility: an ideal point, its anisotropy, and whatever else is smooth."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from scipy.spatial.distance import cdist

from pilotage.core.shapes import Array


def matern52(u: Array, v: Array, lengthscale: float) -> Array:
    """(n, m) Matern-5/2 correlations of (n, d) and (m, d) points; `lengthscale` in the points' unit.

    Source: Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, equation 4.17.
    """
    r = cdist(u, v)
    r *= np.sqrt(5.0) / lengthscale
    return np.asarray(((r / 3.0 + 1.0) * r + 1.0) * np.exp(-r))


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Probes:
    """What may be asked of a utility: its value at places, and its slope at places along directions.

    No two are equal but one and the same, so that what depends on them alone is worked out once.

    Attributes:
        u: (n, d) where values are asked for.
        at: (m, d) where slopes are.
        along: (m, d) their directions, per unit of `u`.
    """

    u: Array
    at: Array
    along: Array

    @classmethod
    def of(cls, u: Array) -> Probes:
        """Values at (n, d) places, no slopes."""
        none = np.zeros((0, u.shape[1]))
        return cls(u, none, none)


_Found = dict[float, tuple[Array, Array]]  # by lengthscale
_found: WeakKeyDictionary[Probes, WeakKeyDictionary[Probes, _Found]] = WeakKeyDictionary()


def _alike(a: Probes, b: Probes, lengthscale: float) -> tuple[Array, Array]:
    """(n, m) squared inner products and correlations of places: the same whatever the rest of the prior.

    They are kept for as long as both sets of places are: those of a large pool take hundreds of megabytes.
    """
    found = _found.setdefault(a, WeakKeyDictionary()).setdefault(b, {})
    if lengthscale not in found:
        found[lengthscale] = (a.u @ b.u.T) ** 2, matern52(a.u, b.u, lengthscale)
    return found[lengthscale]


@dataclass(frozen=True, slots=True)
class UtilityPrior:
    """What is believed of utility before any answer.

    `f(u) = c * (a.u - |u|^2 / 2 + u'Mu + g(u))`: a person likes some place `a` best, and likes others
    less the farther they are; M bends the bowl and g is a smooth remainder.

    Attributes:
        sharpness: c, in choice-noise units: what a unit of squared distance, halved, costs.
        lengthscale: of g, in unit coordinates.
        roughness: sd of g, as a share of c.
        spread: (d,) sd of each coordinate of a.
        anisotropy: sd of the entries of M, as a share of c.
        centre: (d,) mean of a: 0, the anchor, unless earlier sessions say otherwise.

    Source: the ideal-point model of Coombs 1964, A Theory of Data, as a linear model (Bennett and
        Hays 1960), plus a Matern remainder; derivatives of a Gaussian process as in Rasmussen and
        Williams 2006, section 9.4.
    """

    sharpness: float
    lengthscale: float
    roughness: float
    spread: Array
    anisotropy: float
    centre: Array

    def mean(self, u: Array) -> Array:
        """(n,) expected utility of (n, d) points, 0 at the anchor."""
        return self.sharpness * (u @ self.centre - 0.5 * (u * u).sum(axis=1))

    def covariance(self, u: Array, v: Array) -> Array:
        """(n, m) covariance of the utilities at (n, d) and (m, d) points."""
        return self._values(Probes.of(u), Probes.of(v))

    def probe_mean(self, probes: Probes) -> Array:
        """(n + m,) expected values, then slopes."""
        slopes = (probes.along * (self.centre - probes.at)).sum(axis=1)
        return np.concatenate([self.mean(probes.u), self.sharpness * slopes])

    def probe_covariance(self, a: Probes, b: Probes) -> Array:
        """(n_a + m_a, n_b + m_b) covariance of values and slopes with values and slopes."""
        values = self._values(a, b)
        if len(a.at) == len(b.at) == 0:
            return values
        return np.block([
            [values, self._value_slope(a.u, b.at, b.along)],
            [self._value_slope(b.u, a.at, a.along).T, self._slope_slope(a, b)],
        ])  # fmt: skip

    def _values(self, a: Probes, b: Probes) -> Array:
        """(n_a, n_b) covariance of values; exactly symmetric for one set of places."""
        squares, correlations = _alike(a, b, self.lengthscale)
        scale = self.sharpness * self.spread
        left = a.u * scale
        values = left @ (left if a is b else b.u * scale).T
        values += (self.sharpness * self.anisotropy) ** 2 * squares
        values += (self.sharpness * self.roughness) ** 2 * correlations
        return values

    def _value_slope(self, u: Array, at: Array, along: Array) -> Array:
        """(n, m) covariance of values with slopes: the derivative of `covariance` in its second point."""
        bowl = (u * self.spread**2) @ along.T + 2.0 * self.anisotropy**2 * (u @ at.T) * (u @ along.T)
        away = u @ along.T - (at * along).sum(axis=1)
        scale, r = self._scaled(u, at)
        rest = scale**2 / 3.0 * (1.0 + r) * np.exp(-r) * away
        return self.sharpness**2 * (bowl + self.roughness**2 * rest)

    def _slope_slope(self, a: Probes, b: Probes) -> Array:
        """(m_a, m_b) covariance of slopes: the derivative in both points."""
        together = a.along @ b.along.T
        crossed = (a.at @ b.at.T) * together + (a.at @ b.along.T) * (a.along @ b.at.T)
        bowl = (a.along * self.spread**2) @ b.along.T + 2.0 * self.anisotropy**2 * crossed
        along_a = (a.at * a.along).sum(axis=1)[:, None] - a.along @ b.at.T
        along_b = a.at @ b.along.T - (b.at * b.along).sum(axis=1)
        scale, r = self._scaled(a.at, b.at)
        rest = scale**2 / 3.0 * np.exp(-r) * ((1.0 + r) * together - scale**2 * along_a * along_b)
        return self.sharpness**2 * (bowl + self.roughness**2 * rest)

    def _scaled(self, u: Array, v: Array) -> tuple[float, Array]:
        scale = float(np.sqrt(5.0)) / self.lengthscale
        return scale, scale * cdist(u, v)
