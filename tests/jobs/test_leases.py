"""When a worker has lost its jobs: by the watcher's own clock, whatever the clocks of others say."""

import os
import socket
import sys
from datetime import UTC, datetime, timedelta

import pytest

from pilotage.core.clock import system_clock
from pilotage.jobs.base import new_job
from pilotage.jobs.leases import Leases, release
from pilotage.jobs.processes import process_name
from pilotage.store import JobRow, MemoryStore, WorkerRow

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Scene:
    """A store with one worker that runs one job, and a watcher whose clock the test turns."""

    def __init__(self) -> None:
        self.store, self.seconds, self.beats = MemoryStore(), 0.0, 0
        self.leases = Leases(lease=40, look_every=2, now=lambda: self.seconds)
        job = new_job("echo", {}, topic="t", key=("k",), clock=lambda: NOON)
        self.job = job.model_copy(update={"state": "running", "starts": 1, "worker_id": "elsewhere:0"})
        with self.store.transaction() as tx:
            tx.put(self.job)

    def beat(self, at: datetime = NOON, *, jobs: bool = True, id_: str = "elsewhere:0", pid: int = 1) -> None:
        self.beats += 1
        named = {"jobs": [self.job.id] if jobs else []}
        row = WorkerRow(
            id=id_, created_at=NOON, pid=pid, device="cpu", address="", beat_at=at, beats=self.beats, status=named
        )
        with self.store.transaction() as tx:
            tx.put(row)

    def lapsed_after(self, seconds: float, *, step: float = 2) -> bool:
        """Whether the job lapses while the watcher looks every `step` seconds."""
        end = self.seconds + seconds
        while self.seconds < end:
            self.seconds += step
            if self.leases.lapsed(self.store):
                return True
        return False


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_worker_that_beats_keeps_its_job(scene: Scene) -> None:
    for _ in range(100):
        scene.beat()
        assert not scene.lapsed_after(2)


def test_a_worker_that_falls_silent_loses_its_job_after_the_lease_and_not_before(scene: Scene) -> None:
    scene.beat()
    assert not scene.lapsed_after(40)
    assert scene.lapsed_after(4)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_jumps_neither_steals_nor_strands(scene: Scene, jump: timedelta) -> None:
    at = NOON
    for number in range(60):
        at += jump if number == 30 else timedelta(seconds=2)
        scene.beat(at)
        assert not scene.lapsed_after(2)
    assert scene.lapsed_after(44)  # it died an hour ahead, or behind: its last word counts from when it was heard


def test_a_clock_that_stands_still_is_no_death(scene: Scene) -> None:
    for _ in range(60):
        scene.beat(NOON)
        assert not scene.lapsed_after(2)


def test_a_watcher_that_slept_does_not_take_its_neighbour_for_dead(scene: Scene) -> None:
    scene.beat()
    assert not scene.lapsed_after(20)
    scene.seconds += 3600  # the machine of both was suspended
    assert not scene.leases.lapsed(scene.store)
    scene.beat()
    assert not scene.lapsed_after(40)


def test_a_job_that_its_worker_has_forgotten_lapses_though_the_worker_lives(scene: Scene) -> None:
    for number in range(23):
        scene.beat(jobs=False)
        if scene.lapsed_after(2):
            assert number >= 20
            return
    raise AssertionError("it never lapsed")


def test_a_worker_of_this_machine_whose_process_is_gone_is_known_to_be_dead(scene: Scene) -> None:
    here = f"{socket.gethostname()}:0"
    scene.job = scene.job.model_copy(update={"worker_id": here})
    with scene.store.transaction() as tx:
        tx.put(scene.job)
    scene.beat(id_=here, pid=os.getpid())
    assert not scene.lapsed_after(2)
    scene.beat(id_=here, pid=2**22 + 1)  # above any process id
    assert scene.lapsed_after(2)


def test_a_job_run_in_its_callers_own_process_is_nobodys_to_take(scene: Scene) -> None:
    with scene.store.transaction() as tx:
        tx.put(scene.job.model_copy(update={"worker_id": process_name()}))
    assert not scene.lapsed_after(100)


def test_a_job_whose_process_is_gone_is_anybodys_at_once(scene: Scene) -> None:
    *place, number, born = process_name().split(":")
    gone = ":".join([*place, str(2**22 + 1), born])  # above any process id
    another = ":".join([*place, number, "another"])  # the number was given again
    for worker_id, lapsed in ((gone, True), (another, sys.platform == "linux"), (None, True)):
        with scene.store.transaction() as tx:
            tx.put(scene.job.model_copy(update={"worker_id": worker_id}))
        assert scene.lapsed_after(2) == lapsed, worker_id


def test_a_process_of_another_machine_cannot_be_told_to_be_gone(scene: Scene) -> None:
    with scene.store.transaction() as tx:
        tx.put(scene.job.model_copy(update={"worker_id": "inline:elsewhere/1:4194305:0-0"}))
    assert not scene.lapsed_after(100)


def test_a_job_that_has_moved_on_is_not_taken(scene: Scene) -> None:
    for update in ({"starts": 2}, {"attempt": 2}, {"worker_id": "other:0"}, {"state": "succeeded"}):
        with scene.store.transaction() as tx:
            tx.put(moved := scene.job.model_copy(update=update))
            assert release(tx, scene.job, system_clock) is None
        assert scene.store.get(JobRow, scene.job.id) == moved


def test_a_job_that_is_taken_keeps_its_history(scene: Scene) -> None:
    with scene.store.transaction() as tx:
        tx.put(scene.job.model_copy(update={"phases": [["loading", NOON.isoformat(), "1"]], "cancel_requested": True}))
        taken = release(tx, scene.job, system_clock)
    assert taken is not None
    assert (taken.state, taken.worker_id, taken.starts, taken.cancel_requested) == ("queued", None, 1, True)
    assert taken.phases == [["loading", NOON.isoformat(), "1"]]
