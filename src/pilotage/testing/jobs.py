"""What every job engine promises: subclass `JobEngineContract` and provide `store` and `engine`.

The engine must run the verbs of `echo_verbs`, in this process or in another; what they did, their jobs' rows say.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from pilotage.core.clock import system_clock
from pilotage.core.errors import GenerationError, InvalidInputError, NotFoundError
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.jobs import JobEngine, Verbs
from pilotage.jobs.base import JOB_EVENTS, JobChanged, new_job
from pilotage.store import JobRow, Store

PATIENCE = 30.0  # seconds; a worker on a busy machine needs a few


def echo_verbs() -> Verbs:
    """The verbs of the suite.

    `echo` answers its payload, `fail` and `break` raise, `odd` answers what is no JSON, `slow` waits to be cancelled,
    `heedless` takes a while to hear that it is.
    """
    return {"echo": _echo, "fail": _fail, "break": _break, "odd": _odd, "slow": _slow, "heedless": _heedless}


def _echo(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    for phase in ("loading", "generating"):
        for done in range(3):
            progress(Step(phase, done, 3))
            cancel.check()
    return {"echo": payload}


def _fail(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    raise InvalidInputError("a bad input", hint="Give a good one.", field="request.width")


def _break(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    raise ZeroDivisionError("a bug")


def _odd(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    return {"value": float("nan"), "set": {1}}


def _slow(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    for done in range(1000):
        progress(Step("generating", done, 1000))
        cancel.check()
        time.sleep(0.02)
    raise GenerationError("nobody cancelled it")


def _heedless(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    progress(Step("generating"))
    time.sleep(0.5)
    cancel.check()
    return {}


class JobEngineContract:
    """The contract of `pilotage.jobs.JobEngine`; one engine may be shared by all tests of a class."""

    @pytest.fixture(autouse=True)
    def _named(self, request: pytest.FixtureRequest) -> None:
        self.topic = request.node.name  # no two tests ask for the same job

    @pytest.fixture
    def store(self) -> Store:
        """The store that the engine uses."""
        raise NotImplementedError

    @pytest.fixture
    def engine(self, store: Store) -> JobEngine:
        raise NotImplementedError

    def ask(self, store: Store, engine: JobEngine, kind: str, **payload: Any) -> JobRow:
        """A job, enqueued; the same kind and payload are the same job."""
        key = (self.topic, repr(sorted(payload.items())))
        job = new_job(kind, payload, topic=self.topic, key=key, clock=system_clock)
        with store.transaction() as tx:
            return engine.enqueue(tx, job)

    def changes(self, store: Store, job: JobRow) -> list[tuple[str, str]]:
        """(state, phase) of the events of a job, in order."""
        payloads = [JOB_EVENTS.read(event) for event in store.events(topic=job.topic)]
        return [(one.state, one.phase) for one in payloads if isinstance(one, JobChanged) and one.job_id == job.id]

    def test_a_job_is_done_once_and_its_result_kept(self, store: Store, engine: JobEngine) -> None:
        job = self.ask(store, engine, "echo", word="ü", deep=[1, {"a": None}])
        done = engine.wait(job.id, timeout=PATIENCE)
        assert done.state == "succeeded"
        assert done.result == {"echo": {"word": "ü", "deep": [1, {"a": None}]}}
        assert (done.attempt, done.starts, done.error) == (1, 1, None)
        assert done.started_at is not None
        assert done.ended_at is not None
        assert done.created_at <= done.started_at <= done.ended_at
        assert store.get(JobRow, job.id) == done == engine.wait(job.id)

    def test_a_jobs_states_and_phases_are_events_in_order(self, store: Store, engine: JobEngine) -> None:
        job = self.ask(store, engine, "echo", events=True)
        done = engine.wait(job.id, timeout=PATIENCE)
        assert [(phase, start) for phase, _, start in done.phases] == [("loading", "1"), ("generating", "1")]
        assert self.changes(store, job) == [
            ("queued", ""),
            ("running", ""),
            ("running", "loading"),
            ("running", "generating"),
            ("succeeded", "generating"),
        ]

    def test_a_job_asked_for_twice_is_one_job(self, store: Store, engine: JobEngine) -> None:
        first = self.ask(store, engine, "echo", twice=True)
        second = self.ask(store, engine, "echo", twice=True)
        assert second.id == first.id
        done = engine.wait(first.id, timeout=PATIENCE)
        assert self.ask(store, engine, "echo", twice=True) == done
        assert engine.wait(first.id, timeout=PATIENCE).attempt == 1
        assert [state for state, _ in self.changes(store, first)].count("queued") == 1

    def test_a_job_of_a_transaction_that_raised_was_never_asked_for(self, store: Store, engine: JobEngine) -> None:
        job = new_job("echo", {}, topic=self.topic, key=(self.topic,), clock=system_clock)
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            self.enqueue_and_raise(engine, tx, job)
        assert store.find(JobRow, job.id) is None
        other = self.ask(store, engine, "echo", after=True)  # whatever the engine runs next, it is not that job
        assert engine.wait(other.id, timeout=PATIENCE).state == "succeeded"
        assert store.find(JobRow, job.id) is None

    def test_a_job_that_fails_says_why_as_data(self, store: Store, engine: JobEngine) -> None:
        done = engine.wait(self.ask(store, engine, "fail").id, timeout=PATIENCE)
        assert done.state == "failed"
        assert done.error == {
            "code": "invalid_input", "message": "a bad input", "hint": "Give a good one.", "field": "request.width",
        }  # fmt: skip
        assert done.result is None
        assert done.ended_at is not None

    def test_a_bug_in_a_verb_ends_its_job_and_not_the_engine(self, store: Store, engine: JobEngine) -> None:
        broken = engine.wait(self.ask(store, engine, "break").id, timeout=PATIENCE)
        assert broken.state == "failed"
        assert broken.error is not None
        assert broken.error["code"] == "internal"
        assert "ZeroDivisionError" in broken.error["message"]
        job = self.ask(store, engine, "echo", after="a bug")
        assert engine.wait(job.id, timeout=PATIENCE).state == "succeeded"

    def test_a_result_that_cannot_be_kept_fails_its_job(self, store: Store, engine: JobEngine) -> None:
        done = engine.wait(self.ask(store, engine, "odd").id, timeout=PATIENCE)
        assert (done.state, done.starts, done.result) == ("failed", 1, None)

    def test_a_kind_that_nobody_knows_fails(self, store: Store, engine: JobEngine) -> None:
        assert engine.wait(self.ask(store, engine, "unheard of").id, timeout=PATIENCE).state == "failed"

    def test_a_job_that_failed_can_be_asked_for_again(self, store: Store, engine: JobEngine) -> None:
        engine.wait(self.ask(store, engine, "fail").id, timeout=PATIENCE)
        again = self.ask(store, engine, "fail")
        assert again.attempt == 2
        assert again.error is None
        assert engine.wait(again.id, timeout=PATIENCE).state == "failed"
        assert [state for state, _ in self.changes(store, again)] == ["queued", "running", "failed"] * 2

    def test_a_running_job_stops_soon_after_it_is_cancelled(self, store: Store, engine: JobEngine) -> None:
        job = self.ask(store, engine, "slow")
        ended: list[JobRow] = []
        waiter = threading.Thread(target=lambda: ended.append(engine.wait(job.id, timeout=PATIENCE)))
        waiter.start()
        self.until(lambda: bool(store.get(JobRow, job.id).phases))
        asked = time.monotonic()
        engine.cancel(job.id)
        waiter.join()
        assert ended[0].state == "cancelled"
        assert ended[0].error is not None
        assert ended[0].error["code"] == "cancelled"
        assert time.monotonic() - asked < 5

    def test_a_cancelled_job_can_be_asked_for_again(self, store: Store, engine: JobEngine) -> None:
        job = self.ask(store, engine, "echo", cancelled=True)
        engine.cancel(job.id)
        first = engine.wait(job.id, timeout=PATIENCE)
        again = self.ask(store, engine, "echo", cancelled=True)
        done = engine.wait(job.id, timeout=PATIENCE)
        assert done.state == "succeeded"
        if first.state == "cancelled":  # a quick worker may have been done before it heard
            assert again.attempt == done.attempt == 2

    def test_a_job_asked_for_again_while_it_is_being_stopped_is_done(self, store: Store, engine: JobEngine) -> None:
        job = self.ask(store, engine, "heedless", stopping=True)
        waiter = threading.Thread(target=lambda: engine.wait(job.id, timeout=PATIENCE))
        waiter.start()
        self.until(lambda: bool(store.get(JobRow, job.id).phases))
        engine.cancel(job.id)
        again = self.ask(store, engine, "heedless", stopping=True)
        assert (again.state, again.attempt, again.cancel_requested) == ("queued", 2, False)
        done = engine.wait(job.id, timeout=PATIENCE)
        waiter.join()
        assert (done.state, done.attempt, done.error) == ("succeeded", 2, None)
        assert store.get(JobRow, job.id) == done

    def test_cancelling_a_job_that_has_ended_changes_nothing(self, store: Store, engine: JobEngine) -> None:
        done = engine.wait(self.ask(store, engine, "echo", ended=True).id, timeout=PATIENCE)
        engine.cancel(done.id)
        assert engine.wait(done.id, timeout=PATIENCE) == done

    def test_a_job_that_is_not_there_is_not_found(self, engine: JobEngine) -> None:
        with pytest.raises(NotFoundError):
            engine.wait("job_0", timeout=0)
        with pytest.raises(NotFoundError):
            engine.cancel("job_0")

    @staticmethod
    def enqueue_and_raise(engine: JobEngine, tx: Any, job: JobRow) -> None:
        engine.enqueue(tx, job)
        raise ZeroDivisionError

    @staticmethod
    def until(true: Any) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.01)
