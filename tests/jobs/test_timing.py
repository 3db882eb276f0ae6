"""The time left is a range from how long the like took, or nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pilotage.core.progress import Step
from pilotage.jobs.base import new_job
from pilotage.jobs.timing import Estimate, spans, time_left
from pilotage.store import JobRow, MemoryStore

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def job(number: int, *phases: tuple[str, float], ended: float | None = None, **more: Any) -> JobRow:
    made = new_job("step", {"model": "m"}, topic="t", key=(number,), clock=lambda: after(number))
    entries = [[phase, after(begun).isoformat(), "1"] for phase, begun in phases]
    state = "running" if ended is None else "succeeded"
    at = None if ended is None else after(ended)
    return made.model_copy(update={"phases": entries, "state": state, "ended_at": at, **more})


@pytest.fixture
def store() -> MemoryStore:
    """Eleven past jobs: loading 1 s, generating 10 to 20 s, saving 2 s."""
    made = MemoryStore()
    with made.transaction() as tx:
        for n in range(11):
            tx.put(job(n, ("loading", 0), ("generating", 1), ("saving", 11 + n), ended=13 + n))
        tx.put(job(50, ("loading", 0), ended=1000, payload={"model": "other"}))
        tx.put(job(51, ("loading", 0), ended=1000, state="failed"))
        tx.put(job(52, ("loading", 0), ended=1000, kind="render"))
    return made


def test_at_its_beginning_a_job_has_all_of_its_phases_ahead(store: MemoryStore) -> None:
    assert time_left(store, job(99, ("loading", 0)), after(0)) == (14.0, 22.0)  # 13 to 23 s; 10 and 90 % of that


def test_time_that_has_gone_by_leaves_those_that_took_as_long(store: MemoryStore) -> None:
    running = job(99, ("loading", 0), ("generating", 1))
    assert time_left(store, running, after(1 + 16)) == (2.4, 5.6)  # five were as slow: 0 to 4 s of it, and 2 s


def test_one_that_is_slower_than_its_like_has_no_range(store: MemoryStore) -> None:
    assert time_left(store, job(99, ("generating", 0)), after(60)) is None


def test_of_too_few_of_its_like_no_range_is_told() -> None:
    store = MemoryStore()
    with store.transaction() as tx:
        for n in range(2):
            tx.put(job(n, ("loading", 0), ended=3))
    assert time_left(store, job(99, ("loading", 0)), after(0)) is None
    assert time_left(store, job(99), after(0)) is None


def test_a_clock_that_was_set_back_does_not_lengthen_it(store: MemoryStore) -> None:
    assert time_left(store, job(99, ("loading", 0)), after(-3600)) == (14.0, 22.0)


def test_steps_that_are_done_narrow_the_range(store: MemoryStore) -> None:
    now = [0.0]
    estimate = Estimate(store, job(99), lambda: after(now[0]))
    low, high = estimate.after(Step("generating", 0, 10)) or (0, 0)
    now[0] = 12.0
    nearer, farther = estimate.after(Step("generating", 8, 10)) or (0, 0)
    assert (low, high) == (13.0, 21.0)
    assert 4.0 <= nearer <= farther <= 6.0  # a fifth of 10 to 20 s, and 2 s of saving
    assert farther - nearer < (high - low) / 3


def test_a_pace_of_its_own_counts(store: MemoryStore) -> None:
    now = [0.0]
    estimate = Estimate(store, job(99), lambda: after(now[0]))
    estimate.after(Step("generating", 0, 10))
    now[0] = 100.0
    _, high = estimate.after(Step("generating", 5, 10)) or (0, 0)
    assert high >= 100


def test_only_the_last_start_of_a_past_job_tells_how_long_it_takes() -> None:
    known = job(1, ("loading", 0), ("generating", 5), ended=1010)
    again = [["loading", after(1000).isoformat(), "2"], ["generating", after(1004).isoformat(), "2"]]
    assert spans(known.model_copy(update={"phases": [*known.phases, *again]})) == [
        ("loading", 4.0),
        ("generating", 6.0),
    ]
