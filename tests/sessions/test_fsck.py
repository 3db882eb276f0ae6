"""fsck: whatever is wrong is found, and only what is safe is repaired."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.artifacts import DiskArtifacts
from pilotage.core.clock import system_clock
from pilotage.core.hashing import sha256_hex
from pilotage.store import (
    ROWS,
    AnswerRow,
    ArtifactRow,
    CandidateRow,
    JobRow,
    MarkRow,
    RoundRow,
    RunRow,
    SampleRow,
    SessionRow,
    Transaction,
)

Steer = Callable[..., Any]
NOW = system_clock()


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path / "home"))


@pytest.fixture
def session(steer: Steer) -> Any:
    """Two rounds answered, a third asked for."""
    session = steer()
    for slot in (1, 2):
        session.step()
        session.pick(slot)
    session.lab.request_round(session.id)
    return session


def codes(lab: Lab, **more: bool) -> list[str]:
    return sorted({finding.code for finding in lab.fsck(**more).findings})


def file_of(lab: Lab, name: str) -> Path:
    assert isinstance(lab.artifacts, DiskArtifacts)
    return lab.artifacts.path(name)


def age(file: Path) -> Path:
    long_ago = (NOW - timedelta(days=2)).timestamp()
    os.utime(file, (long_ago, long_ago))
    return file


def test_a_session_that_was_used_is_well(lab: Lab, session: Any) -> None:
    found = lab.fsck()
    assert found.findings == []
    assert found.is_well
    assert found.looked_at["sessions"] == 1
    assert found.looked_at["artifacts"] == found.looked_at["files"] == 7
    assert found.looked_at["events"] == lab.store.last_seq()
    lab.undo(session.id)
    lab.branch(session.id)
    assert lab.fsck().findings == []


def rewrite(kind: Any, **changes: Any) -> Callable[[Transaction, str], None]:
    """Spoil the first row of a kind."""

    def spoil(tx: Transaction, session_id: str) -> None:
        row = next(row for row in tx.list(kind) if getattr(row, "session_id", session_id) == session_id)
        tx.put(row.model_copy(update=changes))

    return spoil


def drop(kind: Any) -> Callable[[Transaction, str], None]:
    """Lose the first row of a kind."""

    def spoil(tx: Transaction, session_id: str) -> None:
        first = next(row for row in tx.list(kind) if getattr(row, "session_id", session_id) == session_id)
        tx.remove(kind, {"id": first.id})

    return spoil


def mark_nothing(tx: Transaction, session_id: str) -> None:
    tx.put(MarkRow(id="mrk_1", created_at=NOW, updated_at=NOW, session_id=session_id, sample_id="smp_none"))


def lose_events(tx: Transaction, session_id: str) -> None:
    tx.forget(session_id, before=4)


SPOILED: dict[str, tuple[Callable[[Transaction, str], None], str]] = {
    "a best that the answers do not say": (rewrite(SessionRow, incumbent_id=None), "incumbent"),
    "a wrong count": (rewrite(SessionRow, answers=7), "counts"),
    "a parent that never was": (rewrite(SessionRow, parent_id="ses_none"), "dangling"),
    "a final that is not there": (rewrite(SessionRow, final_id="cnd_none"), "dangling"),
    "an answered round without an answer": (rewrite(AnswerRow, retracted_at=NOW), "round_state"),
    "an open round with an answer": (rewrite(RoundRow, state="awaiting"), "round_state"),
    "a failure without a reason": (rewrite(RoundRow, state="failed"), "round_state"),
    "a round that no job makes": (rewrite(RoundRow, state="queued", job_id=None), "round_state"),
    "a missing round": (rewrite(RoundRow, state="superseded"), "round_order"),
    "a candidate whose picture is gone": (rewrite(CandidateRow, sample_id="smp_none"), "dangling"),
    "a candidate that carries nobody": (rewrite(CandidateRow, carried_from="cnd_none"), "dangling"),
    "a mark on nothing": (mark_nothing, "dangling"),
    "a lost answer": (drop(AnswerRow), "answer_lost"),
    "an unknown artifact": (drop(ArtifactRow), "artifact_unknown"),
    "a gap in the log": (lose_events, "event_gap"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_whatever_is_wrong_in_the_rows_is_found_and_left_alone(lab: Lab, session: Any, what: str) -> None:
    spoil, code = SPOILED[what]
    with lab.store.transaction() as tx:
        spoil(tx, session.id)
    before = {kind: list(lab.store.list(kind)) for kind in ROWS}
    assert code in codes(lab)
    assert code in codes(lab, repair=True)
    assert not lab.fsck(repair=True).is_well
    assert {kind: list(lab.store.list(kind)) for kind in ROWS} == before


def test_an_answer_that_no_event_tells_of_is_found(lab: Lab, session: Any) -> None:
    with lab.store.transaction() as tx:
        told = next(event for event in lab.store.events() if event.type == "answer.recorded")
        tombstone = tx.append(told.model_copy(update={"topic": "lab", "type": "x.y", "seq": 0}))
        tx.forget(session.id, before=tombstone.seq)
    assert codes(lab) == ["answer_untold", "event_gap"]


def test_a_file_that_is_gone_or_damaged_is_found(lab: Lab, session: Any) -> None:
    first, second = sorted(row.id for row in lab.store.list(ArtifactRow))[:2]
    file_of(lab, first).unlink()
    file_of(lab, second).write_bytes(b"something else")
    found = {(finding.code, finding.subject) for finding in lab.fsck(repair=True).findings}
    assert found == {("artifact_missing", first), ("artifact_damaged", second)}
    assert codes(lab, rehash=False) == ["artifact_missing"]


def test_damage_within_an_archive_is_found(lab: Lab, session: Any) -> None:
    names = sorted(row.id for row in lab.store.list(ArtifactRow))
    lab.artifacts.pack("ses_1", names)
    assert codes(lab) == []
    pack = file_of(lab, "0" * 64).parents[2] / "archive" / "ses_1.zip"
    whole = pack.read_bytes()
    pack.write_bytes(whole[:200] + bytes([whole[200] ^ 255]) + whole[201:])
    assert codes(lab) == ["artifact_damaged"]
    pack.write_bytes(whole[: len(whole) // 2])
    assert "artifact_missing" in codes(lab)


def test_leftovers_are_cleared_when_they_are_old(lab: Lab, session: Any, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "artifacts"
    unused = file_of(lab, lab.artifacts.put(b"no row names this"))
    unfinished, foreign = folder / "half.part", folder / "notes.txt"
    for file in (unfinished, foreign):
        file.write_bytes(b"x")
    assert codes(lab) == [], "they may be writes that go on"
    for file in (unused, unfinished, foreign):
        age(file)
    assert codes(lab) == ["file_stray", "file_unused"]
    assert all(file.exists() for file in (unused, unfinished, foreign))
    assert lab.fsck(repair=True).is_well
    assert codes(lab) == []
    assert {file.name for file in (folder / "lost+found").iterdir()} == {sha256_hex(b"no row names this"), "notes.txt"}
    assert not unfinished.exists()


def test_a_mark_of_a_clean_on_what_is_there_is_taken_back(lab: Lab, session: Any) -> None:
    with lab.store.transaction() as tx:
        row = tx.list(ArtifactRow)[0]
        tx.put(row.model_copy(update={"cleaned_at": NOW}))
    assert codes(lab) == ["mark_wrong"]
    assert codes(lab, repair=True) == ["mark_wrong"]
    assert codes(lab) == []
    assert lab.store.get(ArtifactRow, row.id) == row


def test_what_a_clean_took_is_not_missing(lab: Lab, session: Any) -> None:
    with lab.store.transaction() as tx:
        row = tx.list(ArtifactRow)[0]
        tx.put(row.model_copy(update={"cleaned_at": NOW}))
    file_of(lab, row.id).unlink()
    assert codes(lab) == []


def test_rows_of_runs_and_jobs_are_needed(lab: Lab, session: Any) -> None:
    round_ = session.last()
    with lab.store.transaction() as tx:
        tx.remove(JobRow, {"id": round_.job.id})
    assert codes(lab) == ["round_state"]
    with lab.store.transaction() as tx:
        run = tx.list(RunRow)[0]
        for sample in tx.list(SampleRow, where={"run_id": run.id}):
            tx.remove(SampleRow, {"id": sample.id})
    assert "dangling" in codes(lab)
