"""Files that a kill left behind: those that were never told of are told later, those that are half written go."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pilotage.core.errors import NotFoundError
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.backfill import missing
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.events import EventTail
from pilotage.labs.latents.folder import Artifact, RunFolder
from pilotage.labs.latents.network.lab import NetworkLab
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.projections import artifact_names
from pilotage.labs.latents.running import run
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import TrainingConfig

RUN = "lat_untold"
TINY = TrainingConfig(
    network="mlp", hidden=16, latent_dims=3, components=2, epochs=2, pretrain_epochs=1, batch_size=512, recon="bce_sum"
)
DRAWN = Recording(points=20, pca_every=0, umap_every=0, samples_every=1)
CHECKPOINT, SAMPLE = "checkpoints/epoch_2.safetensors", "samples/prior_component_epoch_2_c_1_m_16.json"


def told(folder: RunFolder) -> dict[str, object]:
    """Path -> what was last told of it."""
    events = EventTail(folder.path / "events.jsonl").poll()
    return {str(event.data["path"]): event.data for event in events if event.type == "artifact.created"}


def files(folder: RunFolder) -> set[str]:
    """Paths of all artifacts but the mirrors."""
    found = (path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file())
    return {path for path in found if "/" in path and "latest" not in path}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder.create(tmp_path_factory.mktemp("whole"), run_config(RUN, builtin("digits8"), TINY, DRAWN))
    assert run(folder, builtin("digits8")) == "completed"
    return folder


@pytest.mark.parametrize("path", [CHECKPOINT, SAMPLE])
def test_what_was_written_before_a_kill_and_not_told_is_told_when_the_run_goes_on(
    whole: RunFolder, tmp_path: Path, path: str
) -> None:
    shutil.copytree(whole.path, tmp_path / RUN)
    log = tmp_path / RUN / "events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    killed = next(number for number, line in enumerate(lines) if f'"{path}"'.encode() in line)
    log.write_bytes(b"".join(lines[:killed]))
    folder = RunFolder(tmp_path, RUN)
    assert path in files(folder) - told(folder).keys()
    assert run(folder, builtin("digits8")) == "completed"
    assert told(folder).keys() == told(whole).keys()
    assert files(folder) == told(folder).keys()
    assert faults(folder) == ()


def test_samples_that_somebody_asked_for_before_the_trainer_drew_them_are_told(tmp_path: Path) -> None:
    images = builtin("digits8")
    folder = RunFolder.create(tmp_path, run_config(RUN, images, TINY, DRAWN))
    write = RunFolder.write

    def asked_at_once(folder: RunFolder, name: str, epoch: int, data: bytes, **keys: int | str) -> Artifact:
        artifact = write(folder, name, epoch, data, **keys)
        if name == "checkpoint":
            NetworkLab(folder, images).prior_component(epoch, 1)
        return artifact

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunFolder, "write", asked_at_once)
        assert run(folder, images) == "completed"
    assert files(folder) == told(folder).keys()


def test_a_file_tells_of_itself_what_was_told_when_it_was_written(whole: RunFolder) -> None:
    for path, said in told(whole).items():
        artifact = whole.artifact(path)
        assert {name: getattr(artifact, name) for name in ("path", "sha256", "bytes", "schema", "epoch")} == said
    for path in ("checkpoints/latest.safetensors", "checkpoints/epoch_9.safetensors", "config.json"):
        with pytest.raises(NotFoundError):
            whole.artifact(path)


def test_what_is_missing_of_all_epochs_is_found_without_reading_the_log_again(
    whole: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(whole.path, tmp_path / RUN)
    with RunWriter(RunFolder(tmp_path, RUN)) as writer:
        monkeypatch.setattr(EventTail, "poll", lambda _: pytest.fail("the log was read once more"))
        assert missing(writer, [(2, "pca"), (1, "umap")]) == [(2, "pca"), (1, "umap")]
        for name in artifact_names("pca", mixture=True):
            writer.artifact(name, 2, b"{}")
        assert missing(writer, [(2, "pca"), (1, "umap")]) == [(1, "umap")]


def test_what_is_known_is_not_told_again(whole: RunFolder, tmp_path: Path) -> None:
    shutil.copytree(whole.path, tmp_path / RUN)
    folder = RunFolder(tmp_path, RUN)
    late = folder.write("latents", 7, b"late")
    with RunWriter(folder) as writer:
        seq = len(EventTail(folder.path / "events.jsonl").poll())
        writer.tell_rest([CHECKPOINT, late.path, SAMPLE, late.path])
    assert len(EventTail(folder.path / "events.jsonl").poll()) == seq + 1
    assert faults(folder) == ()


def test_a_run_that_goes_on_clears_away_what_a_kill_left_half_written(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, run_config(RUN, builtin("digits8"), TINY, DRAWN))
    parts = [folder.path / ".summary.json.0123456789ab.part", folder.path / "samples/.x.png.0123456789ab.part"]
    fresh = folder.path / "network/.y.json.0123456789ab.part"  # somebody asks the network just now
    for path in [*parts, fresh]:
        path.write_bytes(b"half")
    for path in [*parts, folder.path / "config.json"]:
        os.utime(path, (0, 0))
    assert run(folder, builtin("digits8")) == "completed"
    assert [path for path in folder.path.rglob("*.part")] == [fresh]
    assert faults(folder) == ()
