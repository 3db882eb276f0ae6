"""Calibration: one unit is about the same visible change on every axis, and what cannot be measured is said."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import nnls
from scipy.stats import spearmanr

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.spaces.calibration import RANGE, UNITS, Effects, median_effect, scales_of
from pilotage.spaces.monotone import rising, spearman

PLACES = np.array(UNITS)


def linear(slope: float, *, repeats: int = 3) -> Effects:
    """An axis that changes a picture in proportion."""
    return Effects(PLACES, np.repeat(slope * np.abs(PLACES)[:, None], repeats, axis=1))


def effects(slopes: list[float]) -> list[Effects]:
    return [linear(slope) for slope in slopes]


@given(slopes=st.lists(st.floats(0.24, 0.35), min_size=1, max_size=6))
def test_after_scaling_one_unit_changes_as_much_on_every_axis(slopes: list[float]) -> None:
    found = scales_of(effects(slopes))
    np.testing.assert_allclose([axis.calibrated for axis in found], np.median(slopes))
    np.testing.assert_allclose([axis.scale * slope for axis, slope in zip(found, slopes, strict=True)],
                               np.median(slopes))  # fmt: skip


def test_a_bent_curve_is_followed_and_not_its_value_at_one() -> None:
    bent = Effects(PLACES, np.sqrt(np.abs(PLACES))[:, None] * 0.4)
    straight, twin = linear(0.2), linear(0.2)
    found = scales_of([bent, straight, twin])
    assert found[0].effect == pytest.approx(0.4)
    knee = np.sqrt(0.5) * 0.4  # the curve is known at 0, .5 and 1
    assert found[0].scale == pytest.approx(max(RANGE[0], 0.5 * 0.2 / knee))
    assert found[0].calibrated == pytest.approx(knee)  # held at the least scale, and said so


def test_scales_stay_within_their_limits_and_what_is_left_is_told() -> None:
    found = scales_of(effects([0.05, 0.2, 0.2, 2.0]))
    np.testing.assert_allclose([axis.scale for axis in found], [RANGE[1], 1.0, 1.0, RANGE[0]])
    np.testing.assert_allclose([axis.calibrated for axis in found], [0.075, 0.2, 0.2, 1.0])


@pytest.mark.parametrize("strength", [0.0, 1e-12, 0.003])
def test_an_axis_without_visible_effect_is_flagged_and_left_alone(strength: float) -> None:
    found = scales_of(effects([strength, 0.2, 0.3]))
    assert [axis.visible for axis in found] == [False, True, True]
    assert found[0].scale == 1.0
    np.testing.assert_allclose([axis.calibrated for axis in found[1:]], 0.25)


def test_nothing_visible_at_all_divides_by_nothing() -> None:
    found = scales_of(effects([0.0, 0.0]))
    assert [(axis.scale, axis.visible, axis.calibrated) for axis in found] == [(1.0, False, 0.0)] * 2
    assert scales_of([]) == ()


@given(slopes=st.permutations([0.1, 0.2, 0.25, 0.4, 0.9]), factor=st.floats(0.8, 3))
def test_neither_the_order_of_axes_nor_the_unit_of_the_features_matters(slopes: list[float], factor: float) -> None:
    plain = {slope: axis.scale for slope, axis in zip(slopes, scales_of(effects(slopes)), strict=True)}
    larger = scales_of(effects([factor * slope for slope in sorted(slopes)]))
    np.testing.assert_allclose([axis.scale for axis in larger], [plain[slope] for slope in sorted(slopes)])


def test_one_wild_repeat_does_not_move_a_scale() -> None:
    wild = linear(0.2).distances.copy()
    wild[:, 0] = 50.0
    clean, disturbed = (scales_of([one, linear(0.3), linear(0.25)]) for one in (linear(0.2), Effects(PLACES, wild)))
    assert disturbed[0].scale == pytest.approx(clean[0].scale)


def test_an_axis_that_works_in_one_direction_alone_counts_half() -> None:
    lopsided = Effects(PLACES, np.array([[0.02], [0.01], [0.39], [0.78]])[:, [0, 0, 0]])
    assert lopsided.curve()[1].tolist() == pytest.approx([0.0, 0.2, 0.4])


def test_pictures_that_failed_are_left_out() -> None:
    holes = linear(0.2).distances.copy()
    holes[0, 0] = holes[3, 1] = np.nan
    assert scales_of([Effects(PLACES, holes), linear(0.4)])[0].effect == pytest.approx(0.2)
    gone = Effects(PLACES, np.full((4, 2), np.nan))
    assert (scales_of([gone, linear(0.4)])[0].visible, np.isnan(gone.monotone())) == (False, True)


def test_monotone_is_one_for_an_axis_that_only_grows_and_less_for_one_that_turns_back() -> None:
    back = Effects(PLACES, np.array([[0.1], [0.3], [0.3], [0.1]]))
    assert linear(0.2).monotone() == pytest.approx(1)
    assert back.monotone() == pytest.approx(0.5)
    assert linear(0.0).monotone() == 0.0


@given(curve=arrays(np.float64, 4, elements=st.floats(0, 5)))
def test_a_curve_never_falls(curve: Array) -> None:
    levels, seen = Effects(PLACES, curve[:, None]).curve()
    assert (levels.tolist(), seen[0]) == ([0.0, 0.5, 1.0], 0.0)
    assert (np.diff(seen) >= 0).all()


@given(
    values=arrays(np.float64, 5, elements=st.floats(-3, 3)), weights=arrays(np.float64, 5, elements=st.floats(0.5, 4))
)
def test_the_rising_curve_is_the_nearest_of_all(values: Array, weights: Array) -> None:
    steps = np.tril(np.ones((5, 5)))
    root = np.sqrt(weights)[:, None]
    signed = np.hstack([steps, -steps[:, :1]])  # the first step may fall, the others only rise
    parts, _ = nnls(root * signed, root[:, 0] * values)
    np.testing.assert_allclose(rising(values, weights), signed @ parts, atol=1e-6)


@given(one=arrays(np.float64, 6, elements=st.integers(0, 3)), other=arrays(np.float64, 6, elements=st.integers(0, 3)))
def test_rank_correlation_is_scipys(one: Array, other: Array) -> None:
    if min(np.ptp(one), np.ptp(other)) == 0:
        assert spearman(one, other) == 0
    else:
        assert spearman(one, other) == pytest.approx(spearmanr(one, other).statistic)


@pytest.mark.parametrize(("units", "shape"), [((-1.0, 0.0), (2, 1)), ((1.0,), (2, 1)), ((1.0, 2.0), (2,))])
def test_effects_that_do_not_fit_are_refused(units: tuple[float, ...], shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError):
        Effects(np.array(units), np.ones(shape))


def test_a_target_of_its_own_is_met_by_every_axis() -> None:
    found = scales_of(effects([0.2, 0.25]), target=0.24)
    np.testing.assert_allclose([axis.calibrated for axis in found], 0.24)
    assert median_effect(effects([0.0, 0.1, 0.2, 0.3, 9.0])) == pytest.approx(0.25)
    assert median_effect([]) == 0


def test_limits_can_be_chosen() -> None:
    for low, high in itertools.product((0.2, 1.0), (1.0, 4.0)):
        scales = [axis.scale for axis in scales_of(effects([0.05, 0.2, 0.8]), limits=(low, high))]
        assert scales == pytest.approx([high, 1.0, max(low, 0.25)])
