"""Moments of a Gaussian times one softmax choice whose leads all depend on one number: a pair, a rating, a slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array
from pilotage.preferences.cuts import DEEP, Moments, panels

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

    def log_p(self, s: Array) -> tuple[Array, Array, Array]:
        """(n, m) log-probabilities at (n, m) points, and their first and second derivatives there."""
        leads = s[:, :, None] * self.gains[:, None, :] + self.margins[:, None, :]
        least = np.minimum(leads.min(axis=2), 0.0)
        odds = np.exp(least[:, :, None] - leads)
        total = np.exp(least) + odds.sum(axis=2)
        share = odds / total[:, :, None]
        slope = (share * self.gains[:, None, :]).sum(axis=2)
        curve = slope**2 - (share * self.gains[:, None, :] ** 2).sum(axis=2)
        return least - np.log(total), slope, curve


def line_moments(lines: Lines, mean: Array, variance: Array, power: Array, *, near: Array) -> Moments:
    """Moments of `p(s)^power N(s; mean, variance)`, each (n,), to 1e-3.

    The log-density is concave: Newton finds its mode, starting `near`, and from outside where it has fallen by `DEEP`.
    """
    target = _Target(lines, mean, variance, power)
    peak = target.mode(near)
    top, _, _ = target.at(peak)
    left, right = target.fallen(peak, top).T
    edge = np.sign(peak) * EDGE - peak  # a wide density has its edge far from its mode
    x, widths = panels(-left, np.where((np.abs(peak) > EDGE) & (edge > -left) & (edge < right), edge, 0.0), right)
    density = widths * np.exp(target.at(peak[:, None] + x)[0] - top[:, None])
    mass = density.sum(axis=1)
    shift = (density * x).sum(axis=1) / mass
    spread = (density * (x - shift[:, None]) ** 2).sum(axis=1) / mass
    return Moments(np.log(mass) + top - 0.5 * np.log(2 * np.pi * variance), peak + shift, spread)


@dataclass(frozen=True, slots=True)
class _Target:
    lines: Lines
    mean: Array
    variance: Array
    power: Array

    def at(self, s: Array) -> tuple[Array, Array, Array]:
        """The log-density but for its constant, and two derivatives, at (n,) or (n, m) points."""
        points = s.reshape(len(self.mean), -1)
        away, v, power = points - self.mean[:, None], self.variance[:, None], self.power[:, None]
        log_p, slope, curve = self.lines.log_p(points)
        parts = power * log_p - 0.5 * away**2 / v, power * slope - away / v, power * curve - 1.0 / v
        value, first, second = (part.reshape(s.shape) for part in parts)
        return value, first, second

    def mode(self, near: Array) -> Array:
        """(n,) to a tenth of its sd: Newton inside a bracket that closes in."""
        reach = self.power * self.variance
        low = self.mean + reach * np.minimum(self.lines.gains.min(axis=1), 0.0)
        high = self.mean + reach * np.maximum(self.lines.gains.max(axis=1), 0.0)
        s = np.clip(near, low, high)
        for _ in range(MAX_STEPS):
            _, slope, curve = self.at(s)
            low, high = np.where(slope > 0, s, low), np.where(slope > 0, high, s)
            there = s - slope / curve
            there = np.where((there > low) & (there < high), there, 0.5 * (low + high))
            settled = ((there - s) ** 2 * -curve < 0.01).all()
            s = there
            if settled:
                break
        return s

    def fallen(self, peak: Array, top: Array) -> Array:
        """(n, 2) how far to the left and right the log-density has fallen by `DEEP`, or up to twice that."""
        x = np.repeat(np.sqrt(2 * DEEP * self.variance)[:, None], 2, axis=1)
        for _ in range(MAX_STEPS):
            value, slope, _ = self.at(peak[:, None] + SIDES * x)
            excess = top[:, None] - value - DEEP
            if (excess < DEEP).all():
                break
            x = x + np.where(excess >= DEEP, excess / (SIDES * slope), 0.0)
        return x
