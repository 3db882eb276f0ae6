"""A run from its launch to its end: what it leaves, and that neither looking nor a break changes what is learned."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError
from pilotage.core.progress import CancelToken
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.backfill import backfill
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import ImageSet, builtin
from pilotage.labs.latents.drawing import explained
from pilotage.labs.latents.events import EventTail, RunEvent
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.maps import pca
from pilotage.labs.latents.plan import cloned, run_config
from pilotage.labs.latents.projector import Projector
from pilotage.labs.latents.running import run
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig
from pilotage.models.latents.checkpoints import load
from pilotage.models.latents.reading import decode, encode

RUN_ID = "lat_tiny"
GOLDEN = Path(__file__).parent / "run_paths.txt"
TINY = TrainingConfig(
    network="mlp", hidden=32, latent_dims=4, components=3, epochs=3, pretrain_epochs=1, recon="bce_sum",
    responsibilities="vade", learning_rate=3e-3,
)  # fmt: skip
MAPPED = Recording(points=60, umap_every=2, samples_every=3)
BLIND = Recording(points=60, checkpoint_every=2, pca_every=0, umap_every=0, samples_every=0)


def launched(runs: Path, training: TrainingConfig = TINY, recording: Recording = MAPPED) -> RunFolder:
    return RunFolder.create(runs, run_config(RUN_ID, builtin("digits8"), training, recording))


def files_of(folder: RunFolder) -> dict[str, bytes]:
    """Path -> bytes of all artifacts, without what they took."""
    found = {}
    for path in sorted(folder.path.rglob("*")):
        name = path.relative_to(folder.path).as_posix()
        if path.is_file() and name not in ("config.json", "events.jsonl", "summary.json"):
            found[name] = timeless(path.read_bytes()) if path.suffix == ".json" else path.read_bytes()
    return found


def timeless(data: bytes) -> bytes:
    said = json.loads(data)
    assert said.pop("compute_ms") >= 0
    said.get("meta", {}).pop("compute_ms", None)
    return json.dumps(said, sort_keys=True).encode()


def events_of(folder: RunFolder) -> list[RunEvent]:
    return EventTail(folder.path / "events.jsonl").poll()


def said_in(folder: RunFolder, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder.path / path).read_bytes())
    return found


class CancelledAt(CancelToken):
    """Set when it is asked for the n-th time."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left = n

    @property
    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.fixture(scope="module")
