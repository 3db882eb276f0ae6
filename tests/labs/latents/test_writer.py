"""The writer of a run: states in their order, a summary that follows from the log, and no word before the file."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pilotage.core import crash
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, StorageError
from pilotage.labs.latents import writer
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.events import TYPES, EventTail
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.state import RunConfig
from pilotage.labs.latents.writer import RunWriter

DATA = {"train.metrics": {"epoch": 1, "loss": 0.5}, "run.failed": {"code": "training", "message": "the loss is NaN"}}


@pytest.fixture
def run(folder: RunFolder, noon: datetime) -> Iterator[RunWriter]:
    ticks = iter(range(1000))
    with RunWriter(folder, clock=lambda: noon, monotonic=lambda: float(next(ticks))) as writer:
        yield writer


def told(folder: RunFolder) -> list[str]:
    return [event.type for event in EventTail(folder.path / "events.jsonl").poll()]


def test_a_run_that_goes_well_tells_its_states_in_their_order(run: RunWriter, noon: datetime) -> None:
    states = [run.folder.summary().state]
    for type_ in ("run.started", "train.progress", "train.metrics", "projection.progress", "run.completed"):
        run.emit(type_, DATA.get(type_, {}))
        states.append(run.folder.summary().state)
    assert states == ["created", *["running"] * 4, "completed"]
    assert told(run.folder) == [
        "run.created", "run.started", "train.progress", "train.metrics", "projection.progress", "run.completed"
    ]  # fmt: skip
    summary = run.folder.summary()
    assert (summary.epoch, summary.metrics) == (1, {"epoch": 1, "loss": 0.5})
    assert (summary.started_at, summary.finished_at, summary.error) == (noon, noon, None)


@pytest.mark.parametrize(
    ("history", "last", "state"),
    [
        (["run.started"], "run.cancelled", "cancelled"),
        ([], "run.cancelled", "cancelled"),
        (["run.started"], "run.failed", "failed"),
        (["run.started", "run.failed"], "run.started", "running"),
        (["run.started", "run.cancelled"], "run.started", "running"),
    ],
)
def test_a_run_ends_as_it_was_told_and_may_go_on(run: RunWriter, history: list[str], last: str, state: str) -> None:
    for type_ in [*history, last]:
        run.emit(type_, DATA.get(type_, {}))
    summary = run.folder.summary()
    assert summary.state == state
    assert summary.error == (DATA["run.failed"] if state == "failed" else None)
    assert summary.resumed == (len(history) == 2)
    assert (summary.finished_at is None) == (state == "running")


IMPOSSIBLE = {
    "": ["run.created", "run.completed", "train.progress", "train.metrics"],
    "run.started": ["run.created", "run.started"],
    "run.started run.completed": ["run.started", "run.cancelled", "run.failed", "train.progress", "train.metrics"],
    "run.started run.cancelled": ["run.completed", "run.failed", "train.metrics"],
    "run.started run.failed": ["run.completed", "run.cancelled", "train.progress"],
}


@pytest.mark.parametrize(("history", "last"), [(past, last) for past, all_ in IMPOSSIBLE.items() for last in all_])
def test_what_cannot_happen_now_is_refused_and_not_written(run: RunWriter, history: str, last: str) -> None:
    for type_ in history.split():
        run.emit(type_, {})
    before = told(run.folder), run.folder.summary()
    with pytest.raises(ConflictError):
        run.emit(last, {})
    assert (told(run.folder), run.folder.summary()) == before


def test_an_artifact_is_told_of_with_just_five_facts_once_it_is_there(run: RunWriter) -> None:
    artifact = run.artifact("latent_2d_pca", 4, b"{}\n")
    event = EventTail(run.folder.path / "events.jsonl").poll()[-1]
    assert event.type == "artifact.created"
    assert event.data == {
        "path": "projections/latent_2d_epoch_4.json", "sha256": artifact.sha256, "bytes": 3,
        "schema": "latent_2d_pca/1", "epoch": 4,
    }  # fmt: skip
    assert faults(run.folder) == ()


def test_a_file_that_another_process_wrote_is_told_of_after_the_run_has_ended(run: RunWriter, runs: Path) -> None:
    for type_ in ("run.started", "run.completed"):
        run.emit(type_, {})
    run.announce(RunFolder.open(runs, run.folder.run_id).write("mixture_health", 1, b"{}"))
    assert told(run.folder)[-1] == "artifact.created"
    assert run.folder.summary().state == "completed"


def test_a_word_that_nobody_knows_or_that_json_lacks_is_refused(run: RunWriter) -> None:
    run.emit("run.started", {})
    for type_, data in (("run.paused", {}), ("train.metrics", {"epoch": 1, "loss": float("nan")})):
        with pytest.raises(InvalidInputError):
            run.emit(type_, data)
    assert told(run.folder) == ["run.created", "run.started"]
    assert run.folder.summary().metrics == {}


def test_a_run_has_one_writer(run: RunWriter) -> None:
    with pytest.raises(ConflictError):
        RunWriter(run.folder)


def test_who_has_patience_takes_a_run_once_its_writer_lets_go(run: RunWriter) -> None:
    with pytest.raises(ConflictError):
        RunWriter.opened(run.folder, patience=0.0)
    threading.Timer(0.3, run.close).start()
    with RunWriter.opened(run.folder) as later:
        later.emit("run.started", {})
    assert told(run.folder) == ["run.created", "run.started"]


def test_a_summary_that_a_crash_left_behind_is_mended_when_the_run_is_opened(
    run: RunWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.emit("run.started", {})

    def full(*_: object) -> None:
        raise StorageError("full")

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "save_summary", full)
        with pytest.raises(StorageError):
            run.emit("run.failed", DATA["run.failed"])
    assert run.folder.summary().state == "running"
    assert faults(run.folder) == ("summary.json is not what events.jsonl says",)
    run.close()
    with RunWriter(run.folder) as again:
        assert again.summary.state == run.folder.summary().state == "failed"
    assert faults(run.folder) == ()


def test_a_file_that_was_replaced_before_a_crash_is_told_of_again(run: RunWriter) -> None:
    run.artifact("latents", 1, b"before")
    replaced = run.folder.write("latents", 1, b"after that")
    run.close()
    assert faults(run.folder) == ("checkpoints/latents_epoch_1.npy has other bytes than it was told of",)
    with RunWriter(run.folder):
        pass
    assert EventTail(run.folder.path / "events.jsonl").poll()[-1].data["sha256"] == replaced.sha256
    assert faults(run.folder) == ()


def test_what_was_read_once_is_not_read_again_unless_it_was_replaced(
    run: RunWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for epoch in range(1, 6):
        run.artifact("latents", epoch, b"before")
    run.close()
    with RunWriter(run.folder):
        pass
    read: list[str] = []
    whole = hashlib.file_digest
    monkeypatch.setattr(
        hashlib, "file_digest", lambda file, kind: read.append(Path(file.name).name) or whole(file, kind)
    )
    with RunWriter(run.folder):
        pass
    assert read == []
    before = run.folder.file("checkpoints/latents_epoch_3.npy").stat()
    replaced = run.folder.write("latents", 3, b"beforE")
    os.utime(run.folder.path / replaced.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with RunWriter(run.folder):
        pass
    assert read == ["latents_epoch_3.npy"]
    assert faults(run.folder) == ()


def test_an_audit_names_what_is_no_part_of_a_run_and_what_is_gone(run: RunWriter, tmp_path: Path) -> None:
    run.artifact("latents", 1, b"x")
    folder = run.folder.path
    run.folder.request_cancel()
    (folder / "projections" / ".latent_2d_latest.json.0123.part").write_text("a write that goes on")
    assert faults(run.folder) == ()
    (folder / "checkpoints" / "latents_epoch_1.npy").unlink()
    (folder / "run.sh").write_text("")
    (folder / "network" / "forward").symlink_to(tmp_path)
    assert sorted(faults(run.folder)) == [
        "checkpoints/latents_epoch_1.npy was told of and is gone",
        "network/forward is a link",
        "run.sh is no file of a run",
    ]


def _made(runs: Path, config: RunConfig) -> None:
    crash.arm("run made")
    RunFolder.create(runs, config)


def test_a_run_whose_making_was_interrupted_is_not_there_and_can_be_made(runs: Path, config_of: Any) -> None:
    maker = multiprocessing.get_context("fork").Process(target=_made, args=(runs, config_of("lat_1")))
    maker.start()
    maker.join(60)
    assert maker.exitcode == crash.CRASHED
    with pytest.raises(NotFoundError):
        RunFolder.open(runs, "lat_1")
    assert faults(RunFolder.create(runs, config_of("lat_1"))) == ()


def _trained(runs: Path, run_id: str, at: str) -> None:
    """A trainer that never stops of itself: in a process of its own, until it is killed."""
    crash.arm(at)
    with RunWriter(RunFolder.open(runs, run_id)) as run:
        if run.summary.state == "running":
            run.emit("run.failed", {"code": "job_lost", "message": "interrupted"})
        run.emit("run.started", {})
        start = (run.summary.epoch or 0) + 1
        for epoch in range(start, start + 10_000):
            run.emit("train.progress", {"epoch": epoch})
            for name in ("checkpoint", "latent_2d_pca", "knn_pca", "checkpoint"):  # one of them twice, with other bytes
                run.artifact(name, epoch, os.urandom(2000))
            run.emit("train.metrics", {"epoch": epoch, "loss": 1 / epoch})


POINTS = ["run artifact written", "run artifact mirrored", "run event written"]
KILLS = [f"{point}:{times}" for point in POINTS for times in (1, 4, 9)] + [""] * 16


def test_no_point_of_death_is_left_out() -> None:
    sources = Path(writer.__file__).parent.rglob("*.py")
    named = {name for file in sources for name in re.findall(r'\bcrash_point\("([^"]+)"\)', file.read_text())}
    assert named == {*POINTS, "run made"}


def test_whenever_a_trainer_is_killed_every_file_that_was_told_of_is_whole(folder: RunFolder, runs: Path) -> None:
    rng = random.Random(5)
    fork = multiprocessing.get_context("fork")
    told_before = 0
    for at in rng.sample(KILLS, len(KILLS)):
        trainer = fork.Process(target=_trained, args=(runs, folder.run_id, at))
        trainer.start()
        if not at:
            time.sleep(rng.uniform(0, 0.12))
            os.kill(trainer.pid or 0, signal.SIGKILL)
        trainer.join(60)
        assert trainer.exitcode in (-signal.SIGKILL, crash.CRASHED)
        with RunWriter(RunFolder.open(runs, folder.run_id)) as run:
            assert run.folder.summary() == run.summary
        assert faults(folder) == ()
        events = EventTail(folder.path / "events.jsonl").poll()
        assert len(events) >= told_before, "nothing that was told is ever lost"
        told_before = len(events)
    assert folder.summary().epoch is not None
    assert folder.summary().resumed > len(POINTS)


def test_every_event_that_the_contract_names_can_be_told() -> None:
    assert set(TYPES) >= {
        "run.created", "run.started", "run.completed", "run.cancelled", "run.failed", "train.progress",
        "train.metrics", "artifact.created", "projection.progress",
    }  # fmt: skip
