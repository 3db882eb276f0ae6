"""Jobs queued here and done in a worker process; workers that are killed, stopped, or there twice."""

import asyncio
import base64
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pilotage.core.clock import system_clock
from pilotage.jobs.base import new_job
from pilotage.jobs.dbos_engine import DbosClientEngine
from pilotage.jobs.live import LiveClient, live_secret
from pilotage.jobs.presence import live_workers
from pilotage.store import JobRow
from pilotage.store.sql import SqlStore
from pilotage.testing.jobs import PATIENCE, JobEngineContract


class TestDbosEngine(JobEngineContract):
    @pytest.fixture
    def store(self, busy: Any) -> SqlStore:
        return busy.store

    @pytest.fixture
    def engine(self, busy: Any) -> DbosClientEngine:
        return busy.engine


def wait_for_lines(file: Path, lines: int) -> None:
    end = time.monotonic() + PATIENCE
    while not file.exists() or len(file.read_text().split()) < lines:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_job_whose_worker_is_killed_goes_on_in_the_next(home: Any) -> None:
    job = home.ask("count", "killed", file="count", to=12)
    home.start()
    wait_for_lines(home.folder / "count", 3)
    home.kill()
    assert home.store.get(JobRow, job.id).state == "running"
    home.start()
    done = home.engine.wait(job.id, timeout=PATIENCE)
    assert (done.state, done.result, done.starts, done.attempt) == ("succeeded", {"pids": 2}, 2, 1)
    assert len((home.folder / "count").read_text().split()) == 12


def test_a_worker_that_is_told_to_stop_ends_at_once_and_its_job_goes_on_in_the_next(home: Any) -> None:
    worker = home.start()
    job = home.ask("count", "stopped", file="count", to=30)
    wait_for_lines(home.folder / "count", 3)
    worker.terminate()
    assert worker.wait(60) == 0
    assert len((home.folder / "count").read_text().split()) < 30
    assert not live_workers(home.store, system_clock())
    home.start()
    done = home.engine.wait(job.id, timeout=PATIENCE)
    assert (done.state, done.starts) == ("succeeded", 1)  # a stop is nobody's failure


def test_a_job_that_kills_its_worker_is_given_up(home: Any) -> None:
    job = home.ask("die", "poison")
    for _ in range(3):
        assert home.start().wait(PATIENCE) == -9
        home.kill()
    home.start()
    done = home.engine.wait(job.id, timeout=PATIENCE)
    assert done.state == "failed"
    assert done.error is not None
    assert "died 3 times" in done.error["message"]


def test_a_job_cancelled_while_no_worker_is_there_never_begins(home: Any) -> None:
    job, other = home.ask("count", "cancelled", file="count", to=3), home.ask("echo", "other")
    home.engine.cancel(job.id)
    assert home.engine.wait(job.id, timeout=0).state == "cancelled"
    home.start()
    assert home.engine.wait(other.id, timeout=PATIENCE).state == "succeeded"
    assert not (home.folder / "count").exists()


def test_a_job_that_was_deleted_while_it_waited_holds_up_nobody(home: Any) -> None:
    gone, other = home.ask("echo", "gone"), home.ask("echo", "other")
    with home.store.transaction() as tx:
        assert tx.remove(JobRow, {"id": gone.id}) == 1
    home.start()
    assert home.engine.wait(other.id, timeout=PATIENCE).state == "succeeded"


def test_a_job_left_by_a_process_without_a_queue_is_taken_up_when_asked_for(home: Any) -> None:
    lost = new_job("echo", {}, topic="t", key=("lost",), clock=system_clock)
    with home.store.transaction() as tx:
        tx.put(lost.model_copy(update={"state": "running", "starts": 1}))
    assert home.ask("echo", "lost").attempt == 2
    home.start()
    assert home.engine.wait(lost.id, timeout=PATIENCE).state == "succeeded"


def test_a_second_worker_of_one_slot_is_refused(busy: Any) -> None:
    done = busy.engine.wait(busy.ask("echo", "first").id, timeout=PATIENCE)
    assert done.state == "succeeded"
    ran = subprocess.run(
        [sys.executable, str(busy.script), str(busy.folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 1
    assert "a worker with slot 0 runs already" in ran.stderr


def test_a_workers_row_says_who_and_where_it_is(busy: Any) -> None:
    busy.engine.wait(busy.ask("echo", "beat").id, timeout=PATIENCE)
    (row,) = live_workers(busy.store, system_clock())
    assert busy.worker is not None
    assert (row.pid, row.device) == (busy.worker.pid, "cpu")
    assert row.address.startswith("127.0.0.1:")
    assert row.status["jobs"] == []


def test_steps_and_previews_come_from_the_worker_and_commands_reach_it(busy: Any) -> None:
    def address() -> str:
        return next((row.address for row in live_workers(busy.store, system_clock())), "")

    async def run() -> dict[str, Any]:
        client = LiveClient(address, live_secret(busy.folder))
        frames = client.frames()
        seen = asyncio.ensure_future(anext(frames))
        await asyncio.sleep(0.2)
        job = await asyncio.to_thread(busy.ask, "count", "watched", file="watched", to=40)
        first = await seen
        assert await client.send({"command": "warm", "model": "m"})
        await asyncio.to_thread(busy.engine.cancel, job.id)
        async for frame in frames:
            if frame["phase"] == "ended":
                break
        return first

    first = asyncio.run(asyncio.wait_for(run(), PATIENCE))
    assert (first["topic"], first["phase"], first["total"]) == ("t", "generating", 40)
    assert first["previews"][0] == [0, "image/png", base64.b64encode(b"png").decode()]
    end = time.monotonic() + PATIENCE
    while {"command": "warm", "model": "m"} not in live_workers(busy.store, system_clock())[0].status["heard"]:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_nothing_in_the_database_is_a_pickle(busy: Any) -> None:
    busy.engine.wait(busy.ask("echo", "plain", word="ü").id, timeout=PATIENCE)
    with busy.store.transaction() as tx:
        found = tx.connection.exec_driver_sql("SELECT DISTINCT serialization FROM workflow_status").scalars().all()
    assert set(found) <= {"portable_json"}


def test_importing_the_engine_imports_no_queue() -> None:
    code = (
        "import sys, pilotage.jobs, pilotage.jobs.worker, pilotage.jobs.dbos_engine, pilotage.store\n"
        "assert not {'dbos', 'sqlalchemy', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
