"""Rows that are kept in docs/evidence are told of on the page, with the command and commit that made them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT = sorted((ROOT / "docs" / "evidence").glob("*.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_rows_are_linked_beside_their_command_and_commit(path: Path) -> None:
    told = json.loads(path.read_text())
    page = (ROOT / "docs" / "evidence.md").read_text()
    place = page.find(f"(evidence/{path.name})")
    assert place >= 0, "nothing links to it"
    around = page[max(0, place - 400) : place + 400]
    assert told["commit"] in around
    assert told["command"].removesuffix(" --json") in " ".join(around.split())
    assert all({"case", "metric", "n"} <= row.keys() for row in told["rows"])


def test_there_is_evidence() -> None:
    assert KEPT


def test_a_report_is_kept_a_row_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import keep_evidence

    rows = [{"case": "a", "metric": "slope", "ours": 1 / 3, "bar": None, "n": 2, "spread": [0.123456789, 2.0]}] * 2
    monkeypatch.setattr(keep_evidence, "FOLDER", tmp_path / "evidence")
    monkeypatch.setattr(sys, "argv", ["keep_evidence.py", "some"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"benchmark": "b", "commit": "c", "rows": rows})))
    keep_evidence.main()
    written = (tmp_path / "evidence" / "some.json").read_text()
    kept = {"case": "a", "metric": "slope", "ours": 0.333333, "n": 2, "spread": [0.123457, 2.0]}
    assert json.loads(written) == {"benchmark": "b", "commit": "c", "rows": [kept, kept]}
    assert sum("slope" in line for line in written.splitlines()) == 2
