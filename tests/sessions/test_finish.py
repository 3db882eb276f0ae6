"""Finish: the final picture is named, checked, rendered again; a session can be reopened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import InvalidInputError, PilotageError, SessionClosedError, ShapeError


@pytest.fixture
def chosen(steer: Any) -> Any:
    """A session with one answer."""
    session = steer()
    session.step()
    session.pick(2)
    return session


def test_finishing_names_the_picture_and_completes_the_session(chosen: Any, lab: Any) -> None:
    best = chosen.view.incumbent_id
    done = lab.finish(chosen.id, best, closeness=4, comment="as I meant it")
    assert (done.state, done.final_id, done.closeness, done.outcome) == ("completed", best, 4, "as I meant it")
    assert [c.is_final for c in done.round_views[0].candidates] == [False, False, True, False]
    assert done.artifact == done.round_views[0].candidates[2].artifact


def test_a_completed_session_takes_no_round_and_no_answer_until_it_is_reopened(chosen: Any, lab: Any) -> None:
    open_round = chosen.step()
    lab.finish(chosen.id, chosen.view.incumbent_id)
    with pytest.raises(SessionClosedError):
        lab.request_round(chosen.id)
    with pytest.raises(SessionClosedError):
        chosen.pick(1)
    assert lab.reopen(chosen.id).state == "active"
    chosen.pick(1)
    assert chosen.view.incumbent_id == open_round.candidates[1].id
    assert chosen.step().index == 3
    assert chosen.view.final_id is not None


def test_reopening_twice_is_reopening_once(chosen: Any, lab: Any) -> None:
    lab.finish(chosen.id, chosen.view.incumbent_id)
    lab.reopen(chosen.id)
    lab.reopen(chosen.id)
    assert [e.type for e in lab.store.events(topic=chosen.id)].count("session.reopened") == 1


def test_only_a_picture_of_this_session_can_be_final(chosen: Any, lab: Any, steer: Any, snapshot: Any) -> None:
    other = steer()
    stranger = other.step().candidates[0].id
    before = snapshot(lab.store)
    for candidate in (stranger, "cnd_nobody", ""):
        with pytest.raises(InvalidInputError) as caught:
            lab.finish(chosen.id, candidate)
        assert caught.value.field == "candidate_id"
    assert snapshot(lab.store) == before


@pytest.mark.parametrize("closeness", [0, 6])
def test_closeness_is_one_to_five(chosen: Any, lab: Any, closeness: int) -> None:
    with pytest.raises(InvalidInputError):
        lab.finish(chosen.id, chosen.view.incumbent_id, closeness=closeness)
    assert chosen.view.state == "active"


def test_the_final_picture_is_checked_on_four_fresh_seeds_at_its_own_place(chosen: Any, lab: Any) -> None:
    best = chosen.view.round_views[0].candidates[2]
    job = lab.wait(lab.verify(chosen.id, best.id).id)
    run = lab.get_run(job.result["run_id"])
    assert (run.purpose, len(run.samples)) == ("verify", 4)
    assert all(sample.z == best.z and sample.seed != best.seed for sample in run.samples)
    assert len({sample.artifact for sample in run.samples}) == 4
    assert lab.verify(chosen.id, best.id).id == job.id  # asked again, it is the same check


def test_the_final_render_has_the_place_and_the_noise_of_the_candidate(chosen: Any, lab: Any) -> None:
    best = chosen.view.round_views[0].candidates[2]
    job = lab.wait(lab.render_final(chosen.id, best.id, {}).id)
    sample = lab.get_run(job.result["run_id"]).samples[0]
    assert (sample.z, sample.seed, sample.artifact) == (best.z, best.seed, best.artifact)


def test_a_size_that_the_model_does_not_take_is_refused_before_the_final_render(chosen: Any, lab: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lab.render_final(chosen.id, chosen.view.incumbent_id, {"width": 512})
    assert caught.value.field == "request.width"


def test_a_point_by_hand_shows_what_the_model_draws_there(chosen: Any, lab: Any) -> None:
    left, right = ([x, 0.0, 0.0, 0.0, 0.0] for x in (-0.9, 0.9))
    pictures = []
    for z in (left, right):
        sample = lab.wait(lab.render_point(chosen.id, z, seed=1).id).result["samples"][0]
        pixels = lab.get_media(sample["artifact"]).pixels().astype(float)
        away = np.abs(pixels - pixels[0, 0]).sum(axis=2)
        pictures.append((away * np.arange(away.shape[1])).sum() / away.sum())
    assert pictures[0] + 20 < pictures[1]  # columns: the disc moved to the right


@pytest.mark.parametrize("z", [[1.01, 0, 0, 0, 0], [0.7, 0.7, 0.7, 0, 0], [-5.0] * 5])
def test_a_point_outside_the_space_is_refused(chosen: Any, lab: Any, z: list[float]) -> None:
    with pytest.raises(InvalidInputError, match="the space ends at 1") as caught:
        lab.render_point(chosen.id, z)
    assert caught.value.field == "z"


@pytest.mark.parametrize("z", [[], [0.0] * 4, [0.0] * 6, [float("nan")] * 5, [[0.0] * 5]])
def test_a_point_of_another_shape_is_refused(chosen: Any, lab: Any, z: Any) -> None:
    with pytest.raises(ShapeError):
        lab.render_point(chosen.id, z)


def test_nothing_is_rendered_in_a_space_that_is_not_built_yet(steer: Any, lab: Any) -> None:
    session = steer()
    with pytest.raises(InvalidInputError, match="before its first round"):
        lab.render_point(session.id, [0.0] * 5)


def test_a_foreign_candidate_is_neither_checked_nor_rendered(chosen: Any, lab: Any, steer: Any) -> None:
    stranger = steer().step().candidates[0].id
    for act in (lambda: lab.verify(chosen.id, stranger), lambda: lab.render_final(chosen.id, stranger, {})):
        with pytest.raises(PilotageError):
            act()
