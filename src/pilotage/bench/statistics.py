"""Few seeds, honestly: standard errors, paired intervals, medians of what was not always reached."""

from __future__ import annotations

import numpy as np

from pilotage.core.shapes import Array

N_BOOTSTRAP = 10_000


def standard_error(values: Array) -> float:
    """Of the mean of (n,) values; NaN of a single one."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


def paired_interval(differences: Array) -> tuple[float, float]:
    """The 95 % interval of the mean of (n,) paired differences, by the percentile bootstrap on fixed draws.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    draws = np.random.default_rng(0).integers(len(differences), size=(N_BOOTSTRAP, len(differences)))
    low, high = np.quantile(differences[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def told_interval(values: Array) -> str:
    """The mean of (n,) values with its 95 % interval."""
    return "{:+.3f} [{:+.3f}, {:+.3f}]".format(values.mean(), *paired_interval(values))


def rounds_to(utility: Array, level: float) -> Array:
    """(n,) the first round, from 1, in which each of (n, rounds) is at `level` or above; inf if it never is."""
    reached = utility >= level
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)


def censored_median(values: Array) -> float | None:
    """The median of (n,) values of which some are inf; None where it falls among those."""
    middle = float(np.sort(values)[len(values) // 2])  # the upper of the two middle ones: nothing is averaged with inf
    return middle if np.isfinite(middle) else None
