"""Calibration: measured effects in, scales out, so that one unit is about the same visible change on every axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array

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
        """(k,) distances from 0 in units, and (k,) visible changes there: medians, then the nearest rising curve.

        Both directions and all repeats of a distance are pooled. Both begin with 0.
        """
        reach = np.abs(self.units)
        levels = np.unique(reach)
        pooled = [self.distances[reach == level].ravel() for level in levels]
        seen = [values[np.isfinite(values)] for values in pooled]
        kept = [index for index, values in enumerate(seen) if len(values)]
        medians = np.array([np.median(seen[index]) for index in kept])
        weights = np.array([len(seen[index]) for index in kept], dtype=float)
        return np.array([0.0, *levels[kept]]), np.array([0.0, *rising(medians, weights)])

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


def scales_of(effects: Sequence[Effects], *, limits: tuple[float, float] = RANGE) -> tuple[AxisScale, ...]:
    """One scale an axis, so that one unit changes a picture on each as much as on the median axis.

    The median is over the axes that change a picture at all: neither a dead axis nor an overpowering one moves it.
    Scales stay within `limits`, which may leave an axis weaker or stronger than the rest; `calibrated` says how much.

    Args:
        effects: one an axis, measured with the same features.
        limits: smallest and largest scale.
    """
    curves = [one.curve() for one in effects]
    strength = np.array([_seen(*curve, 1.0) for curve in curves])
    visible = strength > LEAST_STEP
    target = float(np.median(strength[visible])) if visible.any() else 0.0
    visible &= strength > LEAST_SHARE * target
    found = []
    for index, one in enumerate(effects):
        reach = _reach(*curves[index], target) if visible[index] else 1.0
        scale = float(np.clip(reach, *limits))
        found.append(AxisScale(
            scale, float(strength[index]), _seen(*curves[index], scale), one.monotone(), bool(visible[index])
        ))  # fmt: skip
    return tuple(found)


def rising(values: Array, weights: Array) -> Array:
    """(k,) the nondecreasing values nearest to (k,) values by weighted squares.

    Source: pool adjacent violators (Barlow et al. 1972).
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, heavy, long), (right, light, short) = pools[-2:]
            pools[-2:] = [((left * heavy + right * light) / (heavy + light), heavy + light, long + short)]
    return np.array([mean for mean, _, length in pools for _ in range(length)])


def spearman(one: Array, other: Array) -> float:
    """Rank correlation of two (n,) series, ties given their mean rank; 0 if one of them is constant."""
    ranks = []
    for series in (one, other):
        _, place, count = np.unique(series, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(count) - (count - 1) / 2)[place])
    centred = [rank - rank.mean() for rank in ranks]
    size = float(np.linalg.norm(centred[0]) * np.linalg.norm(centred[1]))
    return float(centred[0] @ centred[1]) / size if size > 0 else 0.0


def _reach(levels: Array, seen: Array, target: float) -> float:
    """How far along the curve `target` is seen first; beyond its end in proportion."""
    if target > seen[-1]:
        return float(levels[-1] * target / seen[-1])
    return float(np.interp(target, seen + 1e-12 * np.arange(len(seen)), levels))


def _seen(levels: Array, seen: Array, reach: float) -> float:
    """The curve at `reach`; beyond its end in proportion."""
    return float(np.interp(reach, levels, seen) * max(1.0, reach / levels[-1])) if len(levels) > 1 else 0.0
