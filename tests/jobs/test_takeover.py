"""Several workers on one database: each takes jobs, and those of one that is gone go to the others."""

import os
import signal
import threading
from typing import Any

from pilotage.core.clock import system_clock
from pilotage.jobs.leases import LEASE_S
from pilotage.jobs.live import send_command
from pilotage.jobs.presence import live_workers, worker_name
from pilotage.store import ArtifactRow, JobRow, WorkerRow
from pilotage.testing.jobs import PATIENCE


def ready(home: Any, *slots: int) -> None:
    """Wait until these workers beat."""
    names = {worker_name(slot) for slot in slots}
    home.until(lambda: names <= {row.id for row in live_workers(home.store, system_clock())})


def two_workers(home: Any, kind: str, *, lease: float = 40.0, **payload: Any) -> tuple[JobRow, Any, int]:
    """A job that one of two workers has in hand; that worker, and the slot of the other."""
    home.start(0, lease), home.start(1, lease)
    ready(home, 0, 1)
    job = home.ask(kind, "one", file="count", **payload)
    home.until(lambda: lines(home) >= 3 or len(writers(home)) >= 3)
    slot = int(home.store.get(JobRow, job.id).worker_id.rpartition(":")[2])
    return job, home.workers[slot], 1 - slot


def stop(home: Any, pid: int) -> None:
    """Stop a process while it writes nothing: one stopped within a transaction would hold up all others as well."""

    def write_nothing() -> None:
        with home.store.transaction():
            pass

    while True:
        os.kill(pid, signal.SIGSTOP)
        probe = threading.Thread(target=write_nothing)
        probe.start()
        probe.join(1.0)
        if not probe.is_alive():
            return
        os.kill(pid, signal.SIGCONT)
        probe.join()


def writers(home: Any) -> list[int]:
    """Which process wrote each row of the `write` verb, in order."""
    return [int(row.id.split("-")[0]) for row in home.store.list(ArtifactRow)]


def lines(home: Any) -> int:
    file = home.folder / "count"
    return len(file.read_text().split()) if file.exists() else 0


def test_two_workers_share_the_jobs_and_each_says_which_it_has(home: Any) -> None:
    home.start(0), home.start(1)
    ready(home, 0, 1)
    jobs = [home.ask("count", name, file=name, to=8) for name in ("a", "b")]
    home.until(lambda: all(home.store.get(JobRow, job.id).state == "running" for job in jobs))
    assert {home.store.get(JobRow, job.id).worker_id for job in jobs} == {worker_name(0), worker_name(1)}
    done = [home.engine.wait(job.id, timeout=PATIENCE) for job in jobs]
    assert [(one.state, one.starts, one.result) for one in done] == [("succeeded", 1, {"pids": 1})] * 2


def test_a_job_is_cancelled_at_the_worker_that_has_it(home: Any) -> None:
    home.start(0), home.start(1)
    ready(home, 0, 1)
    jobs = [home.ask("count", name, file=name, to=200) for name in ("a", "b")]
    home.until(lambda: all(home.store.get(JobRow, job.id).phases for job in jobs))
    home.engine.cancel(jobs[0].id)
    took = home.until(lambda: home.store.get(JobRow, jobs[0].id).state == "cancelled")
    assert took < 2
    assert home.store.get(JobRow, jobs[1].id).state == "running"


def test_the_job_of_a_worker_that_was_killed_goes_on_at_another_without_a_restart(home: Any) -> None:
    one_is_killed(home)


def test_a_zombie_writes_nothing_once_its_job_is_taken(home: Any) -> None:
    one_is_a_zombie(home)


def test_workers_on_a_postgresql_outlive_each_other_too(home_on_postgres: Any) -> None:
    one_is_killed(home_on_postgres)


def test_a_zombie_writes_nothing_into_a_postgresql(home_on_postgres: Any) -> None:
    one_is_a_zombie(home_on_postgres)


