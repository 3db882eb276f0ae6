"""Moments of a Gaussian cut by `exp(-exp(-s))`: what one lost comparison does to one difference of utilities.

Utilities with Gumbel noise make softmax choices: the winner's noisy utility exceeds a rival's by s with this
probability. Every choice among many is such cuts, one a rival, that share the winner's noise.

Source: McFadden 1974 (softmax from Gumbel noise); the mode by the Wright omega function (Corless and Jeffrey 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import wrightomega

from pilotage.core.shapes import Array

DEEP = 25.0  # nats below the mode where the density is left out
EDGE = 6.0  # beyond it nothing is cut any more, to 0.3 %: the panels meet here
_NODES, _MASSES = np.polynomial.legendre.leggauss(20)
_POWERS = _MASSES[:, None] * _NODES[:, None] ** np.arange(3)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of `exp(-exp(-s)) N(s; mean, variance)`, each (n,).

    Attributes:
        log_mass: natural log of the integral.
        mean: of the normalised density.
        variance: of the normalised density, below that of the Gaussian.
    """

    log_mass: Array
    mean: Array
    variance: Array


def cut_moments(mean: Array, variance: Array) -> Moments:
    """Moments of Gaussians N(mean, variance) after the cut, to 1e-6, for any sd from 1e-3 to 1e4.

    About its mode `s* = mean + w` the log-density falls by `(x^2 / 2 + w (x - 1 + e^-x)) / variance`, exactly,
    so two panels of Gauss-Legendre nodes can be laid where it is not yet negligible.
    """
    log_variance = np.log(variance)
    lift = wrightomega(log_variance - mean)
    peak = mean + lift
    left = np.minimum(np.sqrt(2 * DEEP * variance / (1.0 + lift)), np.maximum(1.5, np.log(4 * DEEP) + peak))
    near = np.sqrt(DEEP * variance / (0.5 + lift / np.e))  # x - 1 + e^-x is at least x^2 / e up to 1, x - 1 beyond
    far = np.minimum(np.sqrt(2 * DEEP * variance), 1.0 + DEEP * np.exp(np.minimum(peak, 700.0)))
    right = np.where(near < 1.0, near, far)
    edge = EDGE - peak
    middle = np.where((peak > 0.0) & (edge > -left) & (edge < right), edge, 0.0)
    panels = Panels.between(-left, middle, right)
    x, lift3, fall = panels.x, lift[:, None, None], (-1.0 / variance)[:, None, None]
    pulled = np.exp(np.minimum((log_variance - peak)[:, None, None] - x, 700.0))  # lift e^-x, where lift underflows too
    mass, shift, spread = panels.moments(np.exp(((0.5 * x + lift3) * x - lift3 + pulled) * fall))
    log_mass = np.log(mass) - (0.5 * lift * lift + lift) / variance - 0.5 * (np.log(2 * np.pi) + log_variance)
    return Moments(log_mass, peak + shift, spread)


@dataclass(frozen=True, slots=True)
class Panels:
    """Two panels of Gauss-Legendre nodes for each of n integrals.

    Attributes:
        centres: (n, 2, 1).
        halves: (n, 2, 1) half their lengths.
    """

    centres: Array
    halves: Array

    @classmethod
    def between(cls, start: Array, middle: Array, end: Array) -> Panels:
        """From (n,) starts to (n,) middles, and on to (n,) ends."""
        edges = np.stack([start, middle, end], axis=1)[:, :, None]
        return cls(0.5 * (edges[:, 1:] + edges[:, :-1]), 0.5 * (edges[:, 1:] - edges[:, :-1]))

    @property
    def x(self) -> Array:
        """(n, 2, 20) the nodes."""
        return self.centres + self.halves * _NODES

    def moments(self, density: Array) -> tuple[Array, Array, Array]:
        """(n,) masses, means and variances of (n, 2, 20) densities at the nodes; x = 0 lies within their mass."""
        c, h = self.centres[:, :, 0], self.halves[:, :, 0]
        ones, firsts, seconds = np.moveaxis(density @ _POWERS, 2, 0) * h
        mass = ones.sum(axis=1)
        mean = (c * ones + h * firsts).sum(axis=1) / mass
        square = (c * c * ones + h * (2.0 * c * firsts + h * seconds)).sum(axis=1) / mass
        return mass, mean, square - mean * mean
