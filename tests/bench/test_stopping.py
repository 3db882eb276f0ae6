"""Runs that are advised: what is told of them, and that to be watched changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pilotage.bench.names import case_named, method_named
from pilotage.bench.rows import Row
from pilotage.bench.stopping import ALL, EPSILON, Watch, Watches, measure, rows_of, watch
from pilotage.bench.trials import Trial, run
from pilotage.core.errors import InvalidInputError


def told(stop: int | None, left: float, *, band: tuple[float, float] = (0.0, 1.0), rounds: int = 5) -> Watch:
    """A run that has `left` to gain throughout, and is advised to stop after one round, from 0."""
    verdicts = tuple("worth_stopping" if turn == stop else "go_on" for turn in range(rounds))
    return Watch(0, (1.0 - left,) * rounds, (band[0],) * rounds, (band[1],) * rounds, verdicts, ("gain",) * rounds)


def figure(rows: list[Row], metric: str, case: str = ALL) -> Row:
    return next(row for row in rows if row.case == case and row.metric.startswith(metric))


def test_only_who_stops_early_counts_as_stopping_early_and_only_who_stops_is_right_or_wrong() -> None:
    rows = rows_of({"a": [told(1, 0.05), told(4, 0.05), told(None, 0.9)], "b": [told(2, 0.5)]})
    early = figure(rows, "stops before round 5")
    assert (early.ours, early.holds, early.n) == (0.5, True, 4)
    right = figure(rows, f"regret at stop is at most {EPSILON:g}")
    assert (right.ours, right.holds, right.n) == (pytest.approx(2 / 3), False, 3)
    assert figure(rows, "stops before", "a").bar is None
    assert figure(rows, "median round of stopping").ours == 5.0


def test_nobody_who_stops_is_no_success() -> None:
    rows = rows_of({"a": [told(None, 0.01)] * 3})
    assert figure(rows, f"regret at stop is at most {EPSILON:g}").ours is None
    assert figure(rows, f"regret at stop is at most {EPSILON:g}").holds is False
    assert figure(rows, "stops before").holds is False
    assert figure(rows, "median round").ours is None


def test_bands_hold_the_truth_or_do_not() -> None:
    rows = rows_of({"a": [told(None, 0.3, band=(0.1, 0.4)), told(None, 0.3, band=(0.0, 0.2))]})
    assert figure(rows, "share of 90% bands").ours == 0.5


def test_to_be_advised_changes_nothing_of_a_search(tmp_path: Path) -> None:
    trial = Trial(function=case_named("{kind: bowl, dim: 2, active: 2}"), method=method_named("default"), rounds=4)
    seen = watch(trial, 3)
    assert seen.utility == run(trial, 3).utility
    assert len(seen.verdicts) == 4
    assert seen.verdicts[0] == "cannot_tell"
    assert all(0 <= low <= high <= 1 for low, high in zip(seen.low, seen.high, strict=True))
    ledger = Watches(tmp_path)
    ledger.add(trial, seen)
    assert ledger.read(trial) == {3: seen}


def test_a_method_that_is_none_of_ours_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="local"):
        measure(tmp_path, cases=["bowl8"], method="local", seeds=1)
