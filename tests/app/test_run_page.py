"""The page of a run that was taken elsewhere: it says what the run's files say, whatever they hold."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.latent_example import open_finished_run
from pilotage.app.latent_files import zipped
from pilotage.app.latent_shelf import LatentShelf
from pilotage.app.run_page import run_page
from pilotage.core.archives import open_archive
from pilotage.core.errors import InvalidInputError
from pilotage.labs.latents.audit import faults
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.paths import artifact_path
from pilotage.store import MemoryStore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    shelf = LatentShelf(MemoryStore(), tmp_path_factory.mktemp("home"))
    return shelf.folder(open_finished_run(shelf))


def shown(page: str) -> Any:
    """The data that stand in a page."""
    (text,) = re.findall(r"const RUN = JSON\.parse\((.*)\);\n", page)
    return json.loads(json.loads(text))


def test_it_holds_the_numbers_of_the_files(folder: RunFolder) -> None:
    run, config = shown(run_page(folder)), folder.config()
    assert (run["id"], run["state"], run["indices"]) == (config.run_id, "completed", list(config.viz_indices))
    assert [one["epoch"] for one in run["metrics"]] == list(range(1, 13))
    assert run["metrics"][-1]["held_out_accuracy"] == pytest.approx(folder.summary().metrics["held_out_accuracy"])
    assert list(run["maps"]["pca"]) == [str(epoch) for epoch in range(1, 13)]
    for method, maps in run["maps"].items():
        for epoch, told in maps.items():
            said = json.loads((folder.path / artifact_path(f"latent_2d_{method}", int(epoch))).read_bytes())
            assert told["points"] == [pytest.approx(point, rel=1e-3) for point in said["data"]["points"]]
    health = json.loads((folder.path / artifact_path("mixture_health", 12)).read_bytes())
    assert run["mixture"]["12"]["component"] == health["data"]["component"]
    for path in (run["sprite"]["path"], *run["reconstructions"].values()):
        assert folder.file(path)


def test_it_follows_from_the_files_alone(folder: RunFolder) -> None:
    assert run_page(folder) == run_page(RunFolder.open(folder.path.parent, folder.run_id))


def test_the_archive_holds_it_beside_the_files_and_unpacked_it_is_no_fault(folder: RunFolder, tmp_path: Path) -> None:
    with zipfile.ZipFile(zipped(folder, tmp_path / "run.zip")) as archive:
        archive.extractall(tmp_path)
        told = {name for name in archive.namelist() if not name.endswith("/")}
    kept = {f"{folder.run_id}/{file.relative_to(folder.path).as_posix()}" for file in folder.path.rglob("*.*")}
    assert told == {*kept, f"{folder.run_id}/index.html"}
    unpacked = RunFolder.open(tmp_path, folder.run_id)
    assert faults(unpacked) == ()
    with open_archive(zipped(unpacked, tmp_path / "again.zip")) as archive:
        assert archive.read(f"{folder.run_id}/index.html").decode() == run_page(folder)


def test_what_a_person_wrote_cannot_become_markup(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "</script><script>window.hacked=1</script><!--  "
    config = folder.config()
    named = config.model_copy(update={"data": {**config.data, "name": hostile, "class_names": [hostile] * 10}})
    monkeypatch.setattr(RunFolder, "config", lambda _: named)
    page = run_page(folder)
    assert page.count("<script>") == page.count("</script>") == 1
    assert shown(page)["data"]["name"] == hostile


def test_a_damaged_file_is_named(folder: RunFolder, tmp_path: Path) -> None:
    path = artifact_path("mixture_health", 5)
    good = (folder.path / path).read_bytes()
    (folder.path / path).write_bytes(b"[]")
    try:
        with pytest.raises(InvalidInputError, match=r"mixture_health_epoch_5\.json is damaged"):
            zipped(folder, tmp_path / "run.zip")
        assert list(tmp_path.iterdir()) == []
    finally:
        (folder.path / path).write_bytes(good)
