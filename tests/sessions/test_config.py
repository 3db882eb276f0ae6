"""Settings: defaults are filled in and recorded; what does not fit is refused by field before any work."""

from __future__ import annotations

from typing import Any

import pytest

from pilotage.core.errors import InvalidInputError, ModelUnavailableError, PilotageError, UnsupportedInputError
from pilotage.models import Capabilities, ModelInfo
from pilotage.sessions.config import SessionConfig, parse_config
from pilotage.spaces import GENERAL_VOCABULARY, PROFILES

INFO = ModelInfo(
    ref="paint", name="Paint", family="sd", vocabulary=GENERAL_VOCABULARY,
    capabilities=Capabilities(size=(512, 384), schedulers=("euler", "ddim"), max_size=1024),
)  # fmt: skip
SHA = "a" * 64


def parse(info: ModelInfo = INFO, **config: Any) -> SessionConfig:
    return parse_config({"request": {"prompt": "a house"}, **config}, info)


def with_request(**request: Any) -> dict[str, Any]:
    return {"request": {"prompt": "a house", **request}}


def test_the_request_is_filled_with_the_models_defaults() -> None:
    request = parse().request
    assert (request.width, request.height, request.steps, request.guidance, request.scheduler) == (
        512, 384, 20, 7.5, "euler")  # fmt: skip


def test_what_is_given_goes_before_the_defaults() -> None:
    request = parse(**with_request(width=256, steps=3, guidance=0, scheduler="ddim")).request
    assert (request.width, request.height, request.steps, request.guidance, request.scheduler) == (
        256, 384, 3, 0.0, "ddim")  # fmt: skip


def test_strategies_are_recorded_with_all_their_settings() -> None:
    config = parse(sampler="sobol", basis={"kind": "attributes_pca", "carriers": 5})
    assert config.sampler["kind"] == "sobol"
    assert config.basis == {"kind": "attributes_pca", "mode": "token", "carriers": 5, "corpus": 0}


def test_a_complete_config_parses_to_itself() -> None:
    once = parse(axes=["red ↔ blue"], seed=4)
    assert parse_config(once.model_dump(mode="json"), INFO) == once


@pytest.mark.parametrize(
    ("config", "field"),
    [
        (with_request(prompt="   "), "request.prompt"),
        (with_request(image_size="banana"), "request.image_size"),
        (with_request(width="banana"), "request.width"),
        (with_request(width=260), "request.width"),
        (with_request(height=2048), "request.height"),
        (with_request(width=-8), "request.width"),
        (with_request(steps=0), "request.steps"),
        (with_request(steps=201), "request.steps"),
        (with_request(steps=2.5), "request.steps"),
        (with_request(guidance=-1), "request.guidance"),
        (with_request(guidance=float("nan")), "request.guidance"),
        (with_request(scheduler="magic"), "request.scheduler"),
        (with_request(prompt="x" * 2001), "request.prompt"),
        (with_request(assets=[{"kind": "mask", "artifact": SHA}]), "request.assets.0.kind"),
        (with_request(assets=[{"kind": "control_image", "artifact": SHA, "strength": 2}]), "request.assets.0.strength"),
        (with_request(assets=[{"kind": "reference_image", "artifact": "../etc"}]), "request.assets.0.artifact"),
        (with_request(assets=[{"kind": "video", "artifact": SHA}]), "request.assets.0.kind"),
        ({"request": "a house"}, "request"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"candidates": 1}, "candidates"),
        ({"candidates": 10}, "candidates"),
        ({"candidates": True}, "candidates"),
        ({"dimension": 17}, "dimension"),
        ({"dimension": 0}, "dimension"),
        ({"dimension": "huge"}, "dimension"),
        ({"radius": 0}, "radius"),
        ({"radius": float("inf")}, "radius"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": "seven"}, "seed"),
        ({"seed_policy": "lucky"}, "seed_policy"),
        ({"query_kinds": []}, "query_kinds"),
        ({"query_kinds": ["telepathy"]}, "query_kinds.0"),
        ({"axes": ["red"]}, "axes"),
        ({"axes": ["red ↔ red"]}, "axes"),
        ({"axes": ["red ↔ "]}, "axes"),
        ({"axes": [f"a{i} ↔ b{i}" for i in range(6)]}, "axes"),
        ({"sampler": "magic"}, "sampler.kind"),
        ({"sampler": {"kind": "sobol", "surprise": 1}}, "sampler.surprise"),
        ({"preference_model": "magic"}, "preference_model.kind"),
        ({"basis": {"kind": "attributes_pca", "carriers": 1}}, "basis.carriers"),
        ({"smapler": "sobol"}, "smapler"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(config: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(**config)
    assert caught.value.field == field


def test_a_preference_model_whose_package_is_absent_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert parse(preference_model="item_level").preference_model["kind"] == "item_level"
    monkeypatch.setattr("pilotage.core.versions.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailableError) as caught:
        parse(preference_model="item_level")
    assert caught.value.field == "preference_model"


def test_an_unknown_key_gets_the_nearest_known_one_as_its_hint() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(smapler="sobol")
    assert "'sampler'" in caught.value.hint


def test_the_third_asset_kind_that_is_missing_is_named() -> None:
    needy = INFO.model_copy(update={"capabilities": INFO.capabilities.model_copy(
        update={"assets": ("control_image",), "required_assets": ("control_image",)})})  # fmt: skip
    with pytest.raises(UnsupportedInputError, match="control_image") as caught:
        parse(needy)
    assert caught.value.field == "request.assets"
    given = parse(needy, **with_request(assets=[{"kind": "control_image", "artifact": SHA, "strength": 0.5}]))
    assert given.request.assets[0].strength == 0.5


@pytest.mark.parametrize(
    "config",
    [with_request(width="banana"), {"model": "analytic", "smapler": 1}, {"model": 3}, {"model": None}, {"axes": 5}],
)
def test_a_refused_session_leaves_no_trace(lab: Any, snapshot: Any, config: dict[str, Any]) -> None:
    before = snapshot(lab.store)
    with pytest.raises(PilotageError):
        lab.create_session({"model": "analytic", "request": {"prompt": "a house"}, **config})
    assert snapshot(lab.store) == before


def test_a_model_with_axes_of_its_own_takes_no_typed_ones(steer: Any) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        steer(axes=["red ↔ blue"])
    assert caught.value.field == "axes"


def test_a_model_without_sizes_or_steps_refuses_them_by_field(steer: Any) -> None:
    for key, value in (
        ("width", 64),
        ("steps", 10),
        ("guidance", 2.0),
        ("scheduler", "ddim"),
        ("negative_prompt", "x"),
    ):
        with pytest.raises(UnsupportedInputError) as caught:
            steer(request={"prompt": "a disc", key: value})
        assert caught.value.field == f"request.{key}"


def test_every_setting_reaches_the_session_and_its_rounds(steer: Any, lab: Any) -> None:
    session = steer(name="mine", candidates=3, sampler="sobol", query_kinds=["pairwise"], seed=5, radius=0.5)
    session.step()
    view = session.view
    assert (view.name, view.seed, view.query_kinds, len(view.round_views[0].candidates)) == ("mine", 5, ["pairwise"], 3)
    assert view.config["sampler"]["kind"] == "sobol"


def test_each_profile_has_a_name_a_dimension_and_a_word_of_advice() -> None:
    assert [profile.dimension for profile in PROFILES] == sorted({profile.dimension for profile in PROFILES})
    assert all(profile.name and profile.advice for profile in PROFILES)
