"""Axes of language in a lab: seen, written, made into vectors of a tiny model, measured, imported, forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pilotage.app.lab import Lab, raise_if_failed
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab, memory_lab
from pilotage.core.errors import InvalidInputError, JobCancelledError, NotFoundError, UnsupportedInputError
from pilotage.labs.language.builtin import builtin_names, builtin_report
from pilotage.labs.language.calibration import calibrate
from pilotage.testing import tiny_language
from pilotage.testing.tiny_packs import tiny_pack


def wit(**changes: Any) -> dict[str, Any]:
    """An axis of one's own; its answers differ in nothing but a word."""
    pairs = [
        {"prompt": f"What is {i}?", "positive": f"A joke, {i}.", "negative": f"A fact, {i}.", "split": split}
        for i, split in enumerate(["train"] * 8 + ["held_out"] * 4)
    ]
    return {"name": "wit", "poles": {"negative": "dry", "positive": "witty"}, "pairs": pairs, **changes}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_language.save("llama", tmp_path_factory.mktemp("tiny")))


@pytest.fixture(params=["disk", "memory"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    return local_lab(Settings(home=tmp_path)) if request.param == "disk" else memory_lab(Settings(home=tmp_path))


@pytest.fixture
def again(tmp_path: Path) -> Callable[[], Lab]:
    """Another process' lab on the same home."""
    return lambda: local_lab(Settings(home=tmp_path))


def test_axes_that_ship_are_listed_first_and_have_no_vectors_for_a_strange_model(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit())
    found = lab.list_axes(tiny)
    assert [axis.name for axis in found] == [*builtin_names(), "wit"]
    assert [axis.own for axis in found] == [False] * len(builtin_names()) + [True]
    assert all(axis.pack is None for axis in found)
    assert found[-1].answers == {"train": 8, "held_out": 4}


def test_an_axis_is_made_measured_and_then_steers(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit())
    job = lab.build_axis("wit", tiny, quick=True)
    assert lab.get_job(job.id).state == "queued"
    result = raise_if_failed(lab.wait(job.id)).result or {}
    shown = lab.show_axis("wit", tiny)
    assert shown.pack is not None
    assert (shown.pack.usable, shown.pack.own, shown.pack.current) == (True, True, True)
    assert shown.report is not None
    assert shown.report.effect == result["report"]["effect"] == shown.pack.effect
    assert shown.report.heat
    assert {remark.code for remark in shown.remarks} == {"few"}
    pushes, _ = lab.steering.resolve(lab.catalog.language(tiny), {"wit": 1.0})
    assert pushes["wit"] == pytest.approx(shown.pack.positive.strengths[-1] if shown.pack.positive else None)


def test_texts_that_changed_since_are_told_and_measured_again(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit())
    raise_if_failed(lab.wait(lab.build_axis("wit", tiny, quick=True, methods=["pca"]).id))
    changed = wit()
    changed["pairs"][0]["positive"] = "Another joke."
    shown = lab.put_axis(changed)
    pack = lab.show_axis("wit", tiny).pack
    assert shown.pairs[0].positive == "Another joke."
    assert pack is not None
    assert (pack.current, pack.method) == (False, "pca")
    before = lab.axis_report("wit", tiny)
    raise_if_failed(lab.wait(lab.evaluate_axis("wit", tiny, quick=True, seed=5).id))
    assert lab.axis_report("wit", tiny) == before  # a glance does not replace a measurement


def test_an_axis_that_holds_nothing_out_is_made_and_not_measured(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit(pairs=[{**pair, "split": "train"} for pair in wit()["pairs"]]))
    result = raise_if_failed(lab.wait(lab.build_axis("wit", tiny, quick=True).id)).result
    assert result is not None
    assert result["report"] is None
    shown = lab.show_axis("wit", tiny)
    assert shown.pack is not None
    assert shown.pack.usable
    with pytest.raises(NotFoundError):
        lab.axis_report("wit", tiny)


def test_the_same_work_asked_for_twice_is_one_job_until_it_has_ended(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit())
    first, second = (lab.build_axis("wit", tiny, quick=True) for _ in range(2))
    other = lab.build_axis("wit", tiny, quick=True, seed=3)
    assert first.id == second.id != other.id
    lab.cancel(first.id)
    with pytest.raises(JobCancelledError):
        raise_if_failed(lab.wait(first.id))
    assert lab.build_axis("wit", tiny, quick=True).id != first.id
    assert lab.list_axes(tiny)[-1].pack is None


def test_own_axes_hide_those_that_ship_until_they_are_deleted(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit(name="formality"))
    lab.steering.keep(tiny_pack(lab.catalog.language(tiny), "formality"))
    assert lab.show_axis("formality", tiny).poles.positive == "witty"
    lab.delete_axis("formality")
    shown = lab.show_axis("formality", tiny)
    assert (shown.own, shown.pack) == (False, None)
    assert shown.poles.positive != "witty"
    with pytest.raises(NotFoundError):
        lab.delete_axis("formality")


def test_what_was_measured_of_a_deleted_axis_is_not_told_of_its_namesake(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit())
    raise_if_failed(lab.wait(lab.build_axis("wit", tiny, quick=True, methods=["pca"]).id))
    assert lab.show_axis("wit", tiny).report is not None
    lab.delete_axis("wit")
    lab.put_axis(wit(poles={"negative": "slow", "positive": "quick"}))
    assert lab.show_axis("wit", tiny).report is None


def test_another_process_sees_what_was_kept(again: Callable[[], Lab], tiny: str) -> None:
    here, there = again(), again()
    here.put_axis(wit())
    raise_if_failed(here.wait(here.build_axis("wit", tiny, quick=True).id))
    assert there.show_axis("wit", tiny) == here.show_axis("wit", tiny)


@pytest.mark.parametrize("name", ["../wit", "Wit", "wit.json", "a/b", "", "w" * 49])
def test_a_name_that_could_be_a_path_is_refused_and_nothing_is_written(
    again: Callable[[], Lab], tmp_path: Path, name: str
) -> None:
    lab = again()
    with pytest.raises(InvalidInputError) as caught:
        lab.put_axis(wit(name=name))
    assert caught.value.field == "axis.name"
    assert not list(tmp_path.rglob("*.json"))
    with pytest.raises(NotFoundError):
        lab.show_axis(name)


def test_malformed_pairs_and_options_are_refused_before_any_work(lab: Lab, tiny: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.put_axis(wit(pairs=[{"positive": "a", "negative": "a"}] * 5))
    assert caught.value.field.startswith("axis.pairs.0")
    lab.put_axis(wit())
    for options in ({"budget": {"perplexity": 0.5}}, {"seed": -1}, {"much": 1}):
        with pytest.raises(InvalidInputError):
            lab.build_axis("wit", tiny, **options)
    with pytest.raises(InvalidInputError, match="magic"):
        lab.build_axis("wit", tiny, methods=["magic"])
    with pytest.raises(NotFoundError):
        lab.evaluate_axis("wit", tiny)


def test_a_file_that_was_broken_by_hand_is_left_out_of_the_list_and_told_by_name(
    again: Callable[[], Lab], tmp_path: Path, tiny: str
) -> None:
    lab = again()
    lab.put_axis(wit())
    (tmp_path / "axes" / "wit.json").write_text(json.dumps({"pairs": []}))
    assert "wit" not in [axis.name for axis in lab.list_axes(tiny)]
    with pytest.raises(InvalidInputError):
        lab.show_axis("wit", tiny)


def test_a_pack_of_ours_goes_in_for_its_model_and_no_other(lab: Lab, tiny: str, tmp_path: Path) -> None:
    model = lab.catalog.language(tiny)
    tiny_pack(model, "wit").save(tmp_path / "given.safetensors")
    taken = lab.import_vectors(tmp_path / "given.safetensors", tiny)
    assert (taken.axis, taken.usable) == ("wit", True)
    other = str(tiny_language.save("llama", tmp_path / "other", seed=1))
    with pytest.raises(UnsupportedInputError):
        lab.import_vectors(tmp_path / "given.safetensors", other)


def test_vectors_of_other_tools_steer_once_they_are_calibrated(lab: Lab, tiny: str, tmp_path: Path) -> None:
    import torch

    torch.save({1: torch.randn(32), 2: torch.randn(32)}, tmp_path / "given.pt")
    lab.put_axis(wit())
    taken = lab.import_vectors(tmp_path / "given.pt", tiny, axis="wit")
    assert (taken.method, taken.usable) == ("imported", False)
    raise_if_failed(lab.wait(lab.build_axis("wit", tiny, quick=True, methods=[]).id))
    pack = lab.show_axis("wit", tiny).pack
    assert pack is not None
    assert (pack.method, pack.usable, pack.layer in (1, 2)) == ("imported", True, True)


def test_what_ships_is_told_until_something_was_measured_here(lab: Lab) -> None:
    ships = builtin_report("formality")
    assert ships is not None
    model, shelf = ships.model.fingerprint, lab.shelf
    assert shelf.report(model, "formality", own_pack=False) == ships
    assert shelf.report(model, "formality", own_pack=True) is None  # it tells nothing of other vectors
    assert shelf.report("0" * 64, "formality", own_pack=False) is None
    mine = ships.model_copy(update={"effect": 1.0})
    shelf.keep_report(mine)
    assert shelf.report(model, "formality", own_pack=False) == mine


def test_what_ships_is_not_told_of_an_axis_of_ones_own_with_its_name(lab: Lab) -> None:
    ships = builtin_report("formality")
    assert ships is not None
    lab.put_axis(wit(name="formality"))
    assert lab.shelf.report(ships.model.fingerprint, "formality", own_pack=False) is None


def test_a_report_says_whether_it_was_a_glance_and_whose_it_is(lab: Lab, tiny: str) -> None:
    lab.put_axis(wit())
    raise_if_failed(lab.wait(lab.build_axis("wit", tiny, quick=True).id))
    shown = lab.show_axis("wit", tiny)
    assert shown.report is not None
    assert (shown.report.quick, shown.report_ships) == (True, False)


def test_a_report_goes_with_the_vectors_that_it_is_of(lab: Lab, tiny: str) -> None:
    model, ships = lab.catalog.language(tiny), builtin_report("formality")
    assert ships is not None
    lab.steering.keep(tiny_pack(model, "formality"))  # of one's own, of an axis that ships
    lab.shelf.keep_report(ships.model_copy(update={"model": tiny_pack(model, "formality").card.model}))
    assert lab.show_axis("formality", tiny).report is not None
    lab.delete_axis("formality")
    shown = lab.show_axis("formality", tiny)
    assert (shown.pack, shown.report) == (None, None)


def test_an_axis_that_is_deleted_while_it_is_built_leaves_no_vectors(
    lab: Lab, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted_meanwhile(*given: Any, **named: Any) -> Any:
        lab.delete_axis("wit")
        return calibrate(*given, **named)

    lab.put_axis(wit())
    monkeypatch.setattr("pilotage.app.axis_work.calibrate", deleted_meanwhile)
    job = lab.wait(lab.build_axis("wit", tiny, quick=True, methods=["pca"]).id)
    assert (job.state, (job.error or {})["code"]) == ("failed", "not_found")
    assert "wit" not in lab.steering.packs(lab.catalog.language(tiny).fingerprint())
