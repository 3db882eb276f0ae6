"""The terminal as a process: what is loaded, and what a shell sees."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "diffusers", "transformers", "dbos", "sqlalchemy", "fastapi", "pyarrow", "scipy")


def run(*arguments: str, home: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pilotage", "--home", str(home), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
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
