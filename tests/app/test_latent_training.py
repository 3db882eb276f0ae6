"""The process that trains a run: what is told when it could not begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from pilotage.app.latent_training import train_run
from pilotage.core.errors import ConflictError
from pilotage.core.progress import CancelToken, silent
from pilotage.labs.latents.data import ImageSet, builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig
from pilotage.store.memory import MemoryStore

ENDS = {"run.cancelled": {"epoch": 1}, "run.failed": {"code": "training", "message": "the loss became nan"}}


@pytest.mark.parametrize("end", ENDS)
def test_a_run_that_cannot_go_on_says_why_and_not_how_it_ended_before(end: str, tmp_path: Path) -> None:
    before = ImageSet("digits8", builtin("digits8").images[:100])  # the set of this name holds other pictures now
    folder = RunFolder.create(tmp_path / "runs", run_config("lat_before", before, TrainingConfig()))
    with RunWriter(folder) as run:
        run.emit("run.started", {"after_epoch": 0})
        run.emit(end, ENDS[end])
    with pytest.raises(ConflictError, match="other pictures") as told:
        train_run(MemoryStore(), folder, tmp_path, progress=silent, cancel=CancelToken())
    assert told.value.field == "data"
    assert folder.summary().state == end.removeprefix("run.")


def test_a_complete_run_is_not_trained_again_and_its_result_is_told(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "runs", run_config("lat_done", builtin("digits8"), TrainingConfig()))
    with RunWriter(folder) as run:
        run.emit("run.started", {"after_epoch": 0})
        run.emit("run.completed", {"epoch": 30})
    result = train_run(MemoryStore(), folder, tmp_path, progress=silent, cancel=CancelToken())
    assert (result["run_id"], result["state"]) == ("lat_done", "completed")
