"""The memory that models may take together: the least recently used goes, one in use stays."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pilotage.app.catalog import ModelCatalog
from pilotage.app.memory import MemoryBudget, device_mb
from pilotage.app.settings import Settings
from pilotage.app.warmth import Warmth
from pilotage.core.progress import CancelToken, silent
from pilotage.models import GenerationRequest, Model, Row

pytest.importorskip("diffusers")

REQUEST = GenerationRequest(prompt="a red fox", steps=1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    from pilotage.testing import tiny_diffusion as tiny

    home = tmp_path_factory.mktemp("models")
    return [str(tiny.save(tiny.sd_pipeline(), home / name)) for name in ("one", "two", "three")]


class Process:
    """A process with a budget, and verbs that use one model each."""

    def __init__(self, budget_mb: float, **settings: Any) -> None:
        known = Settings(device="cpu", memory_budget_mb=budget_mb, **settings)
        self.catalog = ModelCatalog(known)
        self.budget = MemoryBudget(self.catalog, known)
        self.warmth = Warmth(self.catalog)
        self.verbs = self.budget.kept(self.warmth.watched({"draw": self._draw, "hold": self._hold}))
        self.inside, self.release = threading.Event(), threading.Event()

    def run(self, kind: str, ref: str) -> Any:
        return self.verbs[kind]({"model": ref}, progress=silent, cancel=CancelToken())

    def loaded(self, refs: list[str]) -> list[bool]:
        return [self.catalog.get(ref).loaded for ref in refs]

    def _draw(self, payload: Any, *, progress: Any, cancel: Any) -> Any:
        model: Model = self.catalog.get(payload["model"])
        (output,) = model.generate(REQUEST, [Row(model.encode(REQUEST), 1)])
        return {"sha": output.media.data.hex()[:64]}

    def _hold(self, payload: Any, *, progress: Any, cancel: Any) -> Any:
        self.catalog.get(payload["model"]).load()
        self.inside.set()
        assert self.release.wait(60)
        return {}


@pytest.fixture(scope="module")
def size_mb(folders: list[str]) -> float:
    """What one of the models takes."""
    size = ModelCatalog(Settings(device="cpu")).get(folders[0]).info.size_mb
    assert size
    return size


def test_the_least_recently_used_goes_and_comes_back_with_the_same_pictures(folders: list[str], size_mb: float) -> None:
    process = Process(2.5 * size_mb)
    first = process.run("draw", folders[0])
    process.run("draw", folders[1])
    assert process.loaded(folders) == [True, True, False]
    process.run("draw", folders[0])  # so that the second is the older one
    process.run("draw", folders[2])
    assert process.loaded(folders) == [True, False, True]
    process.run("draw", folders[1])
    assert process.loaded(folders) == [False, True, True]
    assert process.run("draw", folders[0]) == first


def test_with_room_for_all_none_goes(folders: list[str], size_mb: float) -> None:
    process = Process(3.5 * size_mb)
    for folder in folders:
        process.run("draw", folder)
    assert process.loaded(folders) == [True, True, True]


def test_a_model_that_is_alone_too_large_is_loaded_all_the_same(folders: list[str], size_mb: float) -> None:
    process = Process(0.5 * size_mb)
    process.run("draw", folders[0])
    process.run("draw", folders[1])
    assert process.loaded(folders) == [False, True, False]


def test_a_model_that_a_job_is_using_stays(folders: list[str], size_mb: float) -> None:
    process = Process(1.5 * size_mb)
    holder = threading.Thread(target=process.run, args=("hold", folders[0]))
    holder.start()
    assert process.inside.wait(60)
    process.run("draw", folders[1])
    assert process.loaded(folders) == [True, True, False]
    process.release.set()
    holder.join()
    process.run("draw", folders[2])
    assert process.loaded(folders) == [False, False, True]


def test_a_model_that_went_is_told_as_cold(folders: list[str], size_mb: float) -> None:
    process = Process(1.5 * size_mb)
    process.run("draw", folders[0])
    process.run("draw", folders[1])
    told = {entry["ref"]: (entry["state"], entry["warm_since"] is None) for entry in process.warmth.status()["models"]}
    assert told == {folders[0]: ("cold", True), folders[1]: ("warm", False)}


def test_a_reference_that_is_no_model_is_the_verb_s_to_tell(lab: Any) -> None:
    process = Process(1.0)
    with pytest.raises(Exception, match="no model"):
        process.run("draw", "./no/such")


def test_unloading_lets_go_of_every_weight(folders: list[str]) -> None:
    model: Any = ModelCatalog(Settings(device="cpu")).get(folders[0])
    model.generate(REQUEST, [Row(model.encode(REQUEST), 1)], progress=lambda step: None)
    pipeline = model._loaded.pipeline
    kept = [weakref.ref(tensor) for part in (pipeline.unet, pipeline.vae) for tensor in part.parameters()]
    in_memory = model.info.size_mb
    assert in_memory == pytest.approx(sum(ref().numel() * 4 for ref in kept) / 1e6, rel=0.5)
    del pipeline
    model.unload()
    assert [ref() for ref in kept if ref() is not None] == []


def test_the_budget_is_the_setting_or_most_of_the_device() -> None:
    assert Process(123.0).budget.limit_mb == 123.0
    assert Process(0).budget.limit_mb == pytest.approx(0.8 * device_mb("cpu"))
    assert 100 < device_mb("cpu") < 1e8


@pytest.mark.parametrize(
    ("choice", "awaited", "budget_mb", "loads"),
    [("auto", True, 1000, True), ("auto", False, 1000, False), ("auto", True, 0.001, False),
     ("always", False, 0.001, True), ("never", True, 1000, False)],
)  # fmt: skip
def test_what_is_loaded_ahead(folders: list[str], choice: str, awaited: bool, budget_mb: float, loads: bool) -> None:
    assert Process(budget_mb, preload=choice).budget.preloads(folders[0], awaited=awaited) is loads


def test_a_model_that_is_not_there_is_not_loaded_ahead(tmp_path: Path) -> None:
    assert not Process(1000).budget.preloads(str(tmp_path / "none"), awaited=True)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("true", "always"), ("False", "never"), ("0", "never"), ("1", "always"), ("auto", "auto"), ("never", "never")],
)
def test_what_preload_was_once_still_means_the_same(monkeypatch: pytest.MonkeyPatch, value: str, meaning: str) -> None:
    monkeypatch.setenv("PILOTAGE_PRELOAD", value)
    assert Settings().preload == meaning
    assert Settings(preload=True).preload == "always"


def test_a_budget_below_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(memory_budget_mb=-1)
