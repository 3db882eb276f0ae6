"""Latent runs in a lab: launched, watched, stopped, resumed, cloned and deleted; files and database say the same."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.latent_views import LatentRunView
from pilotage.app.network_questions import NetworkQuestion
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.labs.latents.audit import faults
from pilotage.store import JobRow, LatentRunRow

QUICK = {"epochs": 2, "pretrain_epochs": 1, "hidden": 8, "batch_size": 256}
ENDLESS = {"epochs": 1000, "pretrain_epochs": 1, "hidden": 8}
BARE = {"pca_every": 0, "umap_every": 0, "samples_every": 0}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path / "home"))


def launched(lab: Lab, **training: Any) -> LatentRunView:
    return lab.launch_run("digits8", "small", {**QUICK, **training})


def mirrored(lab: Lab, run_id: str) -> list[tuple[int, str, dict[str, Any]]]:
    """The run's events as the database has them."""
    found = []
    for event in lab.store.events(topic=run_id, limit=10_000):
        if event.type != "job.changed":
            data = dict(event.data)
            assert data.pop("run_id") == run_id
            found.append((data.pop("run_seq"), event.type, data))
    return found


def logged(lab: Lab, run_id: str) -> list[tuple[int, str, dict[str, Any]]]:
    return [(e.seq, e.type, {k: v for k, v in e.data.items() if k != "run_id"})
            for e in lab.run_events(run_id, limit=10_000)]  # fmt: skip


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def in_background(lab: Lab, run: LatentRunView) -> threading.Thread:
    thread = threading.Thread(target=lab.wait, args=(run.job_id,))
    thread.start()
    until(lambda: lab.show_latent_run(run.id).epoch is not None)
    return thread


def test_a_run_is_launched_trained_and_told_alike_by_files_and_database(lab: Lab) -> None:
    run = launched(lab)
    assert (run.state, run.data, run.epochs, run.seq) == ("created", "digits8", 2, 1)
    assert run.job_id is not None
    result = raise_if_failed(lab.wait(run.job_id)).result or {}
    shown = lab.show_latent_run(run.id)
    assert (shown.state, shown.epoch, result["epoch"]) == ("completed", 2, 2)
    assert shown.metrics == result["metrics"]
    assert 2 in shown.checkpoints
    assert [told["path"] for told in shown.artifacts if told["epoch"] == 2]
    assert mirrored(lab, run.id) == logged(lab, run.id)
    assert [seq for seq, _, _ in mirrored(lab, run.id)] == list(range(1, shown.seq + 1))
    assert faults(lab.latents.folder(run.id)) == ()
    assert_the_network_can_be_asked(lab, run.id)
    assert_maps_can_be_made_later(lab, run.id)
    assert_it_can_be_taken_elsewhere(lab, run.id)
    assert mirrored(lab, run.id) == logged(lab, run.id)


def assert_the_network_can_be_asked(lab: Lab, run_id: str) -> None:
    question = NetworkQuestion(ask="forward", epoch=2, i=3)
    answer = asyncio.run(lab.ask_network(run_id, question))
    assert lab.run_file(run_id, answer.path).is_file()
    assert set(answer.files) <= {told["path"] for told in lab.show_latent_run(run_id).artifacts}
    seq = lab.show_latent_run(run_id).seq
    assert asyncio.run(lab.ask_network(run_id, question)) == answer
    assert lab.show_latent_run(run_id).seq == seq
    for asked, field in [({"ask": "forward"}, "i"), ({"ask": "forward", "i": 10**5}, "i"),
                         ({"ask": "forward", "i": 3, "d": 1}, "d"),
                         ({"ask": "prior_component", "c": 10}, "c")]:  # fmt: skip
        with pytest.raises(InvalidInputError) as caught:
            asyncio.run(lab.ask_network(run_id, NetworkQuestion(epoch=2, **asked)))
        assert caught.value.field == field
    with pytest.raises(NotFoundError) as missing:
        asyncio.run(lab.ask_network(run_id, NetworkQuestion(ask="forward", epoch=9, i=3)))
    assert missing.value.field == "epoch"


