"""The units that a session began with go with it: in the picture, the replay and the bundle, to any other lab."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from pilotage.app.lab import Lab
from pilotage.testing.loom import Loom

GIVEN = {"model": "loom", "request": {"prompt": "a fox"}, "axes": ["red ↔ blue", "at night ↔ by the sea"],
         "dimension": 2, "seed": 3}  # fmt: skip


@pytest.fixture
def measured(new_lab: Any) -> Lab:
    lab = new_lab()
    lab.catalog.add(Loom())
    lab.wait(lab.calibrate(GIVEN).id)
    return lab


@pytest.fixture
def elsewhere(new_lab: Any) -> Lab:
    """A lab that measured nothing."""
    lab = new_lab()
    lab.catalog.add(Loom())
    return lab


def first_round(lab: Lab, config: Any) -> list[Any]:
    session = lab.create_session(config)
    lab.wait(lab.request_round(session.id).job.id)
    return [(one.z, one.seed, one.artifact) for one in lab.get_session(session.id).round_views[0].candidates]


def scales_of(lab: Lab, session_id: str) -> list[float]:
    return [axis["scale"] for axis in lab.get_session(session_id).axes]


def test_the_picture_the_replay_and_the_bundle_tell_the_scales_and_begin_the_same_session_anywhere(
    steer: Any, measured: Lab, elsewhere: Lab, tmp_path: Path
) -> None:
    session = steer(lab=measured, **GIVEN)
    shown = [(one.z, one.seed, one.artifact) for one in session.step().candidates]
    session.pick(1)
    scales = scales_of(measured, session.id)
    assert scales[0] < 1 < scales[1]
    assert first_round(elsewhere, GIVEN) != shown

    picture = measured.take_away(session.id, "png").data
    with Image.open(io.BytesIO(picture)) as image:
        recipe = json.loads(image.text["pilotage"])["session"]  # type: ignore[attr-defined]
    replay = json.loads(measured.take_away(session.id, "replay").data)
    measured.bundle(session.id, tmp_path / "session.zip")
    with zipfile.ZipFile(tmp_path / "session.zip") as packed:
        config = yaml.safe_load(packed.read("config.yaml"))
    for told in (recipe["axes"], replay["rows"]["sessions"][0]["axes"]):
        assert [axis["scale"] for axis in told] == scales
    for kept in (recipe["config"], replay["rows"]["sessions"][0]["config"], config):
        assert kept["scales"] == scales
        assert first_round(elsewhere, kept) == shown


def test_the_file_that_explains_every_setting_keeps_the_scales(steer: Any, measured: Lab, elsewhere: Lab) -> None:
    session = steer(lab=measured, **GIVEN)
    shown = [(one.z, one.seed, one.artifact) for one in session.step().candidates]
    written = yaml.safe_load(measured.write_config(session.view.config))
    assert written["scales"] == scales_of(measured, session.id)
    assert first_round(elsewhere, written) == shown