def test_a_worker_that_comes_back_gives_away_at_once_what_it_had_in_hand_when_it_died(home: Any) -> None:
    job = home.ask("count", "one", file="count", to=3)
    home.start(1)
    home.until(lambda: home.store.get(JobRow, job.id).ended_at)
    with home.store.transaction() as tx:  # as slot 0 left it; the queue had given it to slot 1, which let it be
        left = {"state": "running", "worker_id": worker_name(0), "result": None, "ended_at": None}
        tx.put(home.store.get(JobRow, job.id).model_copy(update=left))
    home.start(0)
    took = home.until(lambda: home.store.get(JobRow, job.id).state == "succeeded")
    print(f"gone on with {took:.1f} s after the new process was started")
    assert home.store.get(JobRow, job.id).starts == 2
    assert took < LEASE_S / 2


def one_is_killed(home: Any) -> None:
    job, first, other = two_workers(home, "count", to=12)
    first.kill()
    first.wait()
    took = home.until(lambda: home.store.get(JobRow, job.id).worker_id == worker_name(other))
    print(f"taken over from a killed process after {took:.1f} s")
    done = home.engine.wait(job.id, timeout=PATIENCE)
    assert (done.state, done.starts, done.attempt, done.result) == ("succeeded", 2, 1, {"pids": 2})
    assert lines(home) == 12
    assert [start for _, _, start in done.phases] == ["1", "2"]


def one_is_a_zombie(home: Any) -> None:
    job, zombie, other = two_workers(home, "write", lease=3, to=50)
    heir = home.workers[other]
    stop(home, zombie.pid)
    took = home.until(lambda: home.store.get(JobRow, job.id).worker_id == worker_name(other))
    print(f"taken over from a stopped process after {took:.1f} s of a lease of 3 s")
    home.until(lambda: heir.pid in writers(home))
    before = writers(home).count(zombie.pid)
    os.kill(zombie.pid, signal.SIGCONT)
    done = home.engine.wait(job.id, timeout=PATIENCE)
    assert (done.state, done.starts, done.result) == ("succeeded", 2, {"pid": heir.pid})
    assert writers(home).count(zombie.pid) == before
    assert writers(home).count(heir.pid) == 50
    again = home.ask("count", "after", file="after", to=1)  # both are of use again
    assert home.engine.wait(again.id, timeout=PATIENCE).state == "succeeded"
    assert zombie.poll() is None


def test_the_worker_that_comes_back_after_its_job_was_taken_does_not_run_it_again(home: Any) -> None:
    job, first, other = two_workers(home, "count", to=40)
    first.kill()
    first.wait()
    home.until(lambda: home.store.get(JobRow, job.id).worker_id == worker_name(other))
    home.start(1 - other)  # the queue hands it the job that it had
    ready(home, 0, 1)
    done = home.engine.wait(job.id, timeout=PATIENCE)
    assert (done.state, done.starts, done.result) == ("succeeded", 2, {"pids": 2})
    assert lines(home) == 40


def test_a_stopped_worker_hands_its_job_on_at_once(home: Any) -> None:
    job, first, other = two_workers(home, "count", to=12)
    first.terminate()
    assert first.wait(60) == 0
    assert home.until(lambda: home.store.get(JobRow, job.id).worker_id == worker_name(other)) < 5
    assert home.engine.wait(job.id, timeout=PATIENCE).starts == 1  # a stop is nobody's failure


def test_a_job_asked_for_again_while_it_is_being_taken_over_is_the_same_job(home: Any) -> None:
    job, first, _ = two_workers(home, "count", to=20)
    first.kill()
    first.wait()
    ended = lambda: home.store.get(JobRow, job.id).ended_at is not None  # noqa: E731
    home.until(lambda: home.ask("count", "one", file="count", to=20).attempt == 2 or ended())
    assert home.store.get(JobRow, job.id).attempt == 1


def test_a_workers_address_is_told_nobody_once_it_has_said_goodbye(home: Any) -> None:
    worker = home.start(0)
    ready(home, 0)
    worker.terminate()
    worker.wait(60)
    assert home.store.get(WorkerRow, worker_name(0)).address == ""
    assert not send_command("", "s", {})
