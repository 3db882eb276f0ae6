"""What is told of a training that could not begin: by its job, and before it has one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pilotage.app.latent_training import train_run
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.errors import ConflictError, InvalidInputError
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


def test_a_net_whose_checkpoints_would_be_too_large_to_read_is_not_launched(tmp_path: Path) -> None:
    lab = local_lab(Settings(home=tmp_path / "home"))
    np.savez(tmp_path / "large.npz", images=np.zeros((20, 128, 128), dtype=np.uint8))
    lab.import_pictures(tmp_path / "large.npz")
    with pytest.raises(InvalidInputError, match="weights") as refused:
        lab.launch_run("large", training={"channels": 128, "hidden": 2048})
    assert refused.value.field == "training.hidden"
    assert not lab.latents.runs.exists()
