"""A process that dies between any two writes leaves a home in order, and the next one goes on to the same end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pilotage
from pilotage.core.crash import CRASHED

SCRIPT = Path(__file__).with_name("scenario.py")
SOURCES = Path(pilotage.__file__).parent
ELSEWHERE = SOURCES / "labs" / "latents"  # sessions don't pass there: tests/labs/latents/test_writer.py does
POINTS = sorted({
    name for file in SOURCES.rglob("*.py") if not file.is_relative_to(ELSEWHERE)
    for name in re.findall(r'\bcrash_point\("([^"]+)"\)', file.read_text())
})  # fmt: skip


class Theatre:
    """Where the scenario is played, again and again."""

    def __init__(self) -> None:
        self._stage = subprocess.Popen(
            [sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    def play(self, home: Path, database: str = "", crash_at: str = "") -> int:
        """Play it on a home, to its end or its death; the exit status."""
        assert self._stage.stdin is not None
        assert self._stage.stdout is not None
        self._stage.stdin.write(f"{home}\t{database}\t{crash_at}\n")
        self._stage.stdin.flush()
        return int(self._stage.stdout.readline())

    def outcome(self, home: Path, database: str = "") -> Any:
        """What comes out when it is played to its end."""
        assert self.play(home, database) == 0
        return json.loads((home / "outcome.json").read_text())

    def close(self) -> None:
        self._stage.communicate()


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    made = Theatre()
    yield made
    made.close()


@pytest.fixture(scope="module")
def undisturbed(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What comes out when nothing dies."""
    return theatre.outcome(tmp_path_factory.mktemp("undisturbed"))


def test_there_are_points_at_every_kind_of_write() -> None:
    assert {
        "artifact written", "artifact renamed", "job enqueued", "job begun", "phase noted", "round proposed",
        "run started", "samples written", "round told", "round shown", "job ended", "answer written", "answer kept",
        "request kept", "request committed",
    } <= set(POINTS)  # fmt: skip


IN_THE_LAST_JOB = [f"{point}:3" for point in ("run started", "samples written", "samples kept", "verb returned")]
IN_A_TRANSACTION = ["job enqueued", "round told", "answer written", "request kept"]  # what a database may do otherwise
CASES = [("sqlite", point) for point in (*POINTS, *IN_THE_LAST_JOB)]
CASES += [("postgresql", point) for point in (POINTS if "PILOTAGE_SOAK" in os.environ else IN_A_TRANSACTION)]


@pytest.mark.parametrize(("database", "point"), CASES, indirect=["database"])
def test_a_death_here_loses_nothing_and_doubles_nothing(
    point: str, tmp_path: Path, database: str, theatre: Theatre, undisturbed: Any, check_home: Any
) -> None:
    assert theatre.play(tmp_path, database, point) == CRASHED
    assert check_home(tmp_path) == []
    assert theatre.outcome(tmp_path, database) == undisturbed
    assert check_home(tmp_path) == []


def test_more_deaths_in_one_session_are_outlived_too(tmp_path: Path, theatre: Theatre, undisturbed: Any) -> None:
    for crash in ("samples written", "round told", "samples written", "answer written"):
        assert theatre.play(tmp_path, crash_at=crash) == CRASHED
    assert theatre.outcome(tmp_path) == undisturbed
