"""The terminal as a process: what is loaded, and what a shell sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.crash import CRASHED
from pilotage.jobs.processes import process_name
from pilotage.store import JobRow

HEAVY = ("torch", "diffusers", "transformers", "dbos", "sqlalchemy", "fastapi", "pyarrow", "scipy")


def run(*arguments: str, home: Path, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pilotage", "--home", str(home), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **env})
    assert result.returncode == code, result.stderr
    return result


def loaded_by(code: str) -> set[str]:
    listed = f"{code}\nimport json, sys; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    result = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    modules = loaded_by("from pilotage.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass")
    assert modules.isdisjoint(HEAVY)
    assert "click" in modules


def test_importing_pilotage_loads_nothing_of_it_but_its_name() -> None:
    assert loaded_by("import pilotage").isdisjoint({*HEAVY, "numpy", "pydantic", "click", "PIL"})


def test_a_session_on_a_model_without_weights_never_loads_torch() -> None:
    steered = "from pilotage import Session\ns = Session(model='analytic')\ns.ask(); s.tell(1); s.ask()"
    assert loaded_by(steered).isdisjoint({"torch", "diffusers", "transformers", "dbos", "sqlalchemy", "fastapi"})


def test_a_shell_can_steer_by_exit_codes_and_json(tmp_path: Path) -> None:
    made = json.loads(run("new", "a disc", "--model", "analytic", "--json", home=tmp_path).stdout)
    shown = run("step", made["id"], "--json", home=tmp_path)
    assert len(json.loads(shown.stdout)["candidates"]) == 4
    assert shown.stderr == ""  # no bar where nobody watches
    assert "round_open" in run("step", made["id"], home=tmp_path, code=4).stderr
    run("answer", made["id"], "2", home=tmp_path)
    assert json.loads(run("show", made["id"], "--json", home=tmp_path).stdout)["answers"] == 1


@pytest.fixture
def killed(tmp_path: Path) -> str:
    """A session whose terminal was killed as it rendered the first round."""
    made = json.loads(run("new", "a disc", "--model", "analytic", "--json", home=tmp_path).stdout)
    run("step", made["id"], home=tmp_path, code=CRASHED, PILOTAGE_CRASH_AT="phase noted")
    return str(made["id"])


def test_a_step_whose_terminal_was_killed_is_gone_on_with(tmp_path: Path, killed: str) -> None:
    assert len(json.loads(run("step", killed, "--json", home=tmp_path).stdout)["candidates"]) == 4


def test_a_session_whose_terminal_was_killed_can_be_deleted_for_good(tmp_path: Path, killed: str) -> None:
    run("delete", killed, home=tmp_path)
    assert f"purged {killed}" in run("trash", "empty", "--yes", home=tmp_path).stdout


def test_a_job_that_another_terminal_runs_is_left_to_it(tmp_path: Path) -> None:
    """Its process lives: here it is this one, which does nothing."""
    lab = local_lab(Settings(home=tmp_path))
    session = lab.create_session({"model": "analytic", "request": {"prompt": "a disc"}})
    asked = lab.request_round(session.id).job
    assert asked is not None
    job = lab.store.get(JobRow, asked.id).model_copy(update={"state": "running", "worker_id": process_name()})
    with lab.store.transaction() as tx:
        tx.put(job)
    run("sessions", home=tmp_path)
    run("delete", session.id, home=tmp_path)
    assert lab.store.get(JobRow, job.id) == job.model_copy(update={"cancel_requested": True})
    assert "purged" not in run("trash", "empty", "--yes", home=tmp_path).stdout
    with lab.store.transaction() as tx:  # then it is killed: the next terminal ends what was to be cancelled
        tx.put(job.model_copy(update={"worker_id": None, "cancel_requested": True}))
    assert f"purged {session.id}" in run("trash", "empty", "--yes", home=tmp_path).stdout