def images() -> ImageSet:
    return builtin("digits8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, images: ImageSet) -> RunFolder:
    """A run that came to its end without a break."""
    folder = launched(tmp_path_factory.mktemp("whole"))
    assert run(folder, images) == "completed"
    return folder


def test_a_whole_run_leaves_just_the_files_of_the_golden_list(whole: RunFolder) -> None:
    assert list(files_of(whole)) == GOLDEN.read_text().splitlines()
    assert faults(whole) == ()


def test_a_run_is_made_tells_its_events_and_keeps_its_files(whole: RunFolder) -> None:
    events = events_of(whole)
    types = [event.type for event in events]
    assert types[:2] == ["run.created", "run.started"]
    assert types[-1] == "run.completed"
    assert [event.data["epoch"] for event in events if event.type == "train.metrics"] == [1, 2, 3]
    assert "train.progress" in types
    told = {event.data["path"] for event in events if event.type == "artifact.created"}
    assert told == {path for path in files_of(whole) if "latest" not in path}
    maps = [event.data for event in events if event.type == "projection.progress"]
    assert {(said["epoch"], said["method"]) for said in maps if said["state"] == "done"} == {
        (1, "pca"), (2, "pca"), (3, "pca"), (2, "umap"), (3, "umap"),
    }  # fmt: skip
    assert (maps[-1]["done"], maps[-1]["due"]) == (5, 5)
    assert not any(said["error"] for said in maps)


def test_maps_and_checkpoints_come_as_often_as_asked_and_change_no_weight(
    whole: RunFolder, tmp_path: Path, images: ImageSet
) -> None:
    blind = launched(tmp_path, recording=BLIND)
    assert run(blind, images) == "completed"
    assert blind.epochs("checkpoint") == (2, 3)
    assert whole.epochs("checkpoint") == (1, 2, 3)
    for path in ("checkpoints/epoch_2.safetensors", "checkpoints/epoch_3.safetensors"):
        assert (blind.path / path).read_bytes() == (whole.path / path).read_bytes()
    assert not list((blind.path / "projections").iterdir())
    assert faults(blind) == ()


def test_the_same_seed_gives_the_same_bytes_whatever_the_breaks(
    whole: RunFolder, tmp_path: Path, images: ImageSet
) -> None:
    again = launched(tmp_path)
    assert run(again, images, cancel=CancelledAt(20)) == "cancelled"  # in the second epoch
    assert again.summary().epoch == 1
    assert events_of(again)[-1].type == "run.cancelled"
    assert run(again, images) == "completed"
    assert (again.summary().resumed, faults(again)) == (1, ())
    assert [e.data["after_epoch"] for e in events_of(again) if e.type == "run.started"] == [0, 1]
    assert files_of(again) == files_of(whole)


def _trains(runs: Path) -> None:
    run(RunFolder.open(runs, RUN_ID), builtin("digits8"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a kill that cannot be caught is POSIX's")
def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(
    whole: RunFolder, tmp_path: Path, images: ImageSet
) -> None:
    killed = launched(tmp_path)
    trainer = multiprocessing.get_context("spawn").Process(target=_trains, args=(tmp_path,))
    trainer.start()
    deadline = time.monotonic() + 120
    while not (killed.path / "checkpoints/epoch_1.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(trainer.pid or 0, signal.SIGKILL)
    trainer.join()
    assert killed.summary().state == "running"
    assert run(killed, images) == "completed"
    interrupted = [event.data["code"] for event in events_of(killed) if event.type == "run.failed"]
    assert interrupted == ["interrupted"]
    assert faults(killed) == ()
    assert {name: data for name, data in files_of(killed).items() if not name.endswith(".part")} == files_of(whole)


def test_a_cancel_in_the_folder_ends_a_run_before_its_next_step_and_is_forgotten(
    tmp_path: Path, images: ImageSet
) -> None:
    folder = launched(tmp_path, recording=BLIND)
    folder.request_cancel()
    assert run(folder, images) == "cancelled"
    assert folder.epochs("checkpoint") == ()
    assert not folder.cancel_requested
    assert run(folder, images) == "completed"


def test_a_training_that_cannot_be_fails_with_its_reason(tmp_path: Path, images: ImageSet) -> None:
    plain = ImageSet("plain", images.images)
    asked = run_config(RUN_ID, plain, TrainingConfig(kind="ae", epochs=1), BLIND)
    folder = RunFolder.create(tmp_path, asked)
    assert run(folder, plain) == "failed"
    error = folder.summary().error
    assert error is not None
    assert error["code"] == "invalid_input"
    assert "label" in error["message"]


def test_a_run_waits_for_whoever_just_tells_of_a_file(tmp_path: Path, images: ImageSet) -> None:
    folder = launched(tmp_path, TINY.model_copy(update={"epochs": 2, "batch_size": 1024}), BLIND)
    threading.Timer(0.3, RunWriter(folder).close).start()
    assert run(folder, images) == "completed"


def test_a_complete_run_and_other_pictures_are_refused(whole: RunFolder, images: ImageSet) -> None:
    before = events_of(whole)
    with pytest.raises(ConflictError):
        run(whole, images)
    with pytest.raises(ConflictError, match="other pictures"):
        run(whole, ImageSet("other", images.images[:100]))
    assert events_of(whole) == before


def test_an_autoencoder_has_no_prior_and_no_mixture(tmp_path: Path, images: ImageSet) -> None:
    asked = TrainingConfig(kind="ae", network="mlp", hidden=32, latent_dims=2, epochs=1)
    folder = launched(tmp_path, asked, Recording(points=20, umap_every=0))
    assert run(folder, images) == "completed"
    assert not [path for path in files_of(folder) if "prior" in path or "mixture" in path]
    assert folder.epochs("posterior_2d_pca") == (1,)
    assert folder.epochs("metric_ratio_2d_pca") == (1,)
    assert faults(folder) == ()


def test_a_clone_has_one_knob_turned_and_the_same_pictures(whole: RunFolder) -> None:
    config = whole.config()
    clone = cloned(config, "lat_clone", {"components": 4})
    assert clone.training == {**config.training, "components": 4}
    assert (clone.viz_indices, clone.data, clone.recording) == (config.viz_indices, config.data, config.recording)
    assert clone.parent == {"run_id": RUN_ID, "changes": {"components": {"from": 3, "to": 4}}}
    for changes, field in (({"component": 4}, "training.component"), ({"components": 0}, "training.components")):
        with pytest.raises(InvalidInputError) as refused:
            cloned(config, "lat_clone", changes)
        assert refused.value.field == field
    large = config.model_copy(update={"data": {**config.data, "shape": [256, 256, 3]}})
    with pytest.raises(InvalidInputError, match="weights") as refused:
        cloned(large, "lat_clone", {"network": "conv", "channels": 128, "hidden": 2048})
    assert refused.value.field == "training.hidden"


def test_maps_show_the_pictures_that_were_chosen_at_the_start(whole: RunFolder, images: ImageSet) -> None:
    shown = whole.config().viz_indices
    assert len(shown) == 60
    assert list(shown) == sorted(set(shown))
    assert run_config("lat_other", images, TINY.model_copy(update={"seed": 9}), MAPPED).viz_indices == shown
    for epoch in (1, 2, 3):
        assert np.load(whole.path / f"checkpoints/latents_epoch_{epoch}.npy").shape == (60, 4)
    for path, dims in (("latent_2d_epoch_3.json", 2), ("latent_3d_epoch_3_umap.json", 3)):
        said = said_in(whole, f"projections/{path}")
        assert np.shape(said["data"]["points"]) == (60, dims)
        assert said["indices_ref"] == "config.json#/viz_indices"
    for epoch in (1, 2, 3):
        z = np.load(whole.path / f"checkpoints/latents_epoch_{epoch}.npy").astype(float)
        said = said_in(whole, f"projections/latent_2d_epoch_{epoch}.json")
        assert np.allclose(said["data"]["points"], pca(z, 2).transform(z), rtol=1e-4, atol=1e-5)


def test_it_learns_from_the_training_part_of_the_pictures_alone(whole: RunFolder, images: ImageSet) -> None:
    learned, held_out = images.split()
    kept = load(whole.path / "checkpoints/epoch_3.safetensors").header
    assert kept.examples == images.examples(learned).sha256
    assert not set(learned) & set(held_out)
    assert len(learned) + len(held_out) == len(images)


def test_the_pictures_of_the_maps_are_one_sprite_in_their_order_before_anything_is_learned(
    whole: RunFolder, images: ImageSet
) -> None:
    said, shown = said_in(whole, "samples/pictures_epoch_0.json"), whole.config().viz_indices
    sheet = said["data"]
    assert (said["epoch"], said["indices_ref"], said["inputs_sha256"]) == (
        0, "config.json#/viz_indices", whole.config().data["sha256"],
    )  # fmt: skip
    assert (sheet["count"], sheet["tile_width"], sheet["tile_height"]) == (60, 8, 8)
    pixels = np.asarray(Image.open(whole.path / "samples/pictures_latest.png"))
    for number, place in enumerate(shown):
        top, left = 8 * (number // sheet["columns"]), 8 * (number % sheet["columns"])
        np.testing.assert_array_equal(pixels[top : top + 8, left : left + 8], images.images[place, ..., 0])
    told = [event.data["path"] for event in events_of(whole) if event.type == "artifact.created"]
    assert told[:2] == ["samples/pictures_epoch_0.png", "samples/pictures_epoch_0.json"]


def test_every_point_of_a_map_says_its_label_component_confidence_distortion_and_lost_neighbours(
    whole: RunFolder,
) -> None:
    labels = whole.config().data["viz_labels"]
    assert len(labels) == 60
    health = said_in(whole, "mixture/mixture_health_epoch_2.json")
    assert np.bincount(health["data"]["component"], minlength=3).tolist() == health["argmax_counts"]
    confidence = np.array(health["data"]["confidence"])
    assert confidence.shape == (60,)
    assert ((confidence >= 1 / 3) & (confidence <= 1)).all()
    for method, tail in (("pca", ""), ("umap", "_umap")):
        near = said_in(whole, f"neighbors/knn_{method}_epoch_2.json")
        ratios = said_in(whole, f"distortion/metric_ratio_2d_epoch_2_{method}.json")["ratios"]
        wanted = np.mean(near["data"]["d_proj"]["2d"], axis=1) / np.mean(near["data"]["d_latent"], axis=1)
        assert np.allclose(ratios, wanted, rtol=1e-4)
        layout = np.array(said_in(whole, f"projections/latent_2d_epoch_2{tail}.json")["data"]["points"])
        lost = said_in(whole, f"projections/latent_2d_epoch_2{tail}.json")["trust"]["lost"]
        apart = np.linalg.norm(layout[:, None] - layout[None], axis=2)
        np.fill_diagonal(apart, np.inf)
        on_map = np.argsort(apart, axis=1)[:, : near["k"]]
        gone = [1 - len({*a} & {*b}) / near["k"] for a, b in zip(near["data"]["rows"], on_map.tolist(), strict=True)]
        assert np.allclose(lost, gone, atol=0.11)  # equally near ones may change places


def test_how_much_is_drawn_again_is_told_of_pictures_that_were_not_learned_from(
    whole: RunFolder, images: ImageSet
) -> None:
    shown = np.array(whole.config().viz_indices)
    sheet = images.images[shown[np.isin(shown, images.split()[1])]]
    model = load(whole.path / "checkpoints/epoch_3.safetensors").model()
    drawn = decode(model, encode(model, sheet).z)
    said = said_in(whole, "mixture/mixture_health_epoch_3.json")["data"]["explained"]
    assert said == pytest.approx(explained(sheet, drawn, images.images[shown].mean(axis=0)), rel=1e-3)


def test_both_methods_have_the_same_neighbours_in_latent_space(whole: RunFolder) -> None:
    first, second = (said_in(whole, f"neighbors/knn_{method}_epoch_2.json") for method in ("pca", "umap"))
    z = np.load(whole.path / "checkpoints/latents_epoch_2.npy").astype(float)
    apart = np.linalg.norm(z[:, None] - z[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert first["k"] == second["k"] == 10
    assert np.allclose(first["data"]["d_k"], np.sort(apart, axis=1)[:, 9], rtol=1e-5)
    for field in ("rows", "d_latent", "d_k"):
        assert first["data"][field] == second["data"][field]
    for said, path in ((first, "latent_2d_epoch_2.json"), (second, "latent_2d_epoch_2_umap.json")):
        layout = np.array(said_in(whole, f"projections/{path}")["data"]["points"])
        there = np.linalg.norm(layout[:, None] - layout[np.array(said["data"]["rows"])], axis=2)
        assert np.allclose(said["data"]["d_proj"]["2d"], there, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("method", ["pca", "umap"])
def test_densities_and_distortion_say_what_they_are_of(whole: RunFolder, method: str) -> None:
    kinds = {"posterior": ("posterior", None), "prior": ("prior", "uniform"), "prior_empirical": ("prior", "empirical")}
    densities = {kind: said_in(whole, f"density/{kind}_2d_epoch_3_{method}.json") for kind in kinds}
    for kind, said in densities.items():
        assert (said["source"], said["prior_kind"]) == kinds[kind]
        assert said["grid"] == {"nx": 64, "ny": 64}
        assert said["bounds"] == densities["posterior"]["bounds"]
        assert said["stats"] == {"min": min(said["values"]), "max": max(said["values"])}
        assert len(said["values"]) == 64 * 64
        assert said["meta"]["compute_ms"] == said["compute_ms"]
        assert 0.5 < said["meta"]["mass"] < 1.01
        assert ("prior_weights" in said["meta"]) == (kind != "posterior")
    assert densities["posterior"]["meta"]["subset_n"] == 60
    said = said_in(whole, f"distortion/metric_ratio_2d_epoch_3_{method}.json")
    known = [value for value in said["values"] if value is not None]
    assert (said["metric"], said["k"]) == ("knn_mean_ratio", 10)
    assert said["stats"] == pytest.approx({"min": min(known), "max": max(known), "median": np.median(known)}, rel=1e-5)
    assert said["meta"]["subset_n"] == 60
    assert said["meta"]["compute_ms"] == said["compute_ms"]


def test_what_was_not_written_is_written_later_by_the_same_code(
    whole: RunFolder, tmp_path: Path, images: ImageSet
) -> None:
    shutil.copytree(whole.path, tmp_path / RUN_ID)
    folder, wanted = RunFolder.open(tmp_path, RUN_ID), files_of(whole)
    assert backfill(folder)
    assert folder.epochs("latent_2d_umap") == (1, 2, 3)  # epoch 1 was not due
    assert backfill(folder) == ()
    for path in ("projections/latent_2d_epoch_3_umap.json", "neighbors/knn_pca_epoch_1.json"):
        (folder.path / path).unlink()
    made = backfill(folder, ["umap", "pca"], [1, 3])
    assert {artifact.epoch for artifact in made} == {1, 3}
    now = files_of(folder)
    assert {path: now[path] for path in wanted} == wanted
    assert said_in(folder, "projections/latent_2d_epoch_1_umap.json")["data"]["aligned_to"] == 2
    assert faults(folder) == ()
    with pytest.raises(NotFoundError):
        backfill(folder, epochs=[4])
    with pytest.raises(InvalidInputError):
        backfill(folder, ["tsne"])  # type: ignore[list-item]


def test_a_map_that_cannot_be_made_is_told_of_and_ends_nothing(tmp_path: Path) -> None:
    folder = launched(tmp_path)
    with RunWriter(folder) as writer:
        projector = Projector(writer)
        projector.post(1, "pca")  # an epoch that left no latents
        assert not projector.settle(lambda: True)
        assert projector.settle(lambda: False)
        projector.close()
    last = events_of(folder)[-1].data
    assert (last["state"], last["done"], last["due"], last["error"]["code"]) == ("failed", 1, 1, "not_found")
