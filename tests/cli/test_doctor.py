"""`pilotage doctor`: what is wrong is said with a way out; its bundle tells no secret."""

from __future__ import annotations

import getpass
import json
import socket
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pilotage.app import doctor
from pilotage.app.logs import log_to

TOKEN = "a-token-of-more-than-thirty-two-characters"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a home"


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_PORT", "0")


def states(result: Result) -> dict[str, Any]:
    return {check["name"]: check for check in json.loads(result.stdout)["checks"]}


def test_on_a_sound_machine_nothing_is_at_fault(pilotage: Callable[..., Result]) -> None:
    found = states(pilotage("doctor", "--json"))
    assert "fault" not in {check["state"] for check in found.values()}
    assert {"python", "disk", "writing", "sqlite", "database", "device", "starter model"} <= set(found)


def test_looking_makes_no_database(pilotage: Callable[..., Result], home: Path, tmp_path: Path) -> None:
    pilotage("doctor", "--bundle", str(tmp_path / "d.zip"))
    assert not (home / "pilotage.db").exists()


def test_a_home_that_cannot_be_written_is_a_fault(pilotage: Callable[..., Result], home: Path) -> None:
    home.write_text("a file where a folder should be")
    assert states(pilotage("doctor", "--json", code=1))["writing"]["state"] == "fault"


def test_a_file_that_is_no_database_is_a_fault(pilotage: Callable[..., Result], home: Path) -> None:
    home.mkdir()
    (home / "pilotage.db").write_text("not a database, however long " * 100)
    assert "not a database" in states(pilotage("doctor", "--json", code=1))["database"]["told"]


def test_an_older_schema_is_a_warning_with_the_command_that_helps(pilotage: Callable[..., Result], home: Path) -> None:
    pilotage("sessions")
    with sqlite3.connect(home / "pilotage.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    check = states(pilotage("doctor", "--json"))["database"]
    assert (check["state"], "db migrate" in check["hint"]) == ("warning", True)


def test_a_gpu_that_is_asked_for_and_not_there_is_a_fault(pilotage: Callable[..., Result]) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    assert states(pilotage("--device", "cuda", "doctor", "--json", code=1))["device"]["state"] == "fault"


def test_a_check_that_breaks_is_a_fault_and_the_others_go_on(
    pilotage: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: object) -> object:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(doctor.shutil, "disk_usage", broken)
    found = states(pilotage("doctor", "--json", code=1))
    assert (found["disk"]["state"], "no such luck" in found["disk"]["told"]) == ("fault", True)
    assert found["port"]["state"] == "ok"


def test_the_bundle_has_logs_and_failures_and_tells_no_secret(
    pilotage: Callable[..., Result], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_TOKEN", TOKEN)
    pilotage("sessions")
    secrets = (TOKEN, str(home.resolve()), str(Path.home()), socket.gethostname(), getpass.getuser())
    log = log_to(home / "logs", "worker")
    log.write_text(json.dumps({"event": "a job failed", "said": " ".join(secrets)}) + "\n")
    pilotage("doctor", "--bundle", str(tmp_path / "deep" / "d.zip"))
    with zipfile.ZipFile(tmp_path / "deep" / "d.zip") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {"examination.json", "failed-jobs.json", "logs/worker.jsonl"}
    assert "a job failed" in texts["logs/worker.jsonl"]
    assert [s for s in secrets for text in texts.values() if len(s) > 2 and s in text] == []
