"""Fitted errors: right on average, near enough in most sessions of a hundred answers, honest about the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.simulation import Judge, Query
from pilotage.simulation.fitting import Fit, Trace, fit

Session = Callable[..., list[Trace]]


@pytest.fixture
def session(judge: Callable[..., Judge], query: Callable[..., Query]) -> Session:
    """Answers about sets of four of random worth; the most decided sets come again at the end."""

    def make(seed: int, *, n: int = 90, repeats: int = 10, spread: float = 2.0, kind: str = "ranking",
             depth: int | None = None, **noise: float) -> list[Trace]:  # fmt: skip
        rng = np.random.default_rng(seed)
        sets = [[f"{i}.{j}" for j in range(4)] for i in range(n)]
        worth = {name: float(spread * rng.standard_normal()) for names in sets for name in names}

        def gap(names: list[str]) -> float:
            best, second = sorted((worth[name] for name in names), reverse=True)[:2]
            return best - second

        again = [rng.permutation(names).tolist() for names in sorted(sets, key=gap)[n - repeats :]]
        person, history, traces = judge(worth, seed, **noise), list[Any](), list[Trace]()
        for index, names in enumerate(sets + again):
            asked = query(*names, kind=kind, index=index, depth=depth, incumbent=names[0])
            judgement, why = person.answer(asked, history)
            history.append(judgement)
            traces.append(Trace(judgement, why.utilities, names[0]))
        return traces

    return make


@pytest.mark.parametrize("lapse", [0.02, 0.05])
def test_a_hundred_rankings_with_ten_repeats_tell_temperature_and_lapse(session: Session, lapse: float) -> None:
    """In four of five sessions: temperature within a fifth, lapse within three of a hundred."""
    fits = [fit(session(seed, lapse=lapse)).noise for seed in range(30)]
    assert np.mean([abs(noise.temperature - 1.0) <= 0.2 for noise in fits]) >= 0.8
    assert np.mean([abs(noise.lapse - lapse) <= 0.03 for noise in fits]) >= 0.8


def test_the_temperature_of_a_hot_judge_is_found(session: Session) -> None:
    found = [fit(session(seed, temperature=2.5)).noise.temperature for seed in range(12)]
    assert np.mean(found) == pytest.approx(2.5, rel=0.1)


@pytest.mark.parametrize("kind", ["ranking", "ratings", "approval", "shortlist", "worst", "versus"])
def test_every_kind_of_answer_tells_the_temperature(session: Session, kind: str) -> None:
    traces = [trace for seed in range(3) for trace in session(seed, kind=kind, temperature=1.5)]
    assert fit(traces, free=("temperature",)).noise.temperature == pytest.approx(1.5, rel=0.2)


@pytest.mark.parametrize(
    ("name", "value", "within"),
    [("position", 1.0, 0.3), ("habit", 1.0, 0.3), ("threshold", 1.5, 0.4), ("fatigue", 0.01, 0.01)],
)
def test_biases_are_found(session: Session, name: str, value: float, within: float) -> None:
    kind = "approval" if name == "threshold" else "ranking"
    found = fit(session(5, n=390, kind=kind, **{name: value}), free=("temperature", name))
    assert getattr(found.noise, name) == pytest.approx(value, abs=within)


def test_a_change_of_mind_is_told_from_a_lapse(session: Session) -> None:
    found = fit(session(1, n=200, repeats=150, reversal=0.3, depth=1), free=("temperature", "lapse", "reversal")).noise
    assert found.reversal == pytest.approx(0.3, abs=0.1)
    assert found.lapse < 0.05


def test_refusals_are_counted_and_change_nothing_else(session: Session) -> None:
    traces = session(2, skip=0.25)
    found: Fit = fit(traces)
    assert found.noise.skip == pytest.approx(0.25, abs=0.1)
    assert found.noise.temperature == pytest.approx(1.0, abs=0.3)


def test_the_sd_is_that_of_the_estimates(session: Session) -> None:
    fits = [fit(session(seed), free=("temperature",)) for seed in range(30)]
    spread = np.std([one.noise.temperature for one in fits])
    assert np.mean([one.sd["temperature"] for one in fits]) == pytest.approx(spread, rel=0.4)


def test_what_cannot_be_fitted_is_named(session: Session) -> None:
    with pytest.raises(InvalidInputError) as caught:
        fit(session(0, n=20), free=("charm",))
    assert caught.value.field == "free"
    with pytest.raises(InvalidInputError):
        fit([])
