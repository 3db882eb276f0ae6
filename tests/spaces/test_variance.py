"""Variance shares: planted components are found, and the interval says how well."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.spaces.variance import variance_shares


def planted(rng: np.random.Generator, z: float, seed: float, both: float, *, a: int = 12, b: int = 8) -> Array:
    """(a, b, 3) features with these standard deviations by place, by seed, and by both together."""
    return (
        z * rng.normal(size=(a, 1, 3)) + seed * rng.normal(size=(1, b, 3)) + both * rng.normal(size=(a, b, 3)) + 7.0
    )  # fmt: skip


@pytest.mark.parametrize("parts", [(3, 1, 1), (1, 3, 1), (1, 1, 3)])
def test_planted_shares_are_found_on_average(parts: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(0)
    found = [variance_shares(planted(rng, *parts, a=24, b=24)) for _ in range(40)]
    truth = np.square(parts) / np.square(parts).sum()
    mean = np.mean([(one.z, one.seed, one.both) for one in found], axis=0)
    np.testing.assert_allclose(mean, truth, atol=0.03)


@given(seed=st.integers(0, 60))
def test_components_are_those_of_the_analysis_of_variance(seed: int) -> None:
    a, b = 4, 3
    x = planted(np.random.default_rng(seed), 1, 1, 1, a=a, b=b)
    grand = sum(x[i, j] for i in range(a) for j in range(b)) / (a * b)
    rows, columns = (
        [sum(x[i, j] for j in range(b)) / b for i in range(a)],
        [sum(x[i, j] for i in range(a)) / a for j in range(b)],
    )
    between = sum(b * ((row - grand) ** 2).sum() for row in rows) / (a - 1)
    across = sum(a * ((column - grand) ** 2).sum() for column in columns) / (b - 1)
    rest = sum(((x[i, j] - rows[i] - columns[j] + grand) ** 2).sum() for i in range(a) for j in range(b))
    left = rest / ((a - 1) * (b - 1))
    parts = np.array([max(0.0, (between - left) / b), max(0.0, (across - left) / a), left])
    found = variance_shares(x)
    np.testing.assert_allclose([found.z, found.seed, found.both], parts / parts.sum())


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, truth = np.random.default_rng(1), 4 / 6
    held = [low <= truth <= high for low, high in
            (variance_shares(planted(rng, 2, 1, 1)).interval for _ in range(200))]  # fmt: skip
    assert 0.85 < np.mean(held) <= 1.0


def test_pure_causes_have_all_of_it() -> None:
    rng = np.random.default_rng(0)
    assert variance_shares(planted(rng, 1, 0, 0)).z == pytest.approx(1)
    assert variance_shares(planted(rng, 0, 1, 0)).seed == pytest.approx(1)
    assert variance_shares(planted(rng, 0, 0, 0)) == variance_shares(np.zeros((3, 3, 1)))
    assert variance_shares(np.zeros((3, 3, 1))).z == 0


@given(seed=st.integers(0, 60), factor=st.floats(0.1, 10))
def test_shares_sum_to_one_and_neither_scale_order_nor_turn_matters(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    features = planted(rng, 1, 1, 1, a=5, b=4)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    plain = variance_shares(features)
    moved = variance_shares(factor * features[::-1][:, ::-1] @ turn + 3)
    assert plain.z + plain.seed + plain.both == pytest.approx(1)
    assert (moved.z, moved.seed, *moved.interval) == pytest.approx((plain.z, plain.seed, *plain.interval), abs=1e-9)
    swapped = variance_shares(features.transpose(1, 0, 2))
    assert (swapped.z, swapped.seed) == pytest.approx((plain.seed, plain.z))


@pytest.mark.parametrize(
    "features", [np.zeros((2, 5, 1)), np.zeros((5, 2, 1)), np.zeros((5, 5)), np.full((4, 4, 1), np.nan)]
)
def test_what_cannot_be_decomposed_is_refused(features: Array) -> None:
    with pytest.raises(ShapeError):
        variance_shares(features)
