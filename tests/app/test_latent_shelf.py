"""The folder of runs beside the database: what is put there, taken away and left behind by hand or by a crash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig

RUN = "lat_shelved"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path / "home"))


@pytest.fixture
def folder(lab: Lab) -> RunFolder:
    """Of a run that has ended, and that the database knows."""
    folder = RunFolder.create(lab.latents.runs, run_config(RUN, builtin("digits8"), TrainingConfig()))
    with RunWriter(folder) as run:
        run.emit("run.started", {"after_epoch": 0})
        run.emit("run.cancelled", {"epoch": None})
    assert listed(lab) == [RUN]
    return folder


def listed(lab: Lab) -> list[str]:
    return [run.id for run in lab.list_runs()[0]]


def told(lab: Lab) -> list[str]:
    """The types of the run's events, as the database has them."""
    return [event.type for event in lab.store.events(topic=RUN)]


def test_a_run_whose_folder_went_and_came_back_is_told_once(lab: Lab, folder: RunFolder, tmp_path: Path) -> None:
    story = told(lab)
    assert story == ["run.created", "run.started", "run.cancelled"]
    os.rename(folder.path, tmp_path / "elsewhere")
    assert listed(lab) == []
    assert told(lab) == ["run.deleted"]
    os.rename(tmp_path / "elsewhere", folder.path)
    assert listed(lab) == [RUN]
    assert told(lab) == ["run.deleted", *story]


def test_without_the_folder_of_runs_nothing_is_forgotten(lab: Lab, folder: RunFolder, tmp_path: Path) -> None:
    story = told(lab)
    os.rename(lab.latents.runs, tmp_path / "a disk that is not there")
    assert listed(lab) == [RUN]
    os.rename(tmp_path / "a disk that is not there", lab.latents.runs)
    assert listed(lab) == [RUN]
    assert told(lab) == story


def test_what_a_kill_left_in_the_folder_of_runs_goes_an_hour_later(lab: Lab, folder: RunFolder) -> None:
    runs = lab.latents.runs
    left = [".lat_half.0123456789ab.part", f".{RUN}.gone"]
    kept = [RUN, ".mine", "notes.part"]
    for name in [*left, *kept[1:]]:
        (runs / name / "checkpoints").mkdir(parents=True)
    assert listed(lab) == [RUN]
    assert sorted(os.listdir(runs)) == sorted([*left, *kept])
    for name in os.listdir(runs):
        os.utime(runs / name, (0, 0))
    assert listed(lab) == [RUN]
    assert sorted(os.listdir(runs)) == sorted(kept)
