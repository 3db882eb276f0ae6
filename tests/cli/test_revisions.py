"""The terminal's ways back: undo, branch, regenerate, pause, marks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from pilotage.cli.context import EXIT_CODES

Pilotage = Callable[..., Result]
CONFLICT = next(code for code, meaning in EXIT_CODES.items() if "state" in meaning)


@pytest.fixture
def session(pilotage: Pilotage) -> str:
    """Two answered rounds and one that waits."""
    session = pilotage("new", "a disc", "--model", "analytic", "--seed", "3").stdout.strip()
    for place in ("2", "3"):
        pilotage("step", session)
        pilotage("answer", session, place)
    pilotage("step", session)
    return session


def shown(pilotage: Pilotage, session: str) -> dict[str, Any]:
    return json.loads(pilotage("show", session, "--json").stdout)


def test_undo_takes_the_last_answer_back_and_round_says_how_far(pilotage: Pilotage, session: str) -> None:
    assert "round 2 waits" in pilotage("undo", session).stdout
    assert "round 1 waits" in pilotage("undo", session, "--round", "1").stdout
    assert [(r["index"], r["state"]) for r in shown(pilotage, session)["superseded"]] == [
        (2, "superseded"), (3, "superseded")]  # fmt: skip
    assert "nothing_to_undo" in pilotage("undo", session, code=CONFLICT).stderr


def test_a_branch_is_a_session_of_its_own(pilotage: Pilotage, session: str) -> None:
    first = shown(pilotage, session)["round_views"][0]["id"]
    child = pilotage("branch", session, "--round", first, "--name", "other way").stdout.strip()
    pilotage("answer", child, "4")
    assert (shown(pilotage, child)["parent_id"], shown(pilotage, child)["answers"]) == (session, 1)
    assert shown(pilotage, session)["answers"] == 2


def test_regenerate_shows_other_candidates(pilotage: Pilotage, session: str) -> None:
    before = shown(pilotage, session)["round_views"][-1]
    after = json.loads(pilotage("regenerate", session, "--json").stdout)
    assert (after["index"], after["attempt"]) == (before["index"], 1)
    assert after["candidates"][1]["z"] != before["candidates"][1]["z"]


def test_pausing_holds_until_resume_and_reopen_follows_finish(pilotage: Pilotage, session: str) -> None:
    assert "paused" in pilotage("pause", session).stdout
    pilotage("answer", session, "1")
    assert "session_paused" in pilotage("step", session, code=CONFLICT).stderr
    assert "active" in pilotage("resume", session).stdout
    pilotage("finish", session)
    assert "active" in pilotage("reopen", session).stdout


def test_a_pinned_picture_comes_again(pilotage: Pilotage, session: str) -> None:
    pinned = shown(pilotage, session)["round_views"][0]["candidates"][3]
    assert "pinned: True" in pilotage("mark", session, pinned["id"], "--pin").stdout
    pilotage("answer", session, "1")
    roles = [c["role"] for c in json.loads(pilotage("step", session, "--json").stdout)["candidates"]]
    assert roles[:2] == ["incumbent", "pinned"]


def test_a_picture_is_named_by_its_round_and_place(pilotage: Pilotage, session: str) -> None:
    pilotage("mark", session, "3.4", "--favourite")
    marks = [[c["favourite"] for c in r["candidates"]] for r in shown(pilotage, session)["round_views"]]
    assert marks == [[False] * 4, [False] * 4, [False, False, False, True]]
    assert "has its picture" in pilotage("retry", session, "3.2", code=CONFLICT).stderr
    assert "places 1 to 4" in pilotage("mark", session, "2.5", "--pin", code=2).stderr
    assert "round" in pilotage("mark", session, "9.1", "--pin", code=3).stderr
    pilotage("finish", session, "1.3")
    told = shown(pilotage, session)
    assert told["final_id"] == told["round_views"][0]["candidates"][2]["id"]


def test_a_branch_has_a_name_that_can_be_seen(pilotage: Pilotage, session: str) -> None:
    assert "blanks" in pilotage("branch", session, "--name", " ", code=2).stderr
