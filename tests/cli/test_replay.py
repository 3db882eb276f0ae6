"""`pilotage replay`: the document, and whether the pictures come again; its exit code says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.store import SampleRow

Pilotage = Callable[..., Result]


@pytest.fixture
def session(pilotage: Pilotage) -> str:
    made = pilotage("new", "a disc", "--model", "analytic", "--seed", "3").stdout.strip()
    pilotage("step", made)
    return made


def test_the_document_is_printed_or_written(pilotage: Pilotage, session: str, tmp_path: Path) -> None:
    printed = json.loads(pilotage("replay", session).stdout)
    out = tmp_path / "deep" / "replay.json"
    assert pilotage("replay", session, "--out", str(out)).stdout.strip() == str(out)
    written = json.loads(out.read_text())
    assert printed.keys() == written.keys()
    assert session in out.read_text()


def test_a_session_whose_bytes_come_again_is_verified(pilotage: Pilotage, session: str) -> None:
    done = pilotage("replay", session, "--verify")
    assert done.stdout.splitlines()[0].split() == ["round", "1", "1", "equal"]
    assert done.stdout.splitlines()[-1] == "4 equal, 0 different, 0 missing"
    told = json.loads(pilotage("replay", session, "--verify", "--round", "1", "--json").stdout)
    assert (told["equal"], told["runs"][0]["round"]) == (4, 1)


def test_one_byte_that_differs_is_told_and_leaves_with_one(pilotage: Pilotage, home: Path, session: str) -> None:
    lab = local_lab(Settings(home=home))
    with lab.store.transaction() as tx:
        tx.put(lab.store.list(SampleRow)[1].model_copy(update={"artifact": "0" * 64}))
    done = pilotage("replay", session, "--verify", code=1)
    assert "different" in done.stdout.splitlines()[1]
    assert done.stdout.splitlines()[-1] == "3 equal, 1 different, 0 missing"


def test_a_round_that_is_not_there_leaves_with_the_code_of_what_is_not_found(pilotage: Pilotage, session: str) -> None:
    pilotage("replay", session, "--verify", "--round", "9", code=3)
