"""The terminal's bundles: create, verify, import, with their exit codes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Pilotage = Callable[..., Result]


@pytest.fixture
def made(pilotage: Pilotage, tmp_path: Path) -> tuple[str, Path]:
    """A session with an answer, and its bundle."""
    session = pilotage("new", "a disc", "--model", "analytic", "--seed", "3").stdout.strip()
    pilotage("step", session)
    pilotage("answer", session, "2", "--comment", "kept")
    path = tmp_path / "deep down" / "my bundle.zip"
    assert str(path) in pilotage("bundle", "create", session, "-o", str(path)).stdout
    return session, path


def test_a_bundle_goes_from_one_home_to_another(made: tuple[str, Path], pilotage: Pilotage, tmp_path: Path) -> None:
    (session, path), other = made, tmp_path / "other"
    assert "whole; 8 files" in pilotage("bundle", "verify", str(path)).stdout
    assert pilotage("bundle", "import", str(path), on=other).stdout.strip() == session
    told = json.loads(pilotage("show", session, "--json", on=other).stdout)
    assert told["round_views"][0]["answer"]["comment"] == "kept"
    assert "imported" in pilotage("step", session, on=other, code=4).output
    again = pilotage("bundle", "import", str(path), on=other).stdout.strip()
    assert again not in ("", session)


def test_the_name_is_the_sessions_own_unless_said(
    made: tuple[str, Path], pilotage: Pilotage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    manifest = json.loads(pilotage("bundle", "create", made[0], "--json").stdout)
    assert manifest["session_id"] == made[0]
    assert {file["class"] for file in manifest["files"]} == {"essential", "reproducible"}
    assert (tmp_path / f"{made[0]}.zip").is_file()


def test_a_damaged_bundle_leaves_with_one_and_says_what_is_wrong(
    made: tuple[str, Path], pilotage: Pilotage, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.zip"
    with zipfile.ZipFile(made[1]) as whole, zipfile.ZipFile(torn, "w") as copy:
        for name in whole.namelist()[:-1]:
            copy.writestr(name, whole.read(name))
    assert "is missing" in pilotage("bundle", "verify", str(torn), code=1).stdout
    assert len(json.loads(pilotage("bundle", "verify", str(torn), "--json", code=1).stdout)["faults"]) == 1
    assert "damaged" in pilotage("bundle", "import", str(torn), code=2).output


def test_what_is_no_bundle_or_no_session_is_refused(pilotage: Pilotage, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")
    pilotage("bundle", "verify", str(tmp_path / "x.zip"), code=2)
    pilotage("bundle", "create", "ses_nobody", code=3)
    assert not list(tmp_path.glob("ses_*"))
