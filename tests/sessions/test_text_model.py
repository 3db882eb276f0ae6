"""Sessions on a model that reads text: typed axes, previews of their poles, the unsteered prompt as z = 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError
from pilotage.testing.loom import Loom


@pytest.fixture
def loom(lab: Any) -> str:
    return str(lab.catalog.add(Loom()))


def test_the_baseline_is_the_prompt_as_it_is(steer: Any, lab: Any, loom: str) -> None:
    session = steer(model=loom, request={"prompt": "a fox"}, axes=["red ↔ blue"], dimension=3)
    baseline = session.step().candidates[0]
    plain = lab.wait(lab.generate({"prompt": "a fox"}, model=loom, seed=baseline.seed).id).result["samples"][0]
    assert baseline.artifact == plain["artifact"]


def test_the_first_round_freezes_the_axes_and_their_units(steer: Any, loom: str) -> None:
    session = steer(model=loom, request={"prompt": "a fox"}, axes=["red ↔ blue"], dimension="quick look")
    assert (session.view.axes, session.view.space_fingerprint) == ([], None)
    session.step()
    view = session.view
    assert [axis["source"] for axis in view.axes] == ["attribute", "caption_pca", "caption_pca"]
    assert view.axes[0]["name"] == "red ↔ blue"
    assert (view.dimension, view.model_fingerprint) == (3, "loom-1")
    session.pick(1)
    session.step()
    assert (session.view.axes, session.view.space_fingerprint) == (view.axes, view.space_fingerprint)


@pytest.mark.parametrize(("profile", "dimension"), [("quick look", 3), (2, 2), (5, 5)])
def test_a_profile_decides_how_many_axes_there_are(steer: Any, loom: str, profile: Any, dimension: int) -> None:
    session = steer(model=loom, request={"prompt": "a fox"}, dimension=profile)
    assert [len(candidate.z) for candidate in session.step().candidates] == [dimension] * 4


def test_axes_are_shown_at_both_poles_before_a_session_exists(lab: Any, loom: str) -> None:
    config = {"model": loom, "request": {"prompt": "a fox"}, "axes": ["red ↔ blue", "at night ↔ in a forest"]}
    result = lab.wait(lab.preview_axes(config).id).result
    assert [sample["z"] for sample in result["samples"]] == [[-1, 0], [1, 0], [0, -1], [0, 1], None, None]
    assert len({sample["artifact"] for sample in result["samples"][:4]}) == 4
    assert len({sample["seed"] for sample in result["samples"][:5]}) == 1
    assert lab.list_sessions()[0] == []


def test_previews_without_axes_are_refused(lab: Any, loom: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.preview_axes({"model": loom, "request": {"prompt": "a fox"}})
    assert caught.value.field == "axes"


def test_the_space_ends_at_the_radius_in_caption_differences(steer: Any, lab: Any, loom: str) -> None:
    session = steer(model=loom, request={"prompt": "a fox"}, dimension=3, radius=0.25)
    for slot in (1, 2, 3):
        session.step()
        session.pick(slot)
    places = [candidate.z for round_ in session.view.round_views for candidate in round_.candidates]
    assert 0 < max(np.linalg.norm(place) for place in places) <= 0.25 + 1e-9
    lab.render_point(session.id, [0.25, 0, 0])
    with pytest.raises(InvalidInputError):
        lab.render_point(session.id, [0.26, 0, 0])


def test_more_axes_than_the_captions_span_leave_a_round_that_says_so(steer: Any, loom: str) -> None:
    session = steer(model=loom, request={"prompt": "a fox"}, dimension=16)
    job = session.try_step()
    assert (job.state, job.error["code"], job.error["field"]) == ("failed", "invalid_input", "dimension")


def test_the_prompts_family_is_the_object_it_names(steer: Any, lab: Any, loom: str, tmp_path: Any) -> None:
    steer(model=loom, request={"prompt": "The Fox on a hill"}, dimension=3)
    text = lab.export_table("sessions", tmp_path / "s.csv")[0].read_text()
    assert ",fox," in text
