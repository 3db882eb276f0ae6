"""Take away: the picture with its recipe, the embeddings, the replay."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pilotage import __version__
from pilotage.core.errors import ConflictError, InvalidInputError, NotFoundError, UnsupportedInputError
from pilotage.core.hashing import sha256_hex
from pilotage.core.media import Media
from pilotage.models import AnalyticModel
from pilotage.reports.recipe import parameters_line
from pilotage.reports.subject import public_ref, subject_of
from pilotage.store import SessionRow


@pytest.fixture
def chosen(steer: Any) -> Any:
    """A session with two answers and an open round."""
    session = steer(request={"prompt": "a disc\nof light"})
    session.step()
    session.pick(2)
    session.step()
    session.pick(1)
    session.step()
    return session


def chunks_of(media: Media) -> dict[str, str]:
    with Image.open(io.BytesIO(media.data)) as image:
        image.load()
        return dict(image.text)  # type: ignore[attr-defined]


def test_the_picture_keeps_its_pixels_and_carries_its_recipe(chosen: Any, lab: Any) -> None:
    best = chosen.view.round_views[1].candidates[1]
    taken = lab.take_away(chosen.id, "png")
    np.testing.assert_array_equal(taken.pixels(), lab.get_media(best.artifact).pixels())
    record = json.loads(chunks_of(taken)["pilotage"])
    assert record["app_version"] == __version__
    assert record["candidate"] | {"z": best.z, "id": best.id, "round": 2, "slot": 1} == record["candidate"]
    assert record["session"]["config"] == chosen.view.config
    assert record["session"]["axes"] == chosen.view.axes
    assert record["picture"]["seed"] == best.seed
    assert record["session"]["model_fingerprint"] == AnalyticModel().info.fingerprint
    assert record["environment"]["versions"]["pilotage"]


def test_the_record_is_enough_to_draw_the_picture_again(chosen: Any, lab: Any, new_lab: Any) -> None:
    taken = lab.take_away(chosen.id, "png")
    record = json.loads(chunks_of(taken)["pilotage"])
    other = new_lab()
    copy = other.create_session(record["session"]["config"])
    other.wait(other.request_round(copy.id).job.id)
    job = other.wait(other.render_point(copy.id, record["candidate"]["z"], seed=record["picture"]["seed"]).id)
    assert job.result["samples"][0]["artifact"] == record["picture"]["sha256"]


def test_the_line_for_other_tools_leaves_out_what_the_model_lacks(chosen: Any, lab: Any) -> None:
    line = chunks_of(lab.take_away(chosen.id, "png"))["parameters"]
    prompt, facts = line.rsplit("\n", 1)
    assert prompt == "a disc\nof light"
    assert facts.startswith(f"Seed: {chosen.view.round_views[1].candidates[1].seed}, Size: 64x64, Model hash: ")
    assert "Steps" not in facts
    assert "Model: analytic" in facts


def test_the_line_for_other_tools_says_all_that_they_read(chosen: Any, lab: Any) -> None:
    subject = subject_of(lab.ports, chosen.id)
    request = {"prompt": "a fox", "negative_prompt": "blurry", "steps": 12, "scheduler": "euler_a", "guidance": 7.0}
    run = subject.run.model_copy(
        update={"stages": [{"kind": "txt2img", "request": request}], "model_fingerprint": "ab" * 32}
    )
    session = subject.session.model_copy(update={"model": "/somewhere/models/odd, name.safetensors"})
    line = parameters_line(
        type(subject)(session, subject.round, subject.candidate, subject.sample, run, subject.artifact)
    )
    prompt, negative, facts = line.split("\n")
    assert (prompt, negative) == ("a fox", "Negative prompt: blurry")
    assert facts.startswith(f"Steps: 12, Sampler: Euler a, CFG scale: 7, Seed: {subject.sample.seed}, Size: 64x64, "
                            'Model hash: ababababab, Model: "odd, name.safetensors", ')  # fmt: skip


def test_prompts_in_any_script_survive_in_the_picture(steer: Any, lab: Any) -> None:
    session = steer(request={"prompt": "狐 ↔ лиса"})
    session.step()
    session.pick(1)
    assert chunks_of(lab.take_away(session.id, "png"))["parameters"].startswith("狐 ↔ лиса\n")


def test_the_final_picture_goes_before_the_best_so_far_and_a_named_one_before_both(chosen: Any, lab: Any) -> None:
    first = chosen.view.round_views[0].candidates
    lab.finish(chosen.id, first[3].id)
    of = {key: json.loads(chunks_of(lab.take_away(chosen.id, "png", candidate_id=key))["pilotage"])["candidate"]["id"]
          for key in (None, first[1].id)}  # fmt: skip
    assert of == {None: first[3].id, first[1].id: first[1].id}


def test_the_newest_final_render_is_what_is_taken(chosen: Any, lab: Any) -> None:
    best = chosen.view.incumbent_id
    for _ in range(2):
        job = lab.wait(lab.render_final(chosen.id, best, {}).id)
    assert subject_of(lab.ports, chosen.id).run.id == job.result["run_id"]
    other = chosen.view.round_views[0].candidates[0].id
    assert subject_of(lab.ports, chosen.id, other).run.purpose == "round"


def test_embeddings_are_the_steered_conditioning_and_the_same_bytes_each_time(chosen: Any, lab: Any) -> None:
    from safetensors.numpy import load

    taken = lab.take_away(chosen.id, "embeddings")
    best = chosen.view.round_views[1].candidates[1]
    np.testing.assert_array_equal(load(taken.data)["latent"], np.array([best.z], dtype=np.float32))
    header = json.loads(taken.data[8 : 8 + int.from_bytes(taken.data[:8], "little")])
    assert json.loads(header["__metadata__"]["pilotage"])["candidate"]["id"] == best.id
    assert lab.take_away(chosen.id, "embeddings") == taken
    assert lab.artifacts.has(sha256_hex(taken.data))


def test_embeddings_of_another_model_are_not_given_out_as_those_of_this(chosen: Any, lab: Any, restarted: Any) -> None:
    with pytest.raises(ConflictError, match="changed"):
        restarted(lab, AnalyticModel(5, side=32)).take_away(chosen.id, "embeddings")


def test_a_model_that_is_no_pipeline_has_no_script(chosen: Any, lab: Any) -> None:
    with pytest.raises(UnsupportedInputError) as caught:
        lab.take_away(chosen.id, "script")
    assert caught.value.hint


def test_the_replay_tells_the_whole_story_with_relative_names(chosen: Any, lab: Any) -> None:
    replay = json.loads(lab.take_away(chosen.id, "replay").text())
    assert (replay["schema_version"], replay["app_version"]) == (2, __version__)
    assert replay["exported_at"]
    story = replay["story"]
    assert story["incumbent_id"] == chosen.view.incumbent_id
    assert [chapter["index"] for chapter in story["chapters"]] == [1, 2, 3]
    first, second, _ = story["chapters"]
    assert first["answer"]["answer"]["order"] == [first["pictures"][2]["id"]]
    assert all(picture["p_best"] and picture["why"] for picture in (*first["pictures"], *second["pictures"]))
    assert second["pictures"][0]["artifact"] == first["pictures"][2]["artifact"]
    shown = {picture["artifact"] for chapter in story["chapters"] for picture in chapter["pictures"]}
    assert shown == {facts["sha256"] for facts in replay["artifacts"].values()}
    for name, facts in replay["artifacts"].items():
        assert name == f"pictures/{facts['sha256']}.png"
        assert len(lab.artifacts.get(facts["sha256"])) == facts["size"]


def test_forecasts_of_a_round_that_waits_stay_at_home(chosen: Any, lab: Any) -> None:
    replay = json.loads(lab.take_away(chosen.id, "replay").text())
    third = replay["story"]["chapters"][2]
    assert third["answer"] is None
    assert all(picture["p_best"] is None and picture["why"] is None for picture in third["pictures"])
    waiting = [row for row in replay["rows"]["candidates"] if row["round_id"] == third["id"]]
    assert len(waiting) == 4
    assert all(row["forecast"] == {} and row["why"] == "" for row in waiting)
    assert {row["role"] for row in waiting} == {"incumbent", ""}


def test_no_folder_of_this_machine_leaves_in_an_export(chosen: Any, lab: Any, tmp_path: Any) -> None:
    session = lab.store.get(SessionRow, chosen.id)
    secret = str(tmp_path / "secret" / "mine.safetensors")
    with lab.store.transaction() as tx:
        tx.put(session.model_copy(update={"model": secret, "config": {**session.config, "model": secret}}))
    for kind in ("png", "replay"):
        assert b"secret" not in lab.take_away(chosen.id, kind).data


@pytest.mark.parametrize(
    ("ref", "public"),
    [
        ("starter", "starter"), ("owner/name", "owner/name"), ("hub:owner/name", "hub:owner/name"),
        ("/home/me/models/a.safetensors", "a.safetensors"), ("~/models/a", "a"), ("./a/b", "b"), ("C:\\models\\a", "a"),
    ],
)  # fmt: skip
def test_a_reference_loses_its_folders(ref: str, public: str) -> None:
    assert public_ref(ref) == public


def test_what_cannot_be_taken_is_refused(chosen: Any, lab: Any, steer: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.take_away(chosen.id, "pickle")
    assert caught.value.field == "kind"
    with pytest.raises(NotFoundError):
        lab.take_away("ses_nobody", "png")
    with pytest.raises(InvalidInputError, match="nothing was chosen"):
        lab.take_away(steer().id, "png")
    stranger = steer().step().candidates[0].id
    with pytest.raises(InvalidInputError):
        lab.take_away(chosen.id, "png", candidate_id=stranger)
