"""Calibration and diagnosis in the terminal, on the starter."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Pilotage = Callable[..., Result]
ASKED = ("a fox", "--axis", "red | blue", "--set", "dimension=2", "--set", "request.steps=4", "--seed", "3")


@pytest.mark.starter
def test_measured_axes_are_printed_kept_and_taken_by_the_next_session(pilotage: Pilotage) -> None:
    before = pilotage("calibrate", *ASKED, "--known").stdout
    assert "not measured" in before
    assert "1 more" in before
    told = json.loads(pilotage("calibrate", *ASKED, "--carriers", "2", "--json").stdout)["axes"]
    known = pilotage("calibrate", *ASKED, "--known").stdout.splitlines()
    assert known[0].split() == ["axis", "scale", "one", "unit"]
    assert [line.split("  ")[0] for line in known[1:]] == [axis["name"] for axis in told]
    assert f"{told[0]['scale']:.2f}" in known[1]
    session = pilotage("new", *ASKED).stdout.strip()
    pilotage("step", session)
    config = json.loads(pilotage("show", session, "--json").stdout)["config"]
    assert config["scales"] == pytest.approx([axis["scale"] for axis in told])


@pytest.mark.starter
def test_a_space_is_told_in_all_and_by_axis(pilotage: Pilotage) -> None:
    lines = pilotage("space", *ASKED, "--places", "3", "--noises", "3").stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[:3]] == ["share of what differs", "the whole space", "red ↔ blue"]
    assert len(lines) == 4


def test_a_model_with_axes_of_its_own_cannot_be_calibrated_but_looked_at(pilotage: Pilotage) -> None:
    refused = pilotage("calibrate", "a disc", "--model", "analytic", code=2)
    assert "axes of its own" in refused.stderr
    found = json.loads(pilotage("space", "a disc", "--model", "analytic", "--json").stdout)
    assert found["space"]["z"] > found["space"]["seed"]
