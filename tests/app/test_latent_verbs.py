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
from click.testing import CliRunner

from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.latent_mirror import Mirror
from pilotage.app.latent_views import LatentRunView
from pilotage.app.network_questions import NetworkQuestion
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.cli.main import main
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.running import run as trained_by_library
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig
from pilotage.store import JobRow, LatentRunRow

QUICK = {"epochs": 2, "pretrain_epochs": 1, "hidden": 8, "batch_size": 256}
KEPT = {"points": 40, "umap_every": 0, "samples_every": 0}
ENDLESS = {"epochs": 1000, "pretrain_epochs": 1, "hidden": 8}
BARE = {"points": 20, "pca_every": 0, "umap_every": 0, "samples_every": 0}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path / "home"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, str]:
    """A lab, and a run in it that the terminal has trained."""
    home = tmp_path_factory.mktemp("home")
    knobs = [word for name, value in QUICK.items() for word in ("--set", f"{name}={value}")]
    kept = [word for name, value in KEPT.items() for word in ("--record", f"{name}={value}")]
    words = ["--home", str(home), "latents", "train", "digits8", "--preset", "small", *knobs, *kept, "--json"]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 0, told.output
    return local_lab(Settings(home=home)), json.loads(told.stdout)["id"]


def launched(lab: Lab, **training: Any) -> LatentRunView:
    return lab.launch_run("digits8", "small", {**QUICK, **training}, recording=KEPT)


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


def in_background(lab: Lab, run: LatentRunView, epoch: int) -> threading.Thread:
    """What trains, once it is past an epoch."""
    thread = threading.Thread(target=lab.wait, args=(run.job_id,))
    thread.start()
    until(lambda: (lab.show_latent_run(run.id).epoch or 0) > epoch)
    return thread


def test_a_run_is_launched_trained_and_told_alike_by_files_and_database(done: tuple[Lab, str]) -> None:
    lab, run_id = done
    shown = lab.show_latent_run(run_id)
    assert (shown.state, shown.epoch, shown.data) == ("completed", 2, "digits8")
    assert shown.checkpoints == (1, 2)
    assert shown.config["recording"]["points"] == 40
    assert [told["path"] for told in shown.artifacts if told["epoch"] == 2]
    assert mirrored(lab, run_id) == logged(lab, run_id)
    assert [seq for seq, _, _ in mirrored(lab, run_id)] == list(range(1, shown.seq + 1))
    result = lab.get_job(str(shown.job_id)).result or {}
    assert (result["epoch"], result["metrics"]) == (2, shown.metrics)
    assert faults(lab.latents.folder(run_id)) == ()


def test_library_terminal_and_jobs_train_by_one_implementation(done: tuple[Lab, str], tmp_path: Path) -> None:
    """The terminal trains by a job, as the app does; the library's own function gives the same bytes."""
    lab, run_id = done
    theirs = lab.latents.folder(run_id)
    mine = RunFolder.create(tmp_path, theirs.config())
    assert trained_by_library(mine, builtin("digits8")) == "completed"
    for path in (
        "checkpoints/epoch_2.safetensors",
        "checkpoints/latents_epoch_1.npy",
        "projections/reducer_2d_latest_pca.npz",
    ):
        assert (mine.path / path).read_bytes() == (theirs.path / path).read_bytes()
    assert lab.get_job(str(lab.show_latent_run(run_id).job_id)).kind == "train_latents"


def test_the_network_is_asked_once_and_refuses_by_field(done: tuple[Lab, str]) -> None:
    lab, run_id = done
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
    assert mirrored(lab, run_id) == logged(lab, run_id)


def test_maps_are_made_later_in_a_process_of_their_own(done: tuple[Lab, str]) -> None:
    lab, run_id = done
    path = lab.run_file(run_id, "projections/latent_2d_epoch_2.json")
    before = json.loads(path.read_bytes())
    path.unlink()
    seq = lab.show_latent_run(run_id).seq
    result = raise_if_failed(lab.wait(lab.backfill_run(run_id, ["pca"]).id)).result or {}
    assert json.loads(path.read_bytes())["data"] == before["data"]
    told = [event for event in lab.run_events(run_id, after=seq) if event.type == "artifact.created"]
    assert result["made"] == len(told) > 0
    (last,) = [event.data for event in lab.run_events(run_id, after=seq) if event.type == "projection.progress"]
    assert (last["epoch"], last["method"], last["state"], last["done"], last["due"]) == (2, "pca", "done", 1, 1)
    assert mirrored(lab, run_id) == logged(lab, run_id)
    assert faults(lab.latents.folder(run_id)) == ()
    with pytest.raises(InvalidInputError):
        lab.backfill_run(run_id, ["tsne"])  # type: ignore[list-item]
    with pytest.raises(NotFoundError):
        lab.backfill_run(run_id, epochs=[7])


def test_maps_that_cannot_be_made_fail_their_job_with_the_reason(done: tuple[Lab, str]) -> None:
    lab, run_id = done
    folder = lab.latents.folder(run_id)
    with RunWriter(folder):  # somebody else writes to the run
        job = lab.wait(lab.backfill_run(run_id, ["umap"]).id)
    assert (job.state, (job.error or {})["code"]) == ("failed", "conflict")


