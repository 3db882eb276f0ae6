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
    x, widths = panels(-left, middle, right)
    pulled = np.exp(np.minimum((log_variance - peak)[:, None] - x, 700.0))  # lift e^-x, where lift underflows too
    fall = (0.5 * x * x + lift[:, None] * (x - 1.0) + pulled) / variance[:, None]
    density = widths * np.exp(-fall)
    mass = density.sum(axis=1)
    shift = (density * x).sum(axis=1) / mass
    spread = (density * (x - shift[:, None]) ** 2).sum(axis=1) / mass
    log_mass = np.log(mass) - (0.5 * lift * lift + lift) / variance - 0.5 * (np.log(2 * np.pi) + log_variance)
    return Moments(log_mass, peak + shift, spread)


def panels(start: Array, middle: Array, end: Array) -> tuple[Array, Array]:
    """(n, 40) nodes and masses of two Gauss-Legendre panels."""
    lengths = 0.5 * np.stack([middle - start, end - middle], axis=1)[:, :, None]
    centres = 0.5 * np.stack([start + middle, middle + end], axis=1)[:, :, None]
    x = centres + lengths * _NODES
    n = 2 * len(_NODES)
    return x.reshape(-1, n), (lengths * _MASSES).reshape(-1, n)
