"""The suite of job engines can fail: each of these has one fault, and is found out."""

import inspect
from types import SimpleNamespace
from typing import Any

import pytest

from pilotage.jobs import InlineEngine
from pilotage.jobs.base import put_job
from pilotage.store import JobRow, MemoryStore, Transaction
from pilotage.testing import jobs
from pilotage.testing.jobs import JobEngineContract, echo_verbs


def failures(engine_class: type[InlineEngine], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The tests of the suite that an engine does not pass."""
    monkeypatch.setattr(jobs, "PATIENCE", 2.0)  # longer than what is heedless takes
    found = set()
    for name, test in inspect.getmembers(JobEngineContract, inspect.isfunction):
        if not name.startswith("test_"):
            continue
        store = MemoryStore()
        made: dict[str, Any] = {"store": store, "engine": engine_class(store, echo_verbs())}
        contract = JobEngineContract()
        contract.topic = name
        try:
            test(contract, **{key: made[key] for key in inspect.signature(test).parameters if key != "self"})
        except Exception:
            found.add(name)
    return found


class ForgetsWhatItHas(InlineEngine):
    """Asked twice, it queues twice."""

    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        return put_job(tx, job, self._clock)


class DeafEngine(InlineEngine):
    """It never hears that a job is cancelled."""

    def cancel(self, job_id: str) -> None:
        self._store.get(JobRow, job_id)


class WritesBesidesTheTransaction(InlineEngine):
    """It queues a job even if the caller's transaction is undone."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.kept: list[JobRow] = []

    def enqueue(self, tx: Transaction, job: JobRow) -> JobRow:
        self.kept.append(job)
        return super().enqueue(tx, job)

    def wait(self, job_id: str, *, timeout: float | None = None) -> JobRow:
        with self._store.transaction() as tx:
            for job in self.kept:
                tx.insert(job)
        return super().wait(job_id, timeout=timeout)


class HidesErrors(InlineEngine):
    """A job that failed looks like one that succeeded."""

    def wait(self, job_id: str, *, timeout: float | None = None) -> JobRow:
        job = super().wait(job_id, timeout=timeout)
        return job.model_copy(update={"state": "succeeded", "error": None})


def test_an_engine_without_a_fault_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failures(InlineEngine, monkeypatch) == set()


@pytest.mark.parametrize(
    ("broken", "finds"),
    [
        (ForgetsWhatItHas, "test_a_job_asked_for_twice_is_one_job"),
        (DeafEngine, "test_a_running_job_stops_soon_after_it_is_cancelled"),
        (WritesBesidesTheTransaction, "test_a_job_of_a_transaction_that_raised_was_never_asked_for"),
        (HidesErrors, "test_a_job_that_fails_says_why_as_data"),
    ],
)
def test_an_engine_with_a_fault_is_found_out(
    broken: type[InlineEngine], finds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if broken is DeafEngine:  # a job that nobody cancels takes its time
        monkeypatch.setattr(jobs, "time", SimpleNamespace(sleep=lambda seconds: None, monotonic=jobs.time.monotonic))
    assert finds in failures(broken, monkeypatch)
