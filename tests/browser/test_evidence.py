"""What a failed browser test leaves behind: all of it, in one folder; and a passing one nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pilotage.records import events_from_jsonl

pytestmark = pytest.mark.browser
FAILING = Path(__file__).with_name("fails_on_purpose.py")
TWO_PAGES = "test_that_fails_with_two_pages"
OWN_SERVER = "test_that_fails_over_a_server_of_its_own"
UNSEEN_FAULT = "test_that_passes_but_for_a_fault_that_nobody_looked_at"
Run = Callable[..., Path]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the tests that fail, or one of them; the folder of what is left."""

    def run(only: str = "", **env: str) -> Path:
        results = tmp_path_factory.mktemp("results")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(FAILING), "-k", only]
        said = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=FAILING.parents[2],
            env={**os.environ, "PILOTAGE_TEST_RESULTS": str(results), **env},
        )  # fmt: skip
        assert re.search("passed", said.stdout), said.stdout + said.stderr
        return results

    return run


@pytest.fixture(scope="module")
def left(run: Run) -> Path:
    return run()


def check_server(folder: Path) -> None:
    """Events, diagnostics and logs of a server on which a session was made; its worker holds the model."""
    created = [event for event in events_from_jsonl((folder / "events.jsonl").read_text())
               if event.type == "session.created"]  # fmt: skip
    assert [event.data["config"]["model"] for event in created] == ["analytic"]
    told = json.loads((folder / "diagnostics.json").read_text())
    assert told["workers"][0]["alive"]
    logs = {path.name for path in (folder / "logs").iterdir()}
    assert {"api.jsonl", "worker.jsonl", "worker.out", "serve.err"} <= logs
    assert (folder / "logs" / "worker.jsonl").stat().st_size > 0
    assert [one["ref"] for one in told["workers"][0]["models"]] == ["analytic"]


def test_it_leaves_pages_trace_console_events_diagnostics_and_logs_in_one_folder(left: Path) -> None:
    folder = left / TWO_PAGES
    for number in (0, 1):
        with Image.open(folder / f"page-0-{number}.png") as picture:
            assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 20, "an empty page"
    with zipfile.ZipFile(folder / "trace-0.zip") as trace:
        assert b"/diagnostics" in trace.read("trace.trace")
    assert "log: said before the fall" in (folder / "console.log").read_text()
    check_server(folder)
    assert not (folder / "unkept.txt").exists()


def test_a_server_of_its_own_is_told_of_as_it_was_before_it_stopped(left: Path) -> None:
    folder = left / OWN_SERVER
    check_server(folder / "server-1")
    assert not (folder / "unkept.txt").exists()


def test_a_fault_found_after_the_test_leaves_all_of_it_too(left: Path) -> None:
    folder = left / UNSEEN_FAULT
    assert "error: nobody looks at me" in (folder / "console.log").read_text()
    assert {"page-0-0.png", "trace-0.zip", "events.jsonl", "diagnostics.json", "logs"} <= set(os.listdir(folder))


def test_a_passing_test_leaves_nothing_unless_it_is_asked_to(left: Path, run: Run) -> None:
    assert set(os.listdir(left)) == {TWO_PAGES, OWN_SERVER, UNSEEN_FAULT}
    asked = run("test_that_passes and not fault", PILOTAGE_KEEP_EVIDENCE="1")
    assert os.listdir(asked) == ["test_that_passes"]
    assert (asked / "test_that_passes" / "page-0-0.png").exists()