def assert_maps_can_be_made_later(lab: Lab, run_id: str) -> None:
    path = lab.run_file(run_id, "projections/latent_2d_epoch_2.json")
    before = json.loads(path.read_bytes())
    path.unlink()
    result = raise_if_failed(lab.wait(lab.backfill_run(run_id, ["pca"], [2]).id)).result or {}
    assert result["made"] >= 1
    assert json.loads(path.read_bytes())["data"] == before["data"]
    with pytest.raises(InvalidInputError):
        lab.backfill_run(run_id, ["tsne"])  # type: ignore[list-item]
    with pytest.raises(NotFoundError):
        lab.backfill_run(run_id, epochs=[7])


def assert_it_can_be_taken_elsewhere(lab: Lab, run_id: str) -> None:
    path = lab.export_run(run_id, lab.latents.home / "run.zip")
    other = local_lab(Settings(home=lab.latents.home / "other"))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(other.latents.runs)
    (view,) = other.list_runs()[0]
    assert (view.id, view.state, view.metrics) == (run_id, "completed", lab.show_latent_run(run_id).metrics)
    assert mirrored(other, run_id) == logged(lab, run_id)
    assert faults(other.latents.folder(run_id)) == ()


def test_a_cancel_ends_a_run_which_then_goes_on_from_its_checkpoint(lab: Lab) -> None:
    run = lab.launch_run("digits8", "small", ENDLESS, recording=BARE)
    watching = in_background(lab, run)
    with pytest.raises(ConflictError):
        lab.resume_run(run.id)
    with pytest.raises(ConflictError):
        lab.delete_run(run.id)
    lab.cancel_run(run.id)
    watching.join(20)
    assert not watching.is_alive()
    stopped = lab.show_latent_run(run.id)
    assert stopped.state == "cancelled"
    assert lab.get_job(str(run.job_id)).state == "cancelled"
    resumed = lab.resume_run(run.id)
    assert resumed.job_id != run.job_id
    watching = threading.Thread(target=lab.wait, args=(resumed.job_id,))
    watching.start()
    until(lambda: (lab.show_latent_run(run.id).epoch or 0) > (stopped.epoch or 0))
    lab.cancel_run(run.id)
    watching.join(20)
    again = lab.show_latent_run(run.id)
    assert (again.state, again.resumed) == ("cancelled", 1)
    epochs = [data["epoch"] for _, kind, data in logged(lab, run.id) if kind == "train.metrics"]
    assert epochs == list(range(1, len(epochs) + 1))


def test_a_run_that_has_not_begun_is_cancelled_at_once(lab: Lab) -> None:
    run = launched(lab)
    assert lab.cancel_run(run.id).state == "cancelled"
    with pytest.raises(ConflictError):
        lab.cancel_run(run.id)


def test_a_trainer_that_is_killed_fails_its_run_with_the_reason_and_the_run_can_be_resumed(lab: Lab) -> None:
    run = lab.launch_run("digits8", "small", ENDLESS, recording=BARE)
    watching = in_background(lab, run)
    os.kill(trainer_of(run.id), signal.SIGKILL)
    watching.join(20)
    shown = lab.show_latent_run(run.id)
    assert shown.state == "failed"
    assert shown.error is not None
    assert (shown.error["code"], "-9" in shown.error["message"]) == ("interrupted", True)
    assert lab.get_job(str(run.job_id)).state == "failed"
    assert mirrored(lab, run.id) == logged(lab, run.id)
    resumed = lab.resume_run(run.id)
    lab.cancel_run(resumed.id)


def trainer_of(run_id: str) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if "pilotage.app.latent_child" in words and run_id in words:
            return int(folder.name)
    raise AssertionError("no trainer")


