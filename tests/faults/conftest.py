"""Homes whose processes are killed, stopped and woken; a few cycles here, many with PILOTAGE_SOAK."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab, server_lab
from pilotage.core.clock import system_clock
from pilotage.core.errors import ConflictError
from pilotage.jobs.presence import live_workers, worker_name
from pilotage.sessions.acts import Submission
from pilotage.testing.invariants import violations

PATIENCE = 90.0
QUIET = {"PILOTAGE_PRELOAD": "false", "OMP_NUM_THREADS": "1"}


@pytest.fixture
def cycles() -> Callable[..., int]:
    """How often to try: `cycles(10, soak=1000)`; `PILOTAGE_SOAK=200` takes a fifth of what a soak of 1000 would."""
    asked = int(os.environ.get("PILOTAGE_SOAK", "0"))
    return lambda few, soak=1000: max(few, soak * asked // 1000) if asked else few


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a home's rows are: a PostgreSQL's URL where a test asks for "postgresql", or none for a file of its own."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield ""
        return
    with request.getfixturevalue("postgres").database(tmp_path.name) as url:
        yield url


@pytest.fixture
def dice() -> random.Random:
    """Chance, the same at each run."""
    return random.Random(20260601)


class Site:
    """A home folder, a lab that asks for work as the server does, and the workers that do it."""

    def __init__(self, home: Path, database: str) -> None:
        self.home, self._database = home, database
        self.lab: Lab = server_lab(Settings(home=home, database=database))
        self.workers: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, slot: int = 0, **env: str) -> None:
        """Start a worker; ready or not."""
        command = [sys.executable, "-m", "pilotage", "--home", str(self.home), "worker", "--slot", str(slot)]
        known = {**os.environ, **QUIET, "PILOTAGE_DATABASE": self._database, **env}
        with (self.home / f"worker-{slot}.out").open("ab") as out:
            self.workers[slot] = subprocess.Popen(command, stdout=out, stderr=out, env=known)

    def is_ready(self, slot: int) -> bool:
        rows = live_workers(self.lab.store, system_clock())
        return any(row.id == worker_name(slot) and row.pid == self.workers[slot].pid for row in rows)

    def wait_for(self, *slots: int) -> None:
        self.until(lambda: all(self.is_ready(slot) for slot in slots))

    def kill(self, slot: int = 0) -> None:
        self.workers[slot].kill()
        self.workers[slot].wait()

    def until(self, true: Callable[[], object], seconds: float = PATIENCE) -> float:
        """Wait for something to become true; how long it took."""
        begun = time.monotonic()
        while not true():
            assert time.monotonic() - begun < seconds, "it did not happen"
            time.sleep(0.02)
        return time.monotonic() - begun

    def violations(self) -> list[str]:
        return violations(self.lab.ports)

    def close(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self.lab.engine.close()
        self.lab.store.close()


class Server:
    """`pilotage serve` as a process that can be killed and started again on its home."""

    def __init__(self, home: Path, **env: str) -> None:
        self.home, self._env = home, {**os.environ, **QUIET, **env}

    def start(self) -> Server:
        command = [sys.executable, "-m", "pilotage", "--home", str(self.home), "serve", "--port", "0"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self._env
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = re.search(r"http://[\d.:]+", said)
        assert found, said + self.process.stdout.read()
        self.base = found[0]
        return self

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=60, trust_env=False)

    def kill(self) -> None:
        """End it as a power cut would; its worker ends by itself."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


@pytest.fixture
def serve(tmp_path: Path, database: str) -> Iterator[Callable[..., Server]]:
    """Start a server on a home of its own: `serve(PILOTAGE_X="y")`."""
    made: list[Server] = []

    def start(**env: str) -> Server:
        made.append(Server(tmp_path / f"home-{len(made)}", PILOTAGE_DATABASE=database, **env).start())
        return made[-1]

    yield start
    for server in made:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def check_home(database: str) -> Callable[[Path], list[str]]:
    """What is wrong in a home that nobody serves any more."""

    def check(home: Path) -> list[str]:
        lab = local_lab(Settings(home=home, database=database))
        try:
            return violations(lab.ports)
        finally:
            lab.store.close()

    return check


@pytest.fixture
def site(tmp_path: Path, database: str) -> Iterator[Site]:
    made = Site(tmp_path, database)
    yield made
    made.close()


class Steered:
    """A session that is answered by a rule, one move at a time, whatever has died meanwhile."""

    def __init__(self, lab: Lab, rounds: int, **config: Any) -> None:
        self._lab, self.rounds = lab, rounds
        self.id = lab.create_session({"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}, **config}).id
        self.asked_again = 0
        self._done = 0  # rounds: who is through is not looked at again, or a long soak would do little else

    def move(self) -> bool:
        """Do what can be done now; whether all rounds are answered."""
        if self._done == self.rounds:
            return True
        shown = self._lab.get_session(self.id).round_views
        last = shown[-1] if shown else None
        if last is None:
            self._lab.request_round(self.id)
        elif last.state == "awaiting":
            ready = [candidate for candidate in last.candidates if candidate.state == "ready"]
            order = [ready[last.index % len(ready)].id]
            answer = {"kind": "ranking", "order": order}
            self._lab.answer(self.id, last.index, Submission(answer=answer, next_round=last.index < self.rounds))
        elif last.state == "failed" or (last.job is not None and last.job.state in ("failed", "cancelled")):
            self.asked_again += 1
            self._lab.request_round(self.id)
        elif last.state == "answered" and last.index < self.rounds:
            try:
                self._lab.request_round(self.id)
            except ConflictError:
                return False
        if last is not None and last.index == self.rounds and last.state == "answered":
            self._done = last.index
        return self._done == self.rounds

    def outcome(self) -> list[Any]:
        """Places, seeds and pictures of all rounds: equal, bit for bit, for equal sessions."""
        rounds = self._lab.get_session(self.id).round_views
        return [[(c.slot, c.role, c.z, c.seed, c.artifact) for c in round_.candidates] for round_ in rounds]


@pytest.fixture
def steered(site: Site) -> Callable[..., Steered]:
    """Start a session of so many rounds: `steered(4)`."""
    return lambda rounds, **config: Steered(site.lab, rounds, **config)


@pytest.fixture
def finish(site: Site) -> Callable[[Sequence[Steered]], None]:
    """Go on with sessions until all are through."""

    def go(sessions: Sequence[Steered]) -> None:
        site.until(lambda: all([session.move() for session in sessions]), 4 * PATIENCE)

    return go