def test_a_run_can_be_taken_elsewhere(done: tuple[Lab, str], tmp_path: Path) -> None:
    lab, run_id = done
    path = lab.export_run(run_id, tmp_path / "run.zip")
    other = local_lab(Settings(home=tmp_path / "other"))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(other.latents.runs)
    (view,) = other.list_runs()[0]
    assert (view.id, view.state, view.metrics) == (run_id, "completed", lab.show_latent_run(run_id).metrics)
    assert mirrored(other, run_id) == logged(lab, run_id)
    assert faults(other.latents.folder(run_id)) == ()


def test_a_run_that_is_stopped_or_whose_trainer_is_killed_goes_on_from_its_checkpoint(lab: Lab) -> None:
    run = lab.launch_run("digits8", "small", ENDLESS, recording=BARE)
    watching = in_background(lab, run, 0)
    for refused in (lab.resume_run, lab.delete_run):
        with pytest.raises(ConflictError):
            refused(run.id)
    lab.cancel_run(run.id)
    watching.join(20)
    stopped = lab.show_latent_run(run.id)
    assert (stopped.state, lab.get_job(str(run.job_id)).state) == ("cancelled", "cancelled")
    resumed = lab.resume_run(run.id)
    assert resumed.job_id != run.job_id
    watching = in_background(lab, resumed, stopped.epoch or 0)
    os.kill(trainer_of(run.id), signal.SIGKILL)
    watching.join(20)
    shown = lab.show_latent_run(run.id)
    assert (shown.state, shown.resumed, lab.get_job(str(resumed.job_id)).state) == ("failed", 1, "failed")
    assert shown.error is not None
    assert (shown.error["code"], "-9" in shown.error["message"]) == ("interrupted", True)
    epochs = [data["epoch"] for _, kind, data in logged(lab, run.id) if kind == "train.metrics"]
    assert epochs == list(range(1, len(epochs) + 1))
    assert mirrored(lab, run.id) == logged(lab, run.id)
    assert lab.cancel_run(lab.resume_run(run.id).id).state in ("cancelled", "failed")


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_however_many_tell_the_database_of_a_run_each_line_becomes_one_event(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = {"database_url": request.getfixturevalue("postgres_url")} if where == "postgresql" else {}
    labs = [local_lab(Settings(home=tmp_path / "home", **url)) for _ in range(3)]
    config = run_config("lat_many", builtin("digits8"), TrainingConfig())
    folder = RunFolder.create(labs[0].latents.runs, config)

    def tells(lab: Lab) -> None:
        while lab.latents.mirror("lat_many").catch_up().state != "completed":
            pass

    watching = [threading.Thread(target=tells, args=(lab,)) for lab in labs]
    for thread in watching:
        thread.start()
    with RunWriter(folder) as run:
        run.emit("run.started", {"after_epoch": 0})
        for epoch in range(1, 101):
            run.emit("train.metrics", {"epoch": epoch, "loss": 1 / epoch})
        run.emit("run.completed", {"epoch": 100})
    for thread in watching:
        thread.join(60)
    assert mirrored(labs[0], "lat_many") == logged(labs[0], "lat_many")
    (view,) = labs[1].list_runs(states=["completed"])[0]
    assert (view.epoch, view.metrics["epoch"], view.seq) == (100, 100, 103)
    labs[2].delete_run("lat_many")
    assert labs[0].store.list(LatentRunRow) == []


class OvertakenStore:
    """A store in which, before the first transaction, another mirror has told of all that happened meanwhile."""

    def __init__(self, store: Any, meanwhile: Callable[[], object]) -> None:
        self._store, self._meanwhile = store, [meanwhile]

    def transaction(self) -> Any:
        while self._meanwhile:
            self._meanwhile.pop()()
        return self._store.transaction()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_who_is_overtaken_takes_nothing_back_that_was_told(lab: Lab) -> None:
    config = run_config("lat_late", builtin("digits8"), TrainingConfig())
    folder = RunFolder.create(lab.latents.runs, config)

    def end() -> None:
        with RunWriter(folder) as run:
            run.emit("run.started", {"after_epoch": 0})
            run.emit("train.metrics", {"epoch": 1, "loss": 1.0})
            run.emit("run.completed", {"epoch": 1})
        assert lab.latents.mirror("lat_late").catch_up().state == "completed"

    Mirror(OvertakenStore(lab.store, end), folder).catch_up()  # type: ignore[arg-type]
    (view,) = lab.list_runs()[0]
    assert (view.state, view.epoch, view.seq) == ("completed", 1, 4)
    assert mirrored(lab, "lat_late") == logged(lab, "lat_late")


def test_a_run_that_has_not_begun_is_cancelled_at_once(lab: Lab) -> None:
    run = launched(lab)
    assert lab.cancel_run(run.id).state == "cancelled"
    with pytest.raises(ConflictError):
        lab.cancel_run(run.id)


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