def test_a_clone_differs_in_one_knob_and_says_of_whom_it_is(lab: Lab) -> None:
    run = launched(lab)
    clone = lab.show_latent_run(lab.clone_run(run.id, {"components": 12}).id)
    before, after = lab.show_latent_run(run.id).config["training"], clone.config["training"]
    assert {name for name in before if before[name] != after[name]} == {"components"}
    assert clone.parent_id == run.id
    assert clone.config["viz_indices"] == lab.show_latent_run(run.id).config["viz_indices"]


def test_a_deletion_says_first_what_it_takes_and_then_leaves_nothing(lab: Lab) -> None:
    run = launched(lab)
    lab.cancel_run(run.id)
    plan = lab.delete_run(run.id, dry_run=True)
    assert (plan.deleted, plan.files >= 3, plan.bytes > 1000) == (False, True, True)
    assert lab.show_latent_run(run.id).state == "cancelled"
    assert lab.delete_run(run.id).files == plan.files
    assert list(lab.latents.runs.iterdir()) == []
    assert lab.store.find(LatentRunRow, run.id) is None
    assert list(lab.store.list(JobRow, where={"topic": run.id})) == []
    assert [event.type for event in lab.store.events(topic=run.id)] == ["run.deleted"]
    with pytest.raises(NotFoundError):
        lab.show_latent_run(run.id)


@pytest.mark.parametrize(
    ("given", "kind", "field"),
    [
        ({"data": "nothing"}, NotFoundError, "data"),
        ({"data": "../digits"}, NotFoundError, "data"),
        ({"preset": "nothing"}, NotFoundError, "preset"),
        ({"training": {"components": 0}}, InvalidInputError, "training.components"),
        ({"training": {"components": 100, "nonsense": 1}}, InvalidInputError, "training.nonsense"),
        ({"training": {"epochs": 2, "pretrain_epochs": 2}}, InvalidInputError, "training"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_made(
    lab: Lab, given: dict[str, Any], kind: type[Exception], field: str
) -> None:
    with pytest.raises(kind) as caught:
        lab.launch_run(**{"data": "digits8", **given})
    assert caught.value.field == field  # type: ignore[attr-defined]
    assert not lab.latents.runs.exists()


@pytest.mark.parametrize("run_id", ["lat_0000000000000000", "..", "../home", "lat_x/../..", "con", ""])
def test_no_other_folder_can_be_named_as_a_run(lab: Lab, run_id: str) -> None:
    for ask in (lab.show_latent_run, lab.cancel_run, lab.resume_run, lab.clone_run, lab.delete_run, lab.run_events):
        with pytest.raises(NotFoundError) as caught:
            ask(run_id)
        assert caught.value.field == "run_id"


def test_pictures_of_ones_own_are_kept_learned_from_and_told_when_they_are_broken(lab: Lab, tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "mine.npz", images=pictures)
    view = lab.import_pictures(tmp_path / "mine.npz", licence="CC0")
    assert (view.name, view.count, view.own, view.licence) == ("mine", 60, True, "CC0")
    assert [one.name for one in lab.list_picture_sets()] == ["digits", "digits8", "icons", "mine"]
    assert lab.latents.sets.get("mine").sha256 == view.sha256
    with pytest.raises(InvalidInputError) as caught:
        lab.launch_run("mine", "ae")
    assert caught.value.field == "data"
    with pytest.raises(InvalidInputError) as caught:
        lab.launch_run("mine", training={"components": 60})
    assert caught.value.field == "training.components"
    with pytest.raises(ConflictError):
        lab.import_pictures(tmp_path / "mine.npz")
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03\0\0")
    with pytest.raises(InvalidInputError) as caught:
        lab.import_pictures(folder)
    assert caught.value.field == "data"
    for name in ("../mine", "con", "A b", "x" * 49):
        with pytest.raises(InvalidInputError):
            lab.import_pictures(tmp_path / "mine.npz", name)
