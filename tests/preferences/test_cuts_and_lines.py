"""Moments of one cut, and of one choice along a line, against adaptive quadrature."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_expit, logsumexp

from pilotage.core.shapes import Array
from pilotage.preferences.cuts import Moments, cut_moments
from pilotage.preferences.lines import Lines, line_moments

means = st.floats(-60, 60)
sds = st.floats(-3, 6).map(lambda x: float(np.exp(x)))
STARS = np.arange(-2.0, 3.0)


def integrated(log_f: Callable[[Array], Array], found: Moments, mean: float, sd: float) -> tuple[float, float, float]:
    """Log mass, mean and variance by 400,000 trapezia about what was found."""
    reach = 14.0 * np.sqrt(found.variance[0])
    s = np.linspace(found.mean[0] - reach, found.mean[0] + reach, 400_001)
    logs = log_f(s) - 0.5 * ((s - mean) / sd) ** 2 - 0.5 * np.log(2 * np.pi * sd**2)
    density = np.exp(logs - logs.max())
    mass = np.trapezoid(density, s)
    centre = np.trapezoid(density * s, s) / mass
    return np.log(mass) + logs.max(), centre, np.trapezoid(density * (s - centre) ** 2, s) / mass


def check(found: Moments, expected: tuple[float, float, float], tolerance: float) -> None:
    assert found.log_mass[0] == pytest.approx(expected[0], abs=tolerance * (1 + abs(expected[0])))
    assert abs(found.mean[0] - expected[1]) < tolerance * np.sqrt(expected[2])
    assert found.variance[0] == pytest.approx(expected[2], rel=tolerance)


@given(means, sds)
def test_a_cut_has_the_moments_of_its_integral(mean: float, sd: float) -> None:
    found = cut_moments(np.array([mean]), np.array([sd**2]))
    check(found, integrated(lambda s: -np.exp(-np.maximum(s, -700.0)), found, mean, sd), 2e-4)


@given(means, sds, st.sampled_from([1.0, 0.3]))
def test_a_pair_has_the_moments_of_its_integral(mean: float, sd: float, power: float) -> None:
    lines = Lines(np.ones((1, 1)), np.zeros((1, 1)))
    found = line_moments(lines, np.array([mean]), np.array([sd**2]), np.array([power]))
    check(found, integrated(lambda s: power * log_expit(s), found, mean, sd), 2e-3)


@given(means, sds, st.integers(0, 4))
def test_a_rating_has_the_moments_of_its_integral(mean: float, sd: float, star: int) -> None:
    gains, margins = 0.5 * (STARS[star] - STARS), -0.25 * (STARS[star] ** 2 - STARS**2)
    rivals = np.arange(5) != star
    lines = Lines(gains[None, rivals], margins[None, rivals])
    found = line_moments(lines, np.array([mean]), np.array([sd**2]), np.ones(1))
    check(found, integrated(lambda s: -logsumexp(-(np.outer(s, gains) + margins), axis=1), found, mean, sd), 2e-3)


def test_far_beyond_the_cut_nothing_is_cut() -> None:
    found = cut_moments(np.array([1e3]), np.array([4.0]))
    assert (found.mean[0], found.variance[0], found.log_mass[0]) == pytest.approx((1e3, 4.0, 0.0), abs=1e-6)


def test_a_hopeless_lead_is_pulled_up_to_the_edge() -> None:
    """`exp(-exp(-s))` is a wall at about s = -log(slope): from far below, all mass is at its foot."""
    found = cut_moments(np.array([-1e4]), np.array([1.0]))
    assert found.mean[0] == pytest.approx(-np.log(1e4), abs=0.01)
    assert found.variance[0] < 1e-3
