"""Measured axes: kept by model, axis and steps; a session that begins takes them, one that began keeps its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pilotage.artifacts import MemoryArtifacts
from pilotage.core.errors import InvalidInputError, UnsupportedInputError
from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.jobs import InlineEngine
from pilotage.models import AnalyticModel, GenerationRequest, Output, Row
from pilotage.sessions.calibrations import CalibrationPlan, enqueue_calibration, run_calibration
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.ports import Ports
from pilotage.sessions.scales import measured_space, scales_for
from pilotage.sessions.spaces import build_space
from pilotage.store import CalibrationRow, MemoryStore
from pilotage.testing.loom import Loom


@pytest.fixture
def ports() -> Ports:
    return Ports(MemoryStore(), MemoryArtifacts())


def config_of(prompt: str = "a fox", **more: Any) -> SessionConfig:
    request = GenerationRequest(prompt=prompt, steps=more.pop("steps", 4))
    given = {"axes": ("red ↔ blue", "at night ↔ in a forest"), "dimension": 3, "basis": {"kind": "attributes_pca"}}
    return SessionConfig(request=request, model="loom", **{**given, **more})


def measured(ports: Ports, config: SessionConfig, **more: Any) -> dict[str, Any]:
    plan = CalibrationPlan(config=config, **more)
    return run_calibration(ports, plan, Loom(), progress=silent, cancel=CancelToken())


def scales(ports: Ports, config: SessionConfig) -> tuple[float | None, ...]:
    return scales_for(ports.store, "loom-1", build_space(Loom(), config).axes, config)


def test_nothing_measured_leaves_one_caption_difference_a_unit(ports: Ports) -> None:
    config = config_of()
    space = build_space(Loom(), config)
    assert scales(ports, config) == (None, None, None)
    assert measured_space(ports.store, Loom(), config, space) is space


def test_a_loud_axis_gets_a_shorter_unit_and_says_that_it_was_measured(ports: Ports) -> None:
    config = config_of()
    told = measured(ports, config)["axes"]
    assert [axis["name"] for axis in told] == [axis.name for axis in build_space(Loom(), config).axes]
    assert scales(ports, config) == pytest.approx([axis["scale"] for axis in told])
    space = measured_space(ports.store, Loom(), config, build_space(Loom(), config))
    assert space.axes[0].scale < 0.8
    assert all(axis.measured and axis.scale == pytest.approx(t["scale"])
               for axis, t in zip(space.axes, told, strict=True))  # fmt: skip


def test_a_typed_axis_is_known_at_another_prompt_in_its_caption_differences_and_a_found_one_is_not(
    ports: Ports,
) -> None:
    here, there = config_of(), config_of("a big old ship")
    measured(ports, here)
    units = [build_space(Loom(), config).axes[0].unit for config in (here, there)]
    assert units[0] != pytest.approx(units[1], rel=1e-3)
    found = scales(ports, there)
    assert found[2] is None
    axis = build_space(Loom(), there).axes[1]
    lengths = [scales_for(ports.store, "loom-1", [axis.model_copy(update={"unit": unit})], there)[0] * unit
               for unit in (axis.unit, 0.9 * axis.unit)]  # fmt: skip
    assert lengths[0] == pytest.approx(lengths[1])  # what one unit changes is a length, whatever a caption differs by


def test_an_axis_has_one_scale_whatever_stands_beside_it(ports: Ports) -> None:
    config = config_of()
    measured(ports, config)
    axes = build_space(Loom(), config).axes
    assert scales(ports, config)[:1] == scales_for(ports.store, "loom-1", axes[:1], config)


@pytest.mark.parametrize(
    "other",
    [{"steps": 9}, {"basis": {"kind": "attributes_pca", "mode": "low_dimensional"}},
     {"basis": {"kind": "attributes_pca", "carriers": 4}}],
)  # fmt: skip
def test_other_steps_mode_or_carriers_are_another_axis(ports: Ports, other: dict[str, Any]) -> None:
    measured(ports, config_of())
    assert scales(ports, config_of(**other)) == (None, None, None)


def test_another_model_is_not_measured(ports: Ports) -> None:
    config = config_of()
    measured(ports, config)
    assert scales_for(ports.store, "loom-2", build_space(Loom(), config).axes, config) == (None, None, None)


def test_measured_again_there_is_one_row_an_axis_and_the_newest_holds(ports: Ports) -> None:
    measured(ports, config_of(), seeds=1)
    measured(ports, config_of(), seeds=3)
    rows = ports.store.list(CalibrationRow)
    assert len(rows) == 3
    assert {len(row.effects["seeds"]) for row in rows} == {3}


def test_axes_measured_with_other_features_are_not_set_against_each_other(ports: Ports) -> None:
    whole, one = config_of(), config_of(axes=("red ↔ blue",))
    measured(ports, whole)
    measured(ports, one, features="statistics")  # the first axis again
    assert [scale is None for scale in scales(ports, whole)] == [False, True, True]


def test_a_begun_session_keeps_the_scales_in_its_record_whatever_is_measured_later(ports: Ports) -> None:
    config = config_of()
    plain = build_space(Loom(), config)
    recorded = [axis.model_dump(mode="json") for axis in plain.rescaled([0.5, None, 1.25]).axes]
    measured(ports, config)
    again = build_space(Loom(), config, recorded=recorded)
    assert [axis.model_dump(mode="json") for axis in again.axes] == recorded
    z = np.array([1.0, 1.0, 0.0])
    np.testing.assert_allclose(again.decode(z)["prompt_embeds"], plain.decode(z * [0.5, 1, 1])["prompt_embeds"],
                               atol=1e-5)  # fmt: skip


def test_a_session_from_before_scales_is_rebuilt_byte_for_byte() -> None:
    config = config_of()
    plain = build_space(Loom(), config)
    old = [axis.model_dump(mode="json", exclude={"scale"}) for axis in plain.axes]
    assert build_space(Loom(), config, recorded=old).fingerprint() == plain.fingerprint()


def test_a_session_steers_and_renders_by_the_scales_that_it_began_with(new_lab: Any) -> None:
    lab = new_lab()
    ref = lab.catalog.add(Loom())
    given = {"model": ref, "request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "dimension": 2, "seed": 3}
    config = lab.check_config(given)
    run_calibration(lab.ports, CalibrationPlan(config=config), Loom(), progress=silent, cancel=CancelToken())
    session = lab.create_session(given)
    lab.wait(lab.request_round(session.id).job.id)
    axes = lab.get_session(session.id).axes
    assert axes[0]["scale"] < 1 < axes[1]["scale"]
    assert all(axis["measured"] for axis in axes)
    candidate = lab.get_session(session.id).round_views[0].candidates[1]
    for row in lab.store.list(CalibrationRow):  # measured again, quite differently
        with lab.store.transaction() as tx:
            tx.put(row.model_copy(update={"effects": {**row.effects, "units": [u / 2 for u in row.effects["units"]]}}))
    again = lab.wait(lab.render_point(session.id, candidate.z, seed=candidate.seed).id).result["samples"][0]
    assert again["artifact"] == candidate.artifact
    plain = build_space(Loom(), config).decode(np.array(candidate.z))
    (output,) = Loom().generate(config.request, [Row(plain, candidate.seed)])
    assert output.media is not None
    assert lab.get_media(candidate.artifact) != output.media  # one caption difference a unit is another picture


def test_a_preview_shows_one_unit_as_the_session_will_have_it(new_lab: Any) -> None:
    lab = new_lab()
    given = {"model": lab.catalog.add(Loom()), "request": {"prompt": "a fox"}, "axes": ["red ↔ blue"], "seed": 3}

    def previews() -> list[str]:
        samples = lab.wait(lab.preview_axes(given).id).result["samples"]
        return [sample["artifact"] for sample in samples if sample["z"] is not None]

    before = previews()
    plan = CalibrationPlan(config=lab.check_config(given))
    run_calibration(lab.ports, plan, Loom(), progress=silent, cancel=CancelToken())
    assert not set(before) & set(previews())


def measured_lab(new_lab: Any, *sizes: float) -> Any:
    """A lab that measured red and blue; with `sizes`, as if its units had been of other lengths."""
    lab = new_lab()
    given = {"model": lab.catalog.add(Loom()), **GIVEN}
    measured(lab.ports, lab.check_config(given))
    for size in sizes:
        for row in lab.store.list(CalibrationRow):
            units = [unit * size for unit in row.effects["units"]]
            with lab.store.transaction() as tx:
                tx.put(row.model_copy(update={"effects": {**row.effects, "units": units}}))
    return lab


GIVEN = {"request": {"prompt": "a fox"}, "axes": ["red ↔ blue", "at night ↔ in a forest"], "dimension": 2, "seed": 3}


def shown(lab: Any, config: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """The stored config of a session after its first round, and what that round showed."""
    session = lab.create_session({**config, "model": "loom"})
    lab.wait(lab.request_round(session.id).job.id)
    view = lab.get_session(session.id)
    return view.config, [(one.z, one.seed, one.artifact) for one in view.round_views[0].candidates]


def test_the_config_that_a_session_keeps_makes_the_same_pictures_on_a_lab_that_measured_otherwise(
    new_lab: Any,
) -> None:
    here, there, nowhere = measured_lab(new_lab), measured_lab(new_lab, 0.6), new_lab()
    nowhere.catalog.add(Loom())
    kept, pictures = shown(here, GIVEN)
    assert kept["scales"][0] < 1 < kept["scales"][1]
    assert shown(there, GIVEN)[1] != pictures  # as asked, the lab's own measurements decide
    for lab in (there, nowhere):
        again, others = shown(lab, kept)
        assert (again, others) == (kept, pictures)


def test_a_session_that_began_unmeasured_begins_so_again_on_a_lab_that_measured(new_lab: Any) -> None:
    plain = new_lab()
    plain.catalog.add(Loom())
    kept, pictures = shown(plain, GIVEN)
    assert kept["scales"] == "none"
    assert shown(measured_lab(new_lab), kept) == (kept, pictures)


def test_a_branch_and_a_round_asked_for_again_keep_the_scales(new_lab: Any) -> None:
    lab = measured_lab(new_lab)
    kept, _ = shown(lab, GIVEN)
    session = lab.list_sessions()[0][0]
    round_ = lab.get_session(session.id).round_views[0]
    child = lab.get_session(lab.branch(session.id, round_.id).id)
    assert (child.config["scales"], child.axes) == (kept["scales"], lab.get_session(session.id).axes)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"scales": [1.0]}, "scales"), ({"scales": [1.0] * 3}, "scales"), ({"scales": [1.0, -1.0]}, "scales"),
     ({"scales": "loud"}, "scales"), ({"scales": [1.0, None], "axes": []}, None)],
)  # fmt: skip
def test_scales_for_other_axes_are_refused_before_anything_begins(
    lab: Any, more: dict[str, Any], field: str | None
) -> None:
    given = {"model": lab.catalog.add(Loom()), **GIVEN, **more}
    if field is None:
        assert lab.check_config(given).scales == (1.0, None)
        return
    with pytest.raises(InvalidInputError) as caught:
        lab.check_config(given)
    assert caught.value.field.startswith(field)


def test_a_model_with_axes_of_its_own_takes_no_scales(lab: Any) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        lab.check_config({"model": "analytic", "request": {"prompt": ""}, "scales": [1.0, 1.0]})
    assert caught.value.field == "scales"


def test_an_axis_without_visible_effect_is_said_to_have_none(ports: Ports) -> None:
    class Deaf(Loom):
        def generate(self, request: GenerationRequest, rows: Sequence[Row], **more: Any) -> tuple[Output, ...]:
            still = [Row(self.encode(request), row.seed) for row in rows]
            return super().generate(request, still, **more)

    told = run_calibration(ports, CalibrationPlan(config=config_of()), Deaf(), progress=silent, cancel=CancelToken())
    assert [(axis["visible"], axis["scale"], axis["effect"]) for axis in told["axes"]] == [(False, 1.0, 0.0)] * 3


def test_a_model_with_axes_of_its_own_is_refused(ports: Ports) -> None:
    plan = CalibrationPlan(config=SessionConfig(request=GenerationRequest(prompt=""), model="analytic"))
    with pytest.raises(UnsupportedInputError):
        run_calibration(ports, plan, AnalyticModel(), progress=silent, cancel=CancelToken())


def test_as_a_job_it_ends_with_what_each_axis_does(ports: Ports) -> None:
    def work(payload: dict[str, Any], *, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
        plan = CalibrationPlan.model_validate(payload["plan"])
        return run_calibration(ports, plan, Loom(), progress=progress, cancel=cancel)

    engine = InlineEngine(ports.store, {"calibrate": work})
    job = engine.wait(enqueue_calibration(ports, engine, CalibrationPlan(config=config_of())).id)
    assert (job.state, job.lane) == ("succeeded", "background")
    assert job.result is not None
    assert {"name", "scale", "effect", "calibrated", "monotone", "visible"} == set(job.result["axes"][0])
    with pytest.raises(InvalidInputError) as caught:
        enqueue_calibration(ports, engine, CalibrationPlan(config=config_of(), features="taste"))
    assert caught.value.field == "features.kind"


def test_a_row_names_its_axis_for_people(ports: Ports) -> None:
    measured(ports, config_of())
    assert {row.axis.split(" #")[0] for row in ports.store.list(CalibrationRow)} == {
        axis.name for axis in build_space(Loom(), config_of()).axes
    }
