"""Calibration of forecasts whose truth is known, and of the engine on a few runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.bench.cache import Cache
from pilotage.bench.calibration import calibration_of, expected_error, measure, rows_of
from pilotage.bench.recovery import REPEATS, SETS, session
from pilotage.bench.trials import Outcome
from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.simulation import NoiseConfig


def outcomes(sharpened: float, n: int = 40) -> list[Outcome]:
    """Picks drawn from a softmax; the forecast takes its logits times `sharpened`."""
    rng, runs = np.random.default_rng(0), []
    for seed in range(n):
        logits = rng.normal(scale=1.5, size=(25, 4))
        picks = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
        odds: Array = np.exp(sharpened * logits)
        p = odds / odds.sum(axis=1, keepdims=True)
        zeros = (0.0,) * 25
        odds = np.exp(logits)
        chances = odds / odds.sum(axis=1, keepdims=True)
        told, true = (tuple(tuple(map(float, row)) for row in rows) for rows in (p, chances))
        runs.append(Outcome(seed, zeros, zeros, zeros, (0,) * 25, told, tuple(map(int, picks)), true))
    return runs


def test_true_forecasts_have_little_error_and_a_positive_gain() -> None:
    found = calibration_of(outcomes(1.0))
    assert found.ece < 0.03
    assert found.gain > 0.3
    assert found.gain == pytest.approx(found.known, abs=0.05)
    assert (found.rounds, found.places) == (1000, 4)
    assert all(row.holds for row in rows_of({"winner": found}))


@pytest.mark.parametrize("sharpened", [0.2, 5.0])
def test_timid_and_bold_forecasts_are_found_out(sharpened: float) -> None:
    found, true = calibration_of(outcomes(sharpened)), calibration_of(outcomes(1.0))
    assert found.ece > 0.08
    assert found.gain < true.gain
    assert rows_of({"winner": found})[0].holds is False


def test_an_even_guess_gains_nothing() -> None:
    found = calibration_of(outcomes(0.0))
    assert found.gain == pytest.approx(0.0)


def test_the_error_is_that_of_a_hand_computed_example() -> None:
    p = np.array([0.1] * 10 + [0.9] * 10)
    happened = np.array([0] * 8 + [1] * 2 + [1] * 10)
    assert expected_error(p, happened) == pytest.approx(0.5 * (0.8 * 0.1 + 0.2 * 0.9) + 0.5 * 0.1)


def test_the_engine_forecasts_better_than_an_even_guess(tmp_path: Path) -> None:
    found = measure(Cache(tmp_path), kinds=["winner", "tie", "undecided"], seeds=1)
    assert set(found) == {"winner", "tie", "undecided"}
    assert found["winner"].rounds == 75
    assert found["winner"].gain > 0


def test_a_method_without_forecasts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no forecasts"):
        measure(Cache(tmp_path), kinds=["winner"], method="local", seeds=1)


def test_an_unknown_kind_of_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="telepathy"):
        measure(Cache(tmp_path), kinds=["telepathy"])


def test_a_session_of_recovery_repeats_its_most_decided_sets() -> None:
    traces = session(0, NoiseConfig(), depth=1)
    assert len(traces) == SETS + REPEATS

    def lead(index: int) -> float:
        best, second = sorted(traces[index].utilities.values(), reverse=True)[:2]
        return best - second

    samples = [frozenset(item.sample for item in trace.judgement.items) for trace in traces]
    again = [samples.index(samples[index]) for index in range(SETS, SETS + REPEATS)]
    assert all(index < SETS for index in again)
    assert min(map(lead, again)) >= max(lead(index) for index in range(SETS) if index not in again)
