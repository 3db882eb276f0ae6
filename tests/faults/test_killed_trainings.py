"""Trainers of latent spaces that are killed at random moments: what was told of is whole, and they go on unhurt."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.envelope import timeless
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import EVENTS, SUMMARY, RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.running import run
from pilotage.models.latents import TrainingConfig

EPOCHS = 12
TRAINING = TrainingConfig(
    network="mlp", hidden=32, latent_dims=4, components=3, epochs=EPOCHS, pretrain_epochs=1, recon="bce_sum",
    responsibilities="vade", learning_rate=3e-3,
)  # fmt: skip
RECORDING = Recording(points=60, umap_every=4, samples_every=4)
BEGINS_S = 60


def launched(runs: Path) -> RunFolder:
    return RunFolder.create(runs, run_config("lat_killed", builtin("digits8"), TRAINING, RECORDING))


def told(folder: RunFolder, type_: str = "") -> int:
    """How many events its log has, of one type or of all."""
    return sum(type_ in ("", event.type) for event in EventTail(folder.path / EVENTS).poll())


def trainer(folder: RunFolder) -> subprocess.Popen[bytes]:
    """The process that trains a run beside a worker, once it has begun to."""
    before, deadline = told(folder, "run.started"), time.monotonic() + BEGINS_S
    command = ["-m", "pilotage.app.latent_child", "train", str(folder.path.parent), folder.run_id, ""]
    process = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE)
    while told(folder, "run.started") == before:
        assert process.poll() is None, "it ended before it began"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def learned(folder: RunFolder) -> dict[str, bytes]:
    """All that a run leaves, without how long that took."""
    files = sorted(folder.path.rglob("*epoch_*"))
    return {path.name: timeless(path.read_bytes()) for path in files if not path.name.startswith(".")}


@pytest.mark.skipif(sys.platform == "win32", reason="a kill that cannot be caught is POSIX's")
def test_trainings_outlive_kills_at_any_moment(tmp_path: Path, cycles: Callable[..., int], dice: random.Random) -> None:
    images, kills, met, ended = builtin("digits8"), cycles(4), 0, 0
    whole = launched(tmp_path / "whole")
    run(whole, images)
    folder = launched(tmp_path / "0")
    for place in range(kills):
        if folder.summary().epoch == EPOCHS:
            ended += 1
            run_to_its_end(folder, whole)
            folder = launched(tmp_path / str(place))
        process = trainer(folder)
        enough = told(folder) + dice.randint(0, 40)  # by what was done, not by the clock: imports take most of it
        while told(folder) < enough and process.poll() is None:
            time.sleep(dice.uniform(0, 0.05))
        process.kill()
        met += process.wait() != 0
        process.communicate()
        harmed = [one for one in faults(folder) if not one.startswith(SUMMARY)]  # that one is mended by who opens it
        assert harmed == []
    run_to_its_end(folder, whole)
    print(f"latents: {kills} kills, {met} met a training, {ended + 1} runs of {EPOCHS} epochs, all as without a kill")


def run_to_its_end(folder: RunFolder, whole: RunFolder) -> None:
    """As a resume does; then it is what it would have been."""
    if folder.summary().state != "completed":
        assert run(folder, builtin("digits8")) == "completed"
    assert faults(folder) == ()
    assert learned(folder) == learned(whole)
