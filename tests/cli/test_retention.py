"""delete, trash, clean and fsck in the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab

Pilotage = Callable[..., Result]


@pytest.fixture
def session(pilotage: Pilotage) -> str:
    session = pilotage("new", "a disc", "--model", "analytic", "--seed", "3").stdout.strip()
    pilotage("step", session)
    pilotage("answer", session, "2")
    return session


@pytest.fixture
def experiment(pilotage: Pilotage, session: str) -> str:
    experiment = pilotage("experiments", "create", "discs").stdout.strip()
    pilotage("experiments", "assign", session, experiment)
    return experiment


def age_files(home: Path) -> list[Path]:
    files = [file for file in (home / "artifacts").rglob("*") if file.is_file()]
    for file in files:
        os.utime(file, (1, 1))
    return files


def test_a_session_goes_to_the_trash_and_comes_back(pilotage: Pilotage, session: str) -> None:
    told = pilotage("delete", session, "--dry-run").stdout
    assert told.startswith("a disc: 1 rounds, 1 answers\ngoes: 4 pictures, ")
    assert session in pilotage("sessions").stdout
    assert f"pilotage trash restore {session}" in pilotage("delete", session).stdout
    assert pilotage("sessions").stdout == "no sessions yet\n"
    assert pilotage("trash", "list").stdout.startswith(session)
    pilotage("step", session, code=4)
    assert pilotage("trash", "restore", session).stdout == f"{session} is back\n"
    assert pilotage("trash", "list").stdout == "the trash is empty\n"
    pilotage("step", session)


@pytest.mark.parametrize("command", [["delete", "ses_none"], ["trash", "restore", "ses_none"]])
def test_what_is_not_there_is_not_found(pilotage: Pilotage, command: list[str]) -> None:
    pilotage(*command, code=3)


def test_the_trash_is_emptied_after_a_yes(pilotage: Pilotage, session: str, home: Path) -> None:
    pilotage("delete", session)
    files = age_files(home)
    pilotage("trash", "empty", says="n\n", code=1)
    assert all(file.exists() for file in files)
    assert f"purged {session}" in pilotage("trash", "empty", says="y\n").stdout
    assert not any(file.exists() for file in files)
    pilotage("show", session, code=3)
    pilotage("trash", "empty", "--yes")
    pilotage("fsck")


def test_a_clean_tells_each_class_and_takes_what_it_said(pilotage: Pilotage, session: str, home: Path) -> None:
    pilotage("generate", "a disc", "--model", "analytic", "--out", str(home / "out"))
    age_files(home)
    table = pilotage("clean", "--reproducible", "--dry-run").stdout
    assert "reproducible        1" in table
    assert "1 files would go" in table
    told = json.loads(pilotage("clean", "--reproducible", "--dry-run", "--json").stdout)
    done = json.loads(pilotage("clean", "--reproducible", "--json").stdout)
    assert (told["removed"], told["freed"], told["lines"]) == (done["removed"], done["freed"], done["lines"])
    assert "0 files removed" in pilotage("clean", "--reproducible").stdout


def test_a_check_leaves_with_1_when_something_is_wrong(pilotage: Pilotage, session: str, home: Path) -> None:
    assert "all is well" in pilotage("fsck").stdout
    stray = home / "artifacts" / "half.part"
    stray.write_bytes(b"x")
    os.utime(stray, (1, 1))
    assert "file_stray" in pilotage("fsck", code=1).stdout
    assert json.loads(pilotage("fsck", "--repair", "--json").stdout)["findings"][0]["repaired"]
    pilotage("fsck")
    lab = local_lab(Settings(home=home))
    next(file for file in (home / "artifacts").rglob("*") if file.is_file() and len(file.name) == 64).unlink()
    assert "artifact_missing" in pilotage("fsck", "--repair", code=1).stdout
    assert lab.list_sessions()[0]


def test_an_experiment_goes_alone_or_with_its_sessions(pilotage: Pilotage, session: str, experiment: str) -> None:
    told = pilotage("experiments", "delete", experiment, "--with-sessions", "--dry-run").stdout
    assert told.startswith("discs: 1 sessions go, 0 stay\ngoes: 1 rounds, 1 answers, 4 pictures, ")
    assert pilotage("trash", "list").stdout == "the trash is empty\n"
    alone = pilotage("experiments", "delete", experiment).stdout
    assert alone.startswith("discs: 0 sessions go, 1 stay\nuntil ")
    assert session in pilotage("sessions").stdout
    assert pilotage("trash", "restore", experiment).stdout == f"{experiment} is back\n"
    pilotage("experiments", "delete", experiment, "--with-sessions")
    assert [line.split()[0] for line in pilotage("trash", "list").stdout.splitlines()] == [experiment, session]
    assert "2 sessions and experiments" in pilotage("trash", "empty", code=1, says="n\n").output
    assert f"purged {experiment}" in pilotage("trash", "empty", "--yes").stdout
    pilotage("trash", "restore", experiment, code=3)
