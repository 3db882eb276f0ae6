"""Calibration and diagnosis as verbs: asked for, done as jobs, told, and looked up without the model."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError, NotFoundError, UnsupportedInputError
from pilotage.store import JobRow
from pilotage.testing.loom import Loom


@pytest.fixture
def given(lab: Any) -> dict[str, Any]:
    ref = lab.catalog.add(Loom())
    return {"model": ref, "request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "dimension": 3, "seed": 3}


def test_what_a_calibration_found_is_in_its_result_in_an_event_and_known_from_then_on(
    lab: Any, given: dict[str, Any]
) -> None:
    before = lab.get_calibration(given)
    assert (before.model_fingerprint, before.dimension, before.unfound) == (None, 3, 2)
    assert [(axis.name, axis.measured, axis.effect) for axis in before.axes] == [("red ↔ blue", False, None)]
    job = lab.wait(lab.calibrate(given, seeds=2).id)
    assert (job.state, job.lane) == ("succeeded", "background")
    told = job.result["axes"]
    known = lab.get_calibration(given)
    assert (known.model_fingerprint, known.unfound) == ("loom-1", 0)
    assert [axis.name for axis in known.axes] == [axis["name"] for axis in told]
    assert [axis.scale for axis in known.axes] == pytest.approx([axis["scale"] for axis in told])
    assert {(axis.measured, axis.repeats) for axis in known.axes} == {(True, 8)}
    (event,) = [event for event in lab.store.events() if event.type == "calibration.measured"]
    assert (event.data["model"], event.data["repeats"], event.data["axes"]) == (given["model"], 8, told)


def test_at_another_prompt_the_typed_axis_is_known_and_the_found_ones_are_not(lab: Any, given: dict[str, Any]) -> None:
    lab.wait(lab.calibrate(given).id)
    other = lab.get_calibration({**given, "request": {"prompt": "a ship"}})
    assert [(axis.name, axis.measured) for axis in other.axes] == [("red ↔ blue", True)]
    assert other.unfound == 2
    slower = lab.get_calibration({**given, "request": {"prompt": "a fox", "steps": 9}})
    assert [axis.measured for axis in slower.axes] == [False]


def test_the_vocabularys_own_axes_are_named_before_they_are_measured(lab: Any, given: dict[str, Any]) -> None:
    preset = {**given, "axes": [], "basis": "attributes", "dimension": 2}
    before = [axis.name for axis in lab.get_calibration(preset).axes]
    lab.wait(lab.calibrate(preset).id)
    after = lab.get_calibration(preset).axes
    assert [axis.name for axis in after] == before
    assert all(axis.measured for axis in after)


def test_a_diagnosis_tells_the_share_of_the_place_in_all_and_by_axis(lab: Any, given: dict[str, Any]) -> None:
    job = lab.wait(lab.diagnose_space(given, places=4, seeds=3).id)
    assert job.state == "succeeded", job.error
    assert job.result["space"]["z"] > job.result["space"]["seed"]
    assert len(job.result["axes"]) == 3


@pytest.mark.parametrize("verb", ["calibrate", "get_calibration"])
def test_a_model_with_axes_of_its_own_is_refused_before_a_job(lab: Any, verb: str) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        getattr(lab, verb)({"model": "analytic", "request": {"prompt": "a disc"}})
    assert caught.value.field == "model"
    assert not lab.store.list(JobRow)


@pytest.mark.parametrize(
    ("verb", "options", "field"),
    [("calibrate", {"carriers": 1}, "carriers"), ("calibrate", {"features": "taste"}, "features.kind"),
     ("diagnose_space", {"seeds": 2}, "seeds"), ("diagnose_space", {"features": "taste"}, "features.kind")],
)  # fmt: skip
def test_bad_options_are_refused_by_field_before_a_job(
    lab: Any, given: dict[str, Any], verb: str, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        getattr(lab, verb)(given, **options)
    assert caught.value.field == field
    assert not lab.store.list(JobRow)


def test_an_unknown_model_is_refused(lab: Any, given: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError):
        lab.calibrate({**given, "model": "no such model"})
