"""A process that dies between any two writes leaves a home in order, and the next one goes on to the same end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pilotage
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.crash import CRASHED
from pilotage.testing.invariants import violations

SCRIPT = Path(__file__).with_name("scenario.py")
SOURCES = Path(pilotage.__file__).parent
POINTS = sorted(
    {name for file in SOURCES.rglob("*.py") for name in re.findall(r'\bcrash_point\("([^"]+)"\)', file.read_text())}
)


def play(home: Path, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    """Play the scenario, to its end or its death."""
    env = {**os.environ, "PILOTAGE_CRASH_AT": crash_at, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(home)], capture_output=True, text=True, timeout=120, check=False, env=env
    )


def outcome(played: subprocess.CompletedProcess[str]) -> Any:
    assert played.returncode == 0, played.stderr
    return json.loads(played.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What comes out when nothing dies."""
    return outcome(play(tmp_path_factory.mktemp("undisturbed")))


def test_there_are_points_at_every_kind_of_write() -> None:
    assert {
        "artifact written", "artifact renamed", "job enqueued", "job begun", "phase noted", "round proposed",
        "run started", "samples written", "round told", "round shown", "job ended", "answer written", "answer kept",
        "request kept", "request committed",
    } <= set(POINTS)  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_death_here_loses_nothing_and_doubles_nothing(point: str, tmp_path: Path, undisturbed: Any) -> None:
    died = play(tmp_path, point)
    assert died.returncode == CRASHED, died.stderr
    lab = local_lab(Settings(home=tmp_path))
    assert violations(lab.ports) == []
    assert outcome(play(tmp_path)) == undisturbed
    assert violations(lab.ports) == []
    lab.store.close()


def test_a_second_death_at_the_same_place_is_outlived_too(tmp_path: Path, undisturbed: Any) -> None:
    for crash in ("samples written", "samples written:2", "round told"):
        assert play(tmp_path, crash).returncode == CRASHED
    assert outcome(play(tmp_path)) == undisturbed
