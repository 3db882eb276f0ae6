"""What ships says the same of itself everywhere; shipping replaces it, and a check tells what is not so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("efficientnet_lite_pytorch", reason="the extra `training`")

from PIL import Image
from training.starter import ship
from training.starter.evaluate import BARS, differences, main
from training.starter.export import weight_sums
from training.starter.paths import Workspace
from training.starter.recipe import RecipeError, read_profile
from training.starter.scores import Score
from training.starter.vocabulary import HERE

import pilotage_starter

SHIPPED = pilotage_starter.path()
ROW = {"case": "x", "metric": "R@1", "ours": 0.9, "bar": 0.8, "holds": True, "n": 9}


def read(name: str) -> Any:
    return json.loads((SHIPPED / name).read_text(encoding="utf-8"))


def test_the_weights_that_ship_are_those_that_their_recipe_tells() -> None:
    assert read("recipe.json")["weights"] == weight_sums(SHIPPED)
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) / 1e6
    assert size <= ship.MEGABYTES


def test_the_words_that_ship_are_those_that_were_fixed_before_training() -> None:
    words = read("recipe.json")["profile"]["data"]["vocabulary"]
    assert (SHIPPED / "vocabulary.json").read_text() == (HERE / words).read_text()


def test_the_card_tells_the_figures_that_were_measured() -> None:
    assert ship.figures(read("metrics.json")) in ship.CARD.read_text(encoding="utf-8")


def test_every_bar_was_measured() -> None:
    rows = {row["metric"]: row for row in read("metrics.json")["rows"]}
    for metric, bar in BARS["cpu"].items():
        assert rows[metric]["bar"] == bar


def test_the_sheets_that_ship_are_shown() -> None:
    page = (ship.SHEETS.parent / "starter.md").read_text(encoding="utf-8")
    for sheet in ship.SHEETS.iterdir():
        assert f"(starter/{sheet.name})" in page


@pytest.fixture
def judged(tmp_path: Path) -> Workspace:
    space = Workspace(read_profile("smoke"), tmp_path / "build")
    (space.pipeline / "unet").mkdir(parents=True)
    (space.pipeline / "unet" / "a.safetensors").write_bytes(b"weights")
    (space.pipeline / "metrics.json").write_text(json.dumps({"rows": [ROW]}))
    (space.pipeline / "recipe.json").write_text(json.dumps({"weights": weight_sums(space.pipeline)}))
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(space.of("sheets") / "colours.png")
    for stage in ("evaluate", "sheets"):
        space.finish(stage)
    return space


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "old.safetensors").write_bytes(b"old")
    (tmp_path / "card.md").write_text("# Card\n\n<!-- figures -->\n\n| old |\n\n<!-- end of figures -->\nend\n")
    return {"pipeline": tmp_path / "pipeline", "sheets": tmp_path / "sheets", "card": tmp_path / "card.md"}


def test_shipping_replaces_weights_sheets_and_figures(judged: Workspace, places: dict[str, Path]) -> None:
    ship.ship(judged, **places)
    assert [path.name for path in sorted(places["pipeline"].iterdir())] == ["metrics.json", "recipe.json", "unet"]
    assert [path.name for path in places["sheets"].iterdir()] == ["colours.webp"]
    card = places["card"].read_text()
    assert "| R@1 | 0.900 | 0.8 | 9 |\n" in card
    assert "old" not in card
    assert card.endswith("<!-- end of figures -->\nend\n")


def test_a_missed_bar_is_told_in_the_card() -> None:
    missed = {**ROW, "ours": 0.7, "holds": False}
    assert "| R@1 | 0.700 | 0.8, MISSED | 9 |" in ship.figures({"rows": [missed]})


def test_the_card_that_ships_has_a_place_for_figures(judged: Workspace, places: dict[str, Path]) -> None:
    places["card"].write_text(ship.CARD.read_text())
    ship.ship(judged, **places)
    assert "| R@1 | 0.900 | 0.8 | 9 |\n" in places["card"].read_text()
    places["card"].write_text("# Card\n")
    with pytest.raises(RecipeError, match="no place for figures"):
        ship.ship(judged, **places)


def test_what_is_not_judged_or_too_large_is_not_shipped(
    judged: Workspace, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ship, "MEGABYTES", 1e-6)
    with pytest.raises(RecipeError, match="MB are more"):
        ship.ship(judged, **places)
    (judged.of("evaluate") / "done.json").unlink()
    with pytest.raises(RecipeError, match="not trained, judged"):
        ship.ship(judged, **places)
    assert (places["pipeline"] / "old.safetensors").exists()


def test_other_weights_and_worse_figures_are_told(judged: Workspace) -> None:
    folder = judged.pipeline
    assert differences(folder, {"R@1": Score(0.89, 9)}) == []
    assert differences(folder, {"R@1": Score(0.85, 9)}) == ["R@1: 0.850, and metrics.json says 0.900"]
    assert differences(folder, {}) == ["R@1: not measured, and metrics.json says 0.900"]
    (folder / "unet" / "a.safetensors").write_bytes(b"others")
    assert differences(folder, {"R@1": Score(0.95, 9)}) == ["unet/a.safetensors: not the weights of recipe.json"]


def test_a_check_needs_what_it_checks_against_before_it_draws(
    judged: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    (judged.pipeline / "vocabulary.json").write_text("{}")
    (judged.pipeline / "metrics.json").unlink()
    with pytest.raises(SystemExit):
        main(["--pipeline", str(judged.pipeline), "--check", "--words", "nowhere.json"])
    said = capsys.readouterr().err
    assert "nowhere.json" in said
    assert "metrics.json" in said
