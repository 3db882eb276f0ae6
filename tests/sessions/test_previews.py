"""Previews are the first measurement of their axes at their prompt: told beside what the noise changes, and kept."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from pilotage.features import Layout
from pilotage.models import Row
from pilotage.sessions.spaces import build_space
from pilotage.store import CalibrationRow
from pilotage.testing.loom import Loom

GIVEN = {"request": {"prompt": "a fox"}, "axes": ["red ↔ blue", "at night ↔ in a forest"], "dimension": 2, "seed": 3}


@pytest.fixture
def given(lab: Any) -> dict[str, Any]:
    return {**GIVEN, "model": lab.catalog.add(Loom())}


def previewed(lab: Any, given: dict[str, Any]) -> dict[str, Any]:
    job = lab.wait(lab.preview_axes(given).id)
    assert job.state == "succeeded", job.error
    return job.result


def test_a_preview_tells_what_one_unit_changes_in_changes_of_the_seed(lab: Any, given: dict[str, Any]) -> None:
    result = previewed(lab, given)
    config = lab.check_config(given)
    space = build_space(Loom(), config)
    same, other = (result["samples"][place]["seed"] for place in (0, -1))
    assert same != other
    assert [sample["seed"] for sample in result["samples"]] == [same] * 5 + [other]

    def look(z: list[float], seed: int) -> Any:
        (output,) = Loom().generate(config.request, [Row(space.decode(np.array(z)), seed)])
        assert output.media is not None
        return Layout().describe(output.media)

    still = look([0, 0], same)
    noise = np.linalg.norm(look([0, 0], other) - still)
    for axis, unit in enumerate(np.eye(2)):
        apart = [np.linalg.norm(look((sign * unit).tolist(), same) - still) for sign in (-1, 1)]
        told = result["axes"][axis]
        assert told["name"] == given["axes"][axis]
        assert told["visible_effect"] == pytest.approx(np.mean(apart) / noise)
        assert not told["measured"]


def begun(lab: Any, given: dict[str, Any]) -> list[tuple[float, bool]]:
    """Scale of each axis of a session that begins now, and whether it is a measured one."""
    session = lab.create_session(given)
    lab.wait(lab.request_round(session.id).job.id)
    return [(axis["scale"], axis["measured"]) for axis in lab.get_session(session.id).axes]


def test_sessions_at_the_prompt_have_their_units_from_what_a_preview_saw(lab: Any, given: dict[str, Any]) -> None:
    before = lab.get_calibration(given)
    assert [axis.measured or axis.rough for axis in before.axes] == [False, False]
    told = previewed(lab, given)["axes"]
    known = lab.get_calibration(given)
    assert [(axis.measured, axis.rough, axis.repeats) for axis in known.axes] == [(False, True, 1)] * 2
    assert all(axis.effect is not None and axis.effect > 0 for axis in known.axes)
    assert known.unfound == 0
    scales = [axis["scale"] for axis in told]
    assert scales == pytest.approx([axis.scale for axis in known.axes])
    assert scales[0] < 1 < scales[1]
    assert begun(lab, given) == [(scale, True) for scale in scales]
    assert begun(lab, {**given, "request": {"prompt": "a ship"}}) == [(1.0, False)] * 2  # seen at one prompt alone


def test_previewed_again_the_pictures_are_in_the_measured_units_and_the_units_stay(
    lab: Any, given: dict[str, Any]
) -> None:
    first, second, other = (previewed(lab, {**given, "seed": seed})["axes"] for seed in (3, 3, 9))
    assert [axis["scale"] for axis in other] == [axis["scale"] for axis in first]
    assert [axis["scale"] for axis in second] == [axis["scale"] for axis in first]
    assert [(one["measured"], other["measured"]) for one, other in zip(first, second, strict=True)] == [
        (False, True)
    ] * 2
    assert second[0]["visible_effect"] < first[0]["visible_effect"]


def test_a_preview_never_takes_the_place_of_a_calibration(lab: Any, given: dict[str, Any]) -> None:
    rough = [axis["scale"] for axis in previewed(lab, given)["axes"]]
    lab.wait(lab.calibrate(given).id)
    thorough = lab.get_calibration(given)
    assert [(axis.measured, axis.rough, axis.repeats) for axis in thorough.axes] == [(True, False, 4)] * 2
    scales = [axis.scale for axis in thorough.axes]
    assert [scale for scale, _ in begun(lab, given)] == scales != rough
    rows = list(lab.store.list(CalibrationRow))
    result = previewed(lab, given)
    assert list(lab.store.list(CalibrationRow)) == rows
    assert all(axis["measured"] for axis in result["axes"])
    ratio = [axis["visible_effect"] for axis in result["axes"]]
    assert max(ratio) / min(ratio) < 2  # in measured units; one caption difference each is three times apart


def test_previews_do_not_move_what_calibrated_axes_are_set_against(lab: Any, given: dict[str, Any]) -> None:
    lab.wait(lab.calibrate(given).id)
    scales = [axis.scale for axis in lab.get_calibration(given).axes]
    previewed(lab, {**given, "axes": ["green ↔ by the sea"], "dimension": 1})
    assert [axis.scale for axis in lab.get_calibration(given).axes] == scales


def test_with_eight_axes_there_is_no_room_to_measure_and_the_effect_is_unknown(lab: Any, given: dict[str, Any]) -> None:
    words = ("red", "blue", "green", "at night", "in a forest", "by the sea")
    axes = [f"{one} ↔ {other}" for one, other in pairwise(words)]
    axes += ["red ↔ green", "blue ↔ at night", "at night ↔ by the sea"]
    result = previewed(lab, {**given, "axes": axes, "dimension": 8})
    assert len(result["samples"]) == 16
    assert [axis["visible_effect"] for axis in result["axes"]] == [None] * 8
    assert not lab.store.list(CalibrationRow)
