"""`pilotage bench` in the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

SMALL = ("bench", "preferences", "--case", "bowl8", "--answers", "winner", "--seeds", "3", "--method", "local")


def test_a_table_and_the_same_figures_as_json(pilotage: Callable[..., Result], home: Path) -> None:
    table = pilotage(*SMALL, "--method", "sobol", "--method", "{kind: local}").output
    assert [line.split()[0] for line in table.splitlines()[1:]] == ["local", "sobol", "{kind:"]
    found = json.loads(pilotage(*SMALL, "--method", "sobol", "--json").output)
    row = next(row for row in found["rows"] if row["metric"] == "utility at 20")
    assert (row["case"], row["peer"], row["n"]) == ("bowl8 winner", "sobol", 3)
    assert f"{row['ours']:.3f}" in table
    assert len(list((home / "bench").glob("*.jsonl"))) == 2  # the same trial is not run twice


def test_an_unknown_case_is_bad_input(pilotage: Callable[..., Result]) -> None:
    assert "unknown test function" in pilotage("bench", "preferences", "--case", "everest", code=2).output


def test_steering_is_measured_on_pictures_and_resumed(pilotage: Callable[..., Result], home: Path) -> None:
    given = ("bench", "learning_images", "--case", "{model: analytic, prompt: a disc}", "--arm", "default",
             "--arm", "random_local", "--rounds", "6", "--seeds", "2")  # fmt: skip
    found = json.loads(pilotage(*given, "--json").output)
    slopes = [row for row in found["rows"] if row["metric"] == "slope" and row["case"].startswith("all targets")]
    assert [(row["peer"], row["bar"], row["holds"]) for row in slopes] == [
        (None, 0.0, True),
        ("random_local", None, None),
    ]
    kept = {path: path.read_bytes() for path in (home / "bench").glob("*.jsonl")}
    assert len(kept) == 2
    assert pilotage(*given).output.startswith("all targets, 6 rounds")
    assert {path: path.read_bytes() for path in (home / "bench").glob("*.jsonl")} == kept
