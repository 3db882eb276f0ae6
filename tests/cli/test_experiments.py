"""Experiments in the terminal: sessions that ask one question, side by side."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Pilotage = Callable[..., Result]


def session(pilotage: Pilotage, *more: str) -> str:
    return pilotage("new", "a disc", "--model", "analytic", "--seed", "3", *more).stdout.strip()


def test_an_experiment_is_made_from_a_file_and_shows_its_sessions(pilotage: Pilotage, tmp_path: Path) -> None:
    assert pilotage("experiments", "list").stdout == "no experiments yet\n"
    file = tmp_path / "base.yaml"
    file.write_text("model: analytic\nrequest: {prompt: a disc}\ncandidates: 3\n")
    made = pilotage("experiments", "create", "samplers", "--asks", "Which is quicker?", "--config", str(file)).stdout
    experiment = made.strip()
    inside, outside = session(pilotage), session(pilotage)
    assert experiment in pilotage("experiments", "assign", inside, experiment).stdout
    told = pilotage("experiments", "show", experiment).stdout
    assert "  1 session  " in told
    assert "Which is quicker?" in told
    assert inside in told
    assert outside not in told
    assert json.loads(pilotage("experiments", "show", experiment, "--json").stdout)["config"]["candidates"] == 3
    pilotage("experiments", "assign", inside)
    assert inside not in pilotage("experiments", "show", experiment).stdout
    assert "samplers" in pilotage("experiments", "list").stdout


def test_what_differs_is_laid_side_by_side_and_unknown_is_said(pilotage: Pilotage) -> None:
    first, second = session(pilotage), session(pilotage, "--set", "sampler=sobol", "--set", "candidates=3")
    pilotage("step", first)
    pilotage("answer", first, "2")
    rows = {line[:34].strip(): line[34:].split("  ") for line in pilotage(
        "experiments", "compare", first, second).stdout.splitlines()}  # fmt: skip
    cells = {name: [cell.strip() for cell in row if cell.strip()] for name, row in rows.items()}
    assert cells[""] == [first, second]
    assert (cells["candidates"], cells["sampler.kind"]) == (["4", "3"], ["auto", "sobol"])
    assert not {"radius", "sampler.shrink"} & set(cells)
    assert cells["rounds, answers, pictures"] == ["1, 1, 4", "0, 0, 0"]
    assert cells["skill over an even guess"] == ["not known", "not known"]
    assert any("settings are the same" in name for name in cells)


def test_bad_input_is_refused_by_its_field_before_anything_is_made(pilotage: Pilotage, tmp_path: Path) -> None:
    file = tmp_path / "base.yaml"
    file.write_text("request: {prompt: a disc}\ncandidates: 99\n")
    refused = pilotage("experiments", "create", "x", "--config", str(file), code=2)
    assert "candidates" in refused.stderr
    assert pilotage("experiments", "list").stdout == "no experiments yet\n"
    assert "session_id" in pilotage("experiments", "compare", code=2).stderr
    pilotage("experiments", "show", "exp_none", code=3)
