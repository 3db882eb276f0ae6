"""Calibration: measured effects in, scales out, so that one unit is about the same visible change on every axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.spaces.monotone import rising, spearman

UNITS = (-1.0, -0.5, 0.5, 1.0)
RANGE = (0.5, 1.5)  # from 1.5 caption differences on, an attribute axis wears the object's shape down
LEAST_STEP = 1 / 255  # of a stored picture: less cannot be seen
LEAST_SHARE = 0.05  # of the median axis


@dataclass(frozen=True, slots=True)
class Effects:
    """What was seen along one axis.

    Attributes:
        units: (m,) places in units of z, none of them 0.
        distances: (m, r) feature distance from the picture at 0, on each of r carriers and seeds, with the same
            noise; NaN where a picture failed.
    """

    units: Array
    distances: Array

    def __post_init__(self) -> None:
        if self.distances.ndim != 2 or self.units.shape != self.distances.shape[:1] or not self.units.all():
            raise ShapeError(f"distances {self.distances.shape} do not fit {self.units.shape} places away from 0")

    def curve(self) -> tuple[Array, Array]:
        """(k,) distances from 0 in units, and (k,) visible changes there, made to rise; both begin with 0.

        A change is the median over repeats in each direction, then the mean of the two: one direction alone may do
        nothing (a white ground cannot turn white), and a median over both would jump between them.
        """
        known = np.flatnonzero(np.isfinite(self.distances).any(axis=1))
        medians = np.array([np.nanmedian(self.distances[place]) for place in known])
        reach = np.abs(self.units[known])
        levels = np.unique(reach)
        seen = np.array([medians[reach == level].mean() for level in levels])
        weights = np.array([np.isfinite(self.distances[known[reach == level]]).sum() for level in levels], dtype=float)
        return np.array([0.0, *levels]), np.array([0.0, *rising(seen, weights)])

    def monotone(self) -> float:
        """Spearman's rank correlation of how far and how different, over each direction and repeat; NaN if unknown.

        1: farther along always looks more different.
        """
        found = []
        for sign in (-1.0, 1.0):
            side = np.flatnonzero(np.sign(self.units) == sign)
            for repeat in self.distances[side].T:
                known = np.isfinite(repeat)
                if known.any():
                    reach = np.array([0.0, *np.abs(self.units[side][known])])
                    found.append(spearman(reach, np.array([0.0, *repeat[known]])))
        return float(np.mean(found)) if found else float("nan")


@dataclass(frozen=True, slots=True)
class AxisScale:
    """What calibration says of one axis.

    Attributes:
        scale: caption differences in one unit of z; 1 where nothing was seen.
        effect: visible change at one caption difference.
        calibrated: visible change at one unit of the new scale.
        monotone: as `Effects.monotone`.
        visible: whether the axis does anything that can be seen.
    """

    scale: float
    effect: float
    calibrated: float
    monotone: float
    visible: bool

    def as_data(self) -> dict[str, float | bool | None]:
        """As JSON; a correlation that nobody knows is None."""
        known = {"scale": self.scale, "effect": self.effect, "calibrated": self.calibrated, "visible": self.visible}
        return {**known, "monotone": self.monotone if np.isfinite(self.monotone) else None}


def median_effect(effects: Sequence[Effects]) -> float:
    """Visible change at one unit of the median axis, among those that change a picture at all; 0 if none does.

    Neither a dead axis nor an overpowering one moves it.
    """
    strength = np.array([_seen(*one.curve(), 1.0) for one in effects])
    visible = strength > LEAST_STEP
    return float(np.median(strength[visible])) if visible.any() else 0.0


def scales_of(
    effects: Sequence[Effects], *, target: float | None = None, limits: tuple[float, float] = RANGE
) -> tuple[AxisScale, ...]:
    """One scale an axis, so that one unit changes a picture on each as much as on the median axis.

    Scales stay within `limits`, which may leave an axis weaker or stronger than the rest; `calibrated` says how much.

    Args:
        effects: one an axis, measured with the same features.
        target: visible change that one unit shall have; `median_effect` of these axes if None.
        limits: smallest and largest scale.
    """
    wanted, found = median_effect(effects) if target is None else target, []
    for one in effects:
        curve = one.curve()
        strength = _seen(*curve, 1.0)
        visible = strength > max(LEAST_STEP, LEAST_SHARE * wanted)
        scale = float(np.clip(_reach(*curve, wanted), *limits)) if visible else 1.0
        found.append(AxisScale(scale, strength, _seen(*curve, scale), one.monotone(), visible))
    return tuple(found)


def _reach(levels: Array, seen: Array, target: float) -> float:
    """How far along the curve `target` is seen first; beyond its end in proportion."""
    if target > seen[-1]:
        return float(levels[-1] * target / seen[-1])
    return float(np.interp(target, seen + 1e-12 * np.arange(len(seen)), levels))


def _seen(levels: Array, seen: Array, reach: float) -> float:
    """The curve at `reach`; beyond its end in proportion."""
    return float(np.interp(reach, levels, seen) * max(1.0, reach / levels[-1])) if len(levels) > 1 else 0.0
