"""Two processes on one database that ask for the same at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.store import JobRow, RoundRow
from pilotage.testing.postgres import PostgresServer

SESSIONS, PROCESSES = 6, 3
ASK = """
import json, sys
from pilotage.app.settings import Settings
from pilotage.app.wiring import server_lab
lab = server_lab(Settings())
print("ready", flush=True)
rounds = []
for session in sys.stdin.readline().split():
    rounds += [lab.request_round(session).id for _ in range(2)]
print(json.dumps(rounds))
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_round_that_several_processes_ask_for_at_once_is_one_round(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("PILOTAGE_HOME", str(tmp_path))
    if kind == "sqlite":
        check(tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database("servers") as url:
        monkeypatch.setenv("PILOTAGE_DATABASE", url)
        check(tmp_path)


def check(home: Path) -> None:
    lab = local_lab(Settings())
    config = {"model": "analytic", "request": {"prompt": "a disc"}}
    sessions = [lab.create_session(config).id for _ in range(SESSIONS)]
    processes = [
        subprocess.Popen([sys.executable, "-c", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(" ".join(sessions) + "\n")
        process.stdin.flush()
    asked = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert asked == [asked[0]] * PROCESSES
    rounds = lab.store.list(RoundRow, where={"index": 1})
    assert sorted(round_.session_id for round_ in rounds) == sorted(sessions)
    assert len(lab.store.list(RoundRow)) == len(lab.store.list(JobRow)) == SESSIONS
    told = [event for event in lab.store.events(limit=1000) if event.type == "round.requested"]
    assert sorted(event.topic for event in told) == sorted(sessions)
    lab.store.close()
