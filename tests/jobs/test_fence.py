"""What a lost job's worker still does is not written."""

from collections.abc import Callable
from typing import Any

import pytest

from pilotage.core.clock import system_clock
from pilotage.core.errors import JobLostError
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.jobs import run_job
from pilotage.jobs.base import new_job
from pilotage.jobs.binding import BoundStore, bound
from pilotage.jobs.fence import Fence
from pilotage.store import ArtifactRow, JobRow, MemoryStore

LOSSES: dict[str, dict[str, Any]] = {
    "taken over": {"state": "queued", "worker_id": None},
    "begun by another": {"starts": 2, "worker_id": "other:0"},
    "begun again here": {"starts": 2},
    "asked for anew": {"state": "running", "attempt": 2},
    "ended": {"state": "cancelled"},
}


def artifact(name: str) -> ArtifactRow:
    return ArtifactRow(id=name, created_at=system_clock(), media_type="text/plain", size=1)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def run(store: MemoryStore) -> Callable[[Callable[[Progress], None]], JobRow]:
    """Run a job of worker here:0 whose verb is this."""
    job = new_job("work", {}, topic="t", key=("k",), clock=system_clock)
    with store.transaction() as tx:
        tx.put(job)

    def go(act: Callable[[Progress], None]) -> JobRow:
        def verb(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
            act(progress)
            return {"done": True}

        return run_job(
            store, {"work": verb}, job.id, clock=system_clock, progress=silent, cancel=CancelToken(),
            worker_id="here:0",
        )  # fmt: skip

    return go


def lose(store: MemoryStore, update: dict[str, Any]) -> JobRow:
    with store.transaction() as tx:
        (job,) = tx.list(JobRow)
        tx.put(lost := job.model_copy(update=update))
    return lost


@pytest.mark.parametrize("update", LOSSES.values(), ids=LOSSES)
def test_a_verb_whose_job_is_lost_writes_nothing_more(store: MemoryStore, run: Any, update: dict[str, Any]) -> None:
    lost: list[JobRow] = []

    def act(progress: Progress) -> None:
        with BoundStore(store).transaction() as tx:
            tx.put(artifact("before"))
        lost.append(lose(store, update))
        seq = store.last_seq()
        try:
            with BoundStore(store).transaction() as tx:
                tx.put(artifact("after"))
        finally:
            assert store.last_seq() == seq

    ended = run(act)
    assert [row.id for row in store.list(ArtifactRow)] == ["before"]
    assert ended == lost[0] == store.get(JobRow, ended.id)  # neither its phases nor its end


@pytest.mark.parametrize("update", LOSSES.values(), ids=LOSSES)
def test_a_job_that_is_lost_as_it_ends_is_not_ended(store: MemoryStore, run: Any, update: dict[str, Any]) -> None:
    assert run(lambda progress: lose(store, update) and None) == lose(store, {})
    assert store.list(JobRow)[0].result is None


def test_a_verb_that_hides_the_loss_cannot_write_either(store: MemoryStore, run: Any) -> None:
    def act(progress: Progress) -> None:
        lose(store, {"state": "queued", "worker_id": None})
        with pytest.raises(JobLostError):
            progress(Step("saving"))

    assert run(act).state == "queued"


def test_a_job_that_another_worker_has_is_not_begun(store: MemoryStore, run: Any) -> None:
    other = lose(store, {"state": "running", "starts": 1, "worker_id": "other:0"})
    assert run(lambda progress: pytest.fail("it was begun")) == other


def test_reading_behind_a_lost_fence_does_no_harm(store: MemoryStore) -> None:
    with store.transaction() as tx:
        tx.put(artifact("one"))
    with bound(Fence("job_gone", 1, 1, None)):
        assert BoundStore(store).get(ArtifactRow, "one").size == 1
