"""Jobs in the caller's own thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pilotage.core.clock import system_clock
from pilotage.core.errors import JobCancelledError, StorageError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.jobs import InlineEngine, run_job
from pilotage.jobs.base import new_job
from pilotage.jobs.leases import note_death
from pilotage.jobs.presence import worker_name
from pilotage.jobs.processes import process_name
from pilotage.jobs.run import MAX_STARTS
from pilotage.store import JobRow, MemoryStore, WorkerRow
from pilotage.testing.jobs import JobEngineContract, echo_verbs


class TestInlineEngine(JobEngineContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()

    @pytest.fixture
    def engine(self, store: MemoryStore) -> InlineEngine:
        return InlineEngine(store, echo_verbs())


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def job(store: MemoryStore) -> JobRow:
    made = new_job("echo", {}, topic="t", key=(1,), clock=system_clock)
    with store.transaction() as tx:
        tx.put(made)
    return made


def test_every_step_reaches_whoever_watches(store: MemoryStore, job: JobRow) -> None:
    steps: list[Step] = []
    InlineEngine(store, echo_verbs(), progress=steps.append).wait(job.id)
    assert [(step.phase, step.done) for step in steps] == [(p, n) for p in ("loading", "generating") for n in range(3)]


def test_a_job_over_which_a_process_died_is_run_again_but_not_for_ever(store: MemoryStore, job: JobRow) -> None:
    def died(starts: int) -> JobRow:
        with store.transaction() as tx:
            tx.put(job.model_copy(update={"state": "running", "starts": starts}))
        return run_job(store, echo_verbs(), job.id, clock=system_clock, progress=silent, cancel=CancelToken())

    assert died(MAX_STARTS - 1).state == "succeeded"
    ended = died(MAX_STARTS)
    assert ended.state == "failed"
    assert ended.error is not None
    assert "died 3 times" in ended.error["message"]


def test_a_job_that_is_given_up_says_where_and_how_it_ended(store: MemoryStore, job: JobRow) -> None:
    known = {"state": "running", "starts": MAX_STARTS, "worker_id": worker_name(0)}
    with store.transaction() as tx:
        tx.put(job.model_copy(update={**known, "phases": [["generating", "2026-01-01T00:00:00+00:00", "3"]]}))
    note_death(store, 0, "the worker was ended by SIGSEGV")
    run_job(
        store, echo_verbs(), job.id, clock=system_clock, progress=silent, cancel=CancelToken(),
        worker_id=worker_name(0),
    )  # fmt: skip
    ended = store.get(JobRow, job.id)
    assert ended.error is not None
    assert (ended.state, ended.error["message"]) == (
        "failed",
        "the process died 3 times over this job, the last time while generating: the worker was ended by SIGSEGV",
    )


def test_a_death_is_noted_at_the_jobs_of_that_worker_alone(store: MemoryStore, job: JobRow) -> None:
    with store.transaction() as tx:
        tx.put(job.model_copy(update={"state": "running", "starts": 1, "worker_id": worker_name(1)}))
    note_death(store, 0, "bad")
    assert store.get(JobRow, job.id).error is None
    note_death(store, 1, "bad")
    assert store.get(JobRow, job.id).state == "running"
    ended = run_job(
        store, echo_verbs(), job.id, clock=system_clock, progress=silent, cancel=CancelToken(),
        worker_id=worker_name(1),
    )  # fmt: skip
    assert (ended.state, ended.error) == ("succeeded", None)  # a death that was overcome is no error


def test_a_job_that_a_dead_worker_left_is_run_by_whoever_waits_for_it(store: MemoryStore, job: JobRow) -> None:
    with store.transaction() as tx:
        tx.put(job.model_copy(update={"state": "running", "starts": 1, "worker_id": worker_name(0)}))
        tx.put(
            WorkerRow(
                id=worker_name(0), created_at=system_clock(), pid=2**22 + 1, device="cpu", address="",
                beat_at=system_clock(), status={"jobs": [job.id]},
            )
        )  # fmt: skip
    ended = InlineEngine(store, echo_verbs()).wait(job.id)
    assert (ended.state, ended.starts, ended.worker_id) == ("succeeded", 2, process_name())


def test_a_job_that_a_worker_has_in_hand_is_not_run_twice(store: MemoryStore, job: JobRow) -> None:
    with store.transaction() as tx:
        tx.put(running := job.model_copy(update={"state": "running", "starts": 1, "worker_id": "elsewhere:0"}))
    assert InlineEngine(store, echo_verbs()).wait(job.id, timeout=0.1) == running


def test_a_wish_to_cancel_outlives_the_worker_that_should_have_heard_it(store: MemoryStore, job: JobRow) -> None:
    with store.transaction() as tx:
        tx.put(job.model_copy(update={"state": "running", "starts": 1, "cancel_requested": True}))
    ended = run_job(store, echo_verbs(), job.id, clock=system_clock, progress=silent, cancel=CancelToken())
    assert ended.state == "cancelled"


def test_a_wish_to_cancel_written_meanwhile_is_not_overwritten(store: MemoryStore, job: JobRow) -> None:
    def verb(payload: dict[str, object], *, progress: Progress, cancel: CancelToken) -> dict[str, object]:
        with store.transaction() as tx:
            tx.put(tx.get(JobRow, job.id).model_copy(update={"cancel_requested": True}))
        progress(Step("generating"))
        assert store.get(JobRow, job.id).cancel_requested
        return {}

    ended = run_job(store, {"echo": verb}, job.id, clock=system_clock, progress=silent, cancel=CancelToken())
    assert (ended.state, ended.cancel_requested) == ("succeeded", True)


def test_ctrl_c_ends_the_job_as_cancelled_and_goes_on_up(store: MemoryStore, job: JobRow) -> None:
    def verb(payload: dict[str, object], *, progress: Progress, cancel: CancelToken) -> dict[str, object]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        InlineEngine(store, {"echo": verb}).wait(job.id)
    ended = store.get(JobRow, job.id)
    assert ended.state == "cancelled"
    assert ended.error is not None
    assert ended.error["code"] == JobCancelledError.code


def test_a_job_that_ended_is_not_run_again(store: MemoryStore, job: JobRow) -> None:
    with store.transaction() as tx:
        tx.put(job.model_copy(update={"state": "cancelled"}))
    assert InlineEngine(store, echo_verbs()).wait(job.id).state == "cancelled"


class Once:
    """A verb that is held up until `go_on`, and the store that it runs on."""

    def __init__(self, store: MemoryStore) -> None:
        self.calls, self.begun, self.go_on = 0, threading.Event(), threading.Event()
        self.engine = InlineEngine(store, {"echo": self})

    def __call__(self, payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
        self.calls += 1
        self.begun.set()
        assert self.go_on.wait(60)
        cancel.check()
        return {"call": self.calls}

    def while_it_runs(self, *acts: Callable[[], JobRow]) -> list[JobRow]:
        """What several threads get that each do something while a first one runs the job; its own job comes first."""
        with ThreadPoolExecutor() as threads:
            first = threads.submit(self.engine.wait, "job")
            assert self.begun.wait(60)
            others = [threads.submit(act) for act in acts]
            threading.Timer(0.3, self.go_on.set).start()  # time enough for the others to do what they should not
            return [one.result(20) for one in (first, *others)]


@pytest.fixture
def once(store: MemoryStore, job: JobRow) -> Once:
    with store.transaction() as tx:
        tx.put(job.model_copy(update={"id": "job"}))
    return Once(store)


def test_of_several_threads_that_wait_for_a_job_one_runs_it_and_all_get_its_end(once: Once) -> None:
    ended = once.while_it_runs(*[lambda: once.engine.wait("job")] * 4)
    assert once.calls == 1
    assert [(one.state, one.starts, one.result) for one in ended] == [("succeeded", 1, {"call": 1})] * 5


def test_two_engines_of_one_process_do_not_run_one_job_twice(once: Once, store: MemoryStore) -> None:
    other = InlineEngine(store, {"echo": once})
    ended = once.while_it_runs(lambda: other.wait("job"))
    assert once.calls == 1
    assert ended[0] == ended[1]


def test_a_thread_that_waits_no_longer_gets_the_job_as_it_stands(once: Once) -> None:
    first, other = once.while_it_runs(lambda: once.engine.wait("job", timeout=0.05))
    assert (first.state, other.state) == ("succeeded", "running")


def test_a_job_cancelled_from_another_thread_has_ended_for_all(once: Once, store: MemoryStore) -> None:
    def cancel() -> JobRow:
        once.engine.cancel("job")
        return once.engine.wait("job")

    assert [one.state for one in once.while_it_runs(cancel)] == ["cancelled"] * 2
    assert once.calls == 1


def test_a_job_whose_thread_fell_over_is_run_by_the_one_that_waits(
    once: Once, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, refused = store.transaction, iter([StorageError("the disk is full")])

    def fall_over_once() -> Any:
        if once.go_on.is_set() and (error := next(refused, None)):
            raise error
        return put()

    monkeypatch.setattr(store, "transaction", fall_over_once)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(once.engine.wait, "job")
        assert once.begun.wait(60)
        other = threads.submit(once.engine.wait, "job")
        threading.Timer(0.3, once.go_on.set).start()
        with pytest.raises(StorageError):
            first.result(20)
        assert (other.result(20).state, other.result().starts) == ("succeeded", 2)
