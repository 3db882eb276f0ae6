"""Figures and bars of made-up outcomes, whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.bench.standing import rows_of, text_of
from pilotage.bench.statistics import censored_median, paired_interval, rounds_to, standard_error
from pilotage.bench.trials import Outcome


def outcomes(gain: float, n: int = 8, ms: float = 1.0) -> list[Outcome]:
    """Utility climbs evenly to .8 at round 25, plus the gain and a seed's own luck."""
    luck = np.random.default_rng(0).normal(scale=0.05, size=n)
    curves = [0.8 * np.arange(1, 26) / 25 + gain + luck[seed] for seed in range(n)]
    return [
        Outcome(i, tuple(map(float, c)), tuple(map(float, c)), (ms,) * 25, (i % 4,) * 25, ((),) * 25, (0,) * 25)
        for i, c in enumerate(curves)
    ]


def test_the_interval_of_paired_differences_is_that_of_the_normal_one() -> None:
    differences = np.random.default_rng(1).normal(0.2, 1.0, size=400)
    low, high = paired_interval(differences)
    half = 1.96 * standard_error(differences)
    assert (low, high) == pytest.approx((differences.mean() - half, differences.mean() + half), abs=0.01)


def test_the_interval_covers_the_truth_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(2)
    intervals = [paired_interval(rng.normal(0.5, 1.0, size=40)) for _ in range(300)]
    assert 0.90 <= np.mean([low <= 0.5 <= high for low, high in intervals]) <= 0.98


def test_rounds_are_counted_to_the_first_that_reaches() -> None:
    curves = np.array([[0.1, 0.95, 0.2], [0.1, 0.2, 0.3], [0.9, 0.0, 0.0]])
    assert rounds_to(curves, 0.9).tolist() == [2.0, np.inf, 1.0]


@pytest.mark.parametrize(("values", "median"), [([1, 2, np.inf], 2), ([1, 2, 3, np.inf], 3), ([1, np.inf], None)])
def test_a_median_among_those_that_never_came_is_unknown(values: list[float], median: float | None) -> None:
    assert censored_median(np.array(values, dtype=float)) == median


def test_pairing_takes_out_the_luck_of_a_seed() -> None:
    rows = rows_of({("hartmann6 winner", "default"): outcomes(0.1), ("hartmann6 winner", "local"): outcomes(0.0)})
    at_20 = next(row for row in rows if row.metric == "utility at 20")
    assert (at_20.ours, at_20.theirs) == pytest.approx((0.74, 0.64), abs=0.05)
    assert at_20.spread == pytest.approx((0.1, 0.1))


@pytest.mark.parametrize(("gain", "kept"), [(0.05, [True, True]), (0.02, [True, False]), (-0.05, [False, False])])
def test_bars_hold_where_they_should(gain: float, kept: list[bool]) -> None:
    rows = rows_of({("hartmann6 winner", "default"): outcomes(gain), ("hartmann6 winner", "local"): outcomes(0.0)})
    assert [row.holds for row in rows if row.metric == "utility at 20 less local's"] == kept


def test_a_slow_engine_misses_its_bar() -> None:
    (row,) = rows_of({("bowl8 winner", "default"): outcomes(0.0, ms=150.0)})
    assert (row.metric, row.holds) == ("cpu ms p95", False)


def test_the_table_names_methods_and_what_was_never_reached() -> None:
    text = text_of({("bowl8 winner", "default"): outcomes(0.0), ("bowl8 winner", "local"): outcomes(-0.1)})
    assert "> 25" in text
    assert "+0.100 [+0.100, +0.100]" in text


@pytest.mark.parametrize(("method", "kept"), [("default", True), ("archive+laplace_gp", False)])
def test_the_archive_must_cover_and_the_default_converge(method: str, kept: bool) -> None:
    """The made-up runs find 0, 1, 2 or 3 peaks in turn: 1.5 in the mean, all of them in a quarter."""
    rows = rows_of({("centres winner", method): outcomes(0.0)})
    assert [row.holds for row in rows if "peaks" in row.metric] == [kept]
