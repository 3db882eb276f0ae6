"""The documentation's site is strict: what would be a dead end for a reader ends the build."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import suites

DOCS = suites.ROOT / "docs"


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the suite's own command on a copy of the documents."""
    command = [str(folder) if part == "docs" else part for part in suites.CHECKS["site"].command]
    command[-1] = str(folder.parent / "site")
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=suites.ROOT)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A small set of documents under our own rules."""
    folder = tmp_path / "docs"
    (folder / "decisions").mkdir(parents=True)
    shutil.copy(DOCS / "conf.py", folder)
    (folder / "README.md").write_text("# Documents\n\nRead [the guide](library.md) and [why](decisions/README.md).\n")
    (folder / "library.md").write_text("# Library\n\n## First step\n\n```python run\nimport pilotage\n```\n")
    (folder / "decisions" / "README.md").write_text("# Decisions\n\n[One](0001-one.md#choice)\n")
    (folder / "decisions" / "0001-one.md").write_text("# 0001 One\n\n## Choice\n\nThis.\n")
    return folder


def test_documents_in_order_become_a_site_that_opens_offline(docs: Path) -> None:
    done = build(docs)
    assert done.returncode == 0, done.stderr
    site = docs.parent / "site"
    assert "README.html" in (site / "index.html").read_text()
    front = (site / "README.html").read_text()
    assert "First step" in (site / "library.html").read_text()
    assert 'href="library.html"' in front
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert 'src="http' not in text, page
        assert '<link rel="stylesheet" type="text/css" href="http' not in text, page


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("library.md", "# Library\n\n[nowhere](gone.md)\n"),
        ("library.md", "# Library\n\n[no such part](decisions/README.md#gone)\n"),
        ("library.md", "# Library\n\n![no picture](images/gone.png)\n"),
        ("library.md", "# Library\n\n#### A level left out\n"),
        ("lost.md", "# A page that no menu names\n"),
    ],
)
def test_a_dead_end_ends_the_build(docs: Path, page: str, text: str) -> None:
    (docs / page).write_text(text)
    done = build(docs)
    assert done.returncode == 1, done.stderr
    assert page.removesuffix(".md") in done.stderr


def test_the_site_can_be_built_with_this_interpreter() -> None:
    assert suites.CHECKS["site"].command[0] == sys.executable
