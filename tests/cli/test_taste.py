"""Style calibration and taste profiles in the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Pilotage = Callable[..., Result]
DISC = ("a disc", "--model", "analytic", "--seed", "3")


@pytest.fixture
def lived(pilotage: Pilotage) -> str:
    session = pilotage("new", *DISC).stdout.strip()
    pilotage("step", session)
    pilotage("answer", session, "3")
    return session


def test_a_session_begins_with_a_style_calibration_and_goes_on_from_the_favourite(pilotage: Pilotage) -> None:
    session = pilotage("new", *DISC, "--set", "style_probes=15").stdout.strip()
    shown = pilotage("step", session).stdout.splitlines()
    assert shown[0].split() == ["round", "0", "awaiting"]
    assert len(shown) == 16
    pilotage("answer", session, "4", "--round", "0", "--keep", "4", "--keep", "9", "--keep", "15")
    following = json.loads(pilotage("step", session, "--json").stdout)
    assert following["candidates"][0]["carried_from"] == shown[4].split()[1]


def test_profiles_are_listed_and_told_axis_by_axis(pilotage: Pilotage, lived: str) -> None:
    (line,) = pilotage("taste").stdout.splitlines()
    assert "1 sessions" in line
    told = pilotage("taste", "show", line.split()[0]).stdout
    assert told == pilotage("taste", "show", lived).stdout
    assert "cool ↔ warm" in told
    assert f"{lived}    1 answers" in told


def test_a_profile_is_corrected_and_what_is_not_named_stays(pilotage: Pilotage, lived: str) -> None:
    pilotage("taste", "edit", lived, "--weight", "0.5", "--axis", "cool ↔ warm=0.4±0.1", "--no-opinion", "low ↔ high")
    edited = pilotage("taste", "edit", lived, "--exclude", lived, "--as-told", "low ↔ high", "--json").stdout
    settings = json.loads(edited)["settings"]
    opinions = {"cool ↔ warm": {"mean": 0.4, "sd": 0.1}}
    assert settings == {"weight": 0.5, "excluded": [lived], "axes": opinions}
    again = json.loads(pilotage("taste", "edit", lived, "--include", lived, "--json").stdout)
    assert again["settings"]["excluded"] == []


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(("show", "zzz"), "space"), (("edit", "SESSION", "--axis", "warm"), "axes"),
     (("edit", "SESSION", "--axis", "soft=1"), "axes.soft")],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_field(
    pilotage: Pilotage, lived: str, arguments: tuple[str, ...], field: str
) -> None:
    refused = pilotage("taste", *(lived if part == "SESSION" else part for part in arguments), code=2)
    assert f"[{field}]" in refused.stderr
