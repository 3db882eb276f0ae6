"""Maps made beside a training, by a process that may end at any moment."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.labs.latents import projector as beside
from pilotage.labs.latents.cadence import Method, Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import Artifact, RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.projections import artifact_names, project
from pilotage.labs.latents.projector import Projector, serve
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunWriter]:
    """A run of an autoencoder whose first two epochs left latents."""
    asked = run_config("lat_maps", builtin("digits8"), TrainingConfig(kind="ae", epochs=3), Recording(points=20))
    folder = RunFolder.create(tmp_path, asked)
    latents = io.BytesIO()
    np.save(latents, np.random.default_rng(0).standard_normal((20, 4), dtype=np.float32))
    with RunWriter(folder) as writer:
        for epoch in (1, 2):
            writer.artifact("latents", epoch, latents.getvalue())
        yield writer


def told(run: RunWriter) -> list[tuple[int, str, str]]:
    """Epoch, state and code of each word about maps."""
    events = EventTail(run.folder.path / "events.jsonl").poll()
    said = [event.data for event in events if event.type == "projection.progress"]
    return [(data["epoch"], data["state"], (data["error"] or {}).get("code", "")) for data in said]


def children() -> list[int]:
    """The processes that make maps, and whose parent this process is."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if parent == os.getpid() and any(beside.__name__ in word for word in words):
            found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the process in /proc")
def test_after_the_end_of_the_process_what_was_due_is_told_to_have_failed_and_the_next_map_has_another(
    run: RunWriter,
) -> None:
    projector = Projector(run)
    projector.post(1, "pca")
    (first,) = children()
    os.kill(first, signal.SIGKILL)
    assert projector.settle(lambda: False)
    assert told(run) == [(1, "due", ""), (1, "failed", "lab_error")]
    with pytest.raises(ChildProcessError):  # it was waited for: no zombie stays behind
        os.waitpid(first, os.WNOHANG)
    projector.post(2, "pca")
    assert projector.settle(lambda: False)
    projector.close()
    assert told(run)[2:] == [(2, "due", ""), (2, "done", "")]
    assert run.folder.epochs("latent_2d_pca") == (2,)


def test_where_no_process_can_be_started_a_map_is_told_to_have_failed_and_nobody_waits(
    run: RunWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(run.folder.path / "nothing"))
    projector = Projector(run)
    projector.post(1, "pca")
    looks = iter(range(100))
    assert projector.settle(lambda: next(looks) > 20)
    projector.close()
    assert told(run) == [(1, "due", ""), (1, "failed", "lab_error")]


def test_whatever_goes_wrong_with_one_map_the_next_is_made(run: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = beside.project

    def project(folder: RunFolder, epoch: int, method: Method, **rest: Any) -> Iterator[Artifact]:
        if epoch == 1:
            raise (InvalidInputError("damaged") if method == "umap" else MemoryError("too large"))
        return whole(folder, epoch, method, **rest)

    monkeypatch.setattr(beside, "project", project)
    said = io.StringIO()
    serve(run.folder, io.StringIO("1 pca\n1 umap\n2 pca\n"), said, parent=os.getppid())
    ends = [end for end in map(json.loads, said.getvalue().splitlines()) if "epoch" in end]
    assert [(end["epoch"], (end["error"] or {}).get("code")) for end in ends] == [
        (1, "lab_error"), (1, "invalid_input"), (2, None)
    ]  # fmt: skip
    assert "MemoryError" in ends[0]["error"]["message"]


def _used(left: list[bool]) -> None:
    left.pop()


def test_before_each_file_it_is_asked_whether_it_may_be_written(run: RunWriter) -> None:
    names = artifact_names("pca", mixture=False)
    for allowed in range(len(names)):
        folder = RunFolder.create(
            run.folder.path.parent, run.folder.config().model_copy(update={"run_id": f"lat_{allowed}"})
        )
        folder.write("latents", 1, run.folder.file("checkpoints/latents_epoch_1.npy").read_bytes())
        left = [True] * allowed

        with pytest.raises(IndexError):  # nothing is left of what was allowed
            for _ in project(folder, 1, "pca", check=partial(_used, left)):
                pass
        there = [name for name in names if folder.epochs(name)]
        assert there == list(names[:allowed])


def test_a_process_whose_trainer_is_gone_replaces_no_file(run: RunWriter) -> None:
    """Another trainer may have told of it by then."""
    before = run.artifact("latent_2d_pca", 1, b"told of")
    with pytest.raises(SystemExit):
        serve(run.folder, io.StringIO("1 pca\n2 pca\n"), io.StringIO(), parent=os.getppid() + 1)
    assert run.folder.file(before.path).read_bytes() == b"told of"
    assert run.folder.epochs("latent_2d_pca") == (1,)
