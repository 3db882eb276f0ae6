"""Jobs in the caller's own thread."""

import pytest

from pilotage.core.clock import system_clock
from pilotage.core.errors import JobCancelledError
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
