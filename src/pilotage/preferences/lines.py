"""Moments of a Gaussian times one softmax choice whose leads all depend on one number: a pair, a rating, a slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import wrightomega

from pilotage.core.shapes import Array
from pilotage.preferences.cuts import DEEP, Moments, Panels

MAX_STEPS = 30
EDGE = 8.0  # a lead beyond it is safe
SIDES = np.array([-1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Lines:
    """Choices `p(s) = 1 / (1 + sum_k exp(-(gains_k s + margins_k)))`, padded to the widest.

    Attributes:
        gains: (n, width) what each lead on a rival grows by; 0 where padded.
        margins: (n, width) each lead at s = 0; +inf where padded.
    """

    gains: Array
    margins: Array

    def log_p(self, s: Array) -> Array:
        """(n, m) log-probabilities at (n, m) points."""
        least, _, total = self._odds(s)
        return np.asarray(least - np.log(total))

    def with_slopes(self, s: Array) -> tuple[Array, Array, Array]:
        """(n, m) log-probabilities at (n, m) points, and their first and second derivatives there."""
        gains = self.gains.T[:, :, None]
        least, odds, total = self._odds(s)
        odds *= gains
        slope = odds.sum(axis=0) / total
        odds *= gains
        return least - np.log(total), slope, slope * slope - odds.sum(axis=0) / total

    def _odds(self, s: Array) -> tuple[Array, Array, Array]:
        """(n, m) the least lead, 0 at most; (width, n, m) odds of the rivals, relative to it; (n, m) all odds."""
        leads = self.gains.T[:, :, None] * s + self.margins.T[:, :, None]
        least = np.minimum(leads.min(axis=0), 0.0)
        odds = np.exp(least - leads)
        return least, odds, np.exp(least) + odds.sum(axis=0)


def line_moments(lines: Lines, mean: Array, variance: Array, power: Array) -> Moments:
    """Moments of `p(s)^power N(s; mean, variance)`, each (n,), to 1e-3.

    The log-density is concave: Newton finds its mode, and from outside where it has fallen by `DEEP`.
    """
    target = _Target(lines, mean[:, None], variance[:, None], power[:, None])
    peak = target.mode()
    top = target.value(peak)
    left, right = target.fallen(peak, top).T
    edge = np.sign(peak[:, 0]) * EDGE - peak[:, 0]  # a wide density has its edge far from its mode
    middle = np.where((np.abs(peak[:, 0]) > EDGE) & (edge > -left) & (edge < right), edge, 0.0)
    panels = Panels.between(-left, middle, right)
    x = panels.x
    fallen = target.value(peak + x.reshape(len(x), -1)) - top
    mass, shift, spread = panels.moments(np.exp(fallen).reshape(x.shape))
    return Moments(np.log(mass) + top[:, 0] - 0.5 * np.log(2 * np.pi * variance), peak[:, 0] + shift, spread)


@dataclass(frozen=True, slots=True)
class _Target:
    """Powers of choices times Gaussians; the last three are (n, 1)."""

    lines: Lines
    mean: Array
    variance: Array
    power: Array

    def value(self, s: Array) -> Array:
        """The log-density but for its constant, at (n, m) points."""
        return np.asarray(self.power * self.lines.log_p(s) - 0.5 * (s - self.mean) ** 2 / self.variance)

    def at(self, s: Array) -> tuple[Array, Array, Array]:
        """The same, and two derivatives."""
        away, (log_p, slope, curve) = (s - self.mean) / self.variance, self.lines.with_slopes(s)
        value = self.power * log_p - 0.5 * away * away * self.variance
        return value, self.power * slope - away, self.power * curve - 1.0 / self.variance

    def mode(self) -> Array:
        """(n, 1) to a tenth of its sd: Newton inside a bracket that closes in."""
        reach, gains = self.power * self.variance, self.lines.gains
        low = self.mean + reach * np.minimum(gains.min(axis=1, keepdims=True), 0.0)
        high = self.mean + reach * np.maximum(gains.max(axis=1, keepdims=True), 0.0)
        s = np.minimum(np.maximum(self._near(), low), high)
        for _ in range(MAX_STEPS):
            _, slope, curve = self.at(s)
            low, high = np.where(slope > 0, s, low), np.where(slope < 0, s, high)
            step = -slope / curve
            small, there = step * step * -curve < 0.01, s + step
            s = np.where(small | ((there > low) & (there < high)), there, 0.5 * (low + high))
            if small.all():
                break
        return s

    def _near(self) -> Array:
        """(n, 1) where the farthest-pulling rivals on either side would have the mode, were each alone.

        With `x` how far a lead is pulled, `x = reach / (1 + exp(mean + x))`: at most `reach`, and at most the root of
        `x = reach exp(-mean - x)`, which it nears where the choice is easily lost.
        """
        gains, margins = self.lines.gains, self.lines.margins
        reach = self.power * self.variance * gains * gains
        with np.errstate(divide="ignore"):
            pulled = np.minimum(wrightomega(np.log(reach) - gains * self.mean - margins), reach)
        moved = pulled / np.where(gains == 0.0, 1.0, gains)
        farthest = np.maximum(moved.max(axis=1), 0.0) + np.minimum(moved.min(axis=1), 0.0)
        return self.mean + farthest[:, None]

    def fallen(self, peak: Array, top: Array) -> Array:
        """(n, 2) how far to the left and right the log-density has fallen by `DEEP`, or up to twice that."""
        x = np.repeat(np.sqrt(2 * DEEP * self.variance), 2, axis=1)
        for _ in range(MAX_STEPS):
            value, slope, _ = self.at(peak + SIDES * x)
            excess = top - value - DEEP
            if (excess < DEEP).all():
                break
            x = x + np.where(excess >= DEEP, excess / (SIDES * slope), 0.0)
        return x
