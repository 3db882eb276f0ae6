"""The finished run that ships: trained for real, whole, small, and opened only when asked for."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

import make_latent_example
from pilotage.app import latent_example
from pilotage.app.lab import Lab
from pilotage.app.latent_example import BUNDLE, RUN_ID
from pilotage.app.network_questions import NetworkQuestion
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.core.archives import open_archive
from pilotage.core.errors import StorageError
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.paths import PATTERNS, artifact_path, read_path


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path))


@pytest.fixture
def folder(lab: Lab) -> RunFolder:
    return lab.latents.folder(lab.open_latent_example().id)


def test_it_is_small() -> None:
    assert BUNDLE.stat().st_size <= make_latent_example.MOST_BYTES


def test_nothing_is_there_before_it_is_opened_and_then_it_is_a_run_without_fault(lab: Lab) -> None:
    assert lab.list_runs()[0] == []
    run = lab.open_latent_example()
    assert (run.id, run.state, run.data, run.epoch) == (RUN_ID, "completed", "digits", run.epochs)
    assert faults(lab.latents.folder(run.id)) == ()
    assert [one.id for one in lab.list_runs()[0]] == [run.id]
    assert len(lab.show_latent_run(run.id).artifacts) > 150


def test_it_is_what_the_script_trains_and_its_clusters_mean_something(folder: RunFolder) -> None:
    training, metrics = folder.config().training, folder.summary().metrics
    assert {name: training[name] for name in make_latent_example.KNOBS} == make_latent_example.KNOBS
    assert metrics["held_out_accuracy"] > 0.5
    light = json.loads((folder.path / artifact_path("mixture_health", None)).read_bytes())["data"]["light"]
    assert light["status"] == "healthy"


def test_every_kind_of_file_has_its_mirror_of_the_newest(folder: RunFolder) -> None:
    with open_archive(BUNDLE) as archive:
        for path in archive.sizes:
            if path.partition("/")[0] in ("config.json", "events.jsonl", "summary.json"):
                continue
            place = read_path(path)
            assert place.name in PATTERNS
            assert place.epoch is not None, "mirrors are not packed"
            newest = artifact_path(place.name, folder.epochs(place.name, **place.keys)[-1], **place.keys)
            mirror = artifact_path(place.name, None, **place.keys)
            assert (folder.path / mirror).read_bytes() == (folder.path / newest).read_bytes()


def test_its_network_can_be_asked(lab: Lab) -> None:
    run = lab.open_latent_example()
    asked = NetworkQuestion(ask="conv_step", epoch=run.epochs, i=1, layer_id="enc.conv1", c=0, xy=(3, 4))
    answer = asyncio.run(lab.ask_network(run.id, asked))
    assert json.loads((lab.latents.folder(run.id).path / answer.path).read_bytes())["agrees"]


def test_opened_again_it_is_the_same_even_by_clicks_at_once(lab: Lab) -> None:
    opened: list[str] = []
    clicks = [threading.Thread(target=lambda: opened.append(lab.open_latent_example().id)) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert opened == [RUN_ID] * 4
    assert len(lab.list_runs()[0]) == 1


def test_deleted_it_comes_anew(lab: Lab) -> None:
    lab.delete_run(lab.open_latent_example().id)
    assert lab.list_runs()[0] == []
    assert faults(lab.latents.folder(lab.open_latent_example().id)) == ()
    assert len(lab.list_runs()[0]) == 1


def test_where_the_disk_refuses_nothing_is_left_and_the_next_time_it_is_whole(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run: Path, paths: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(latent_example, "_mirror", full)
        with pytest.raises(StorageError, match="No space left"):
            lab.open_latent_example()
    assert list(lab.latents.runs.iterdir()) == []
    assert faults(lab.latents.folder(lab.open_latent_example().id)) == ()
