"""Trials on pictures: paired by seed, equal in renders, scored against what is hidden. On a model that is exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pilotage.bench.pictures.arms import ARMS
from pilotage.bench.pictures.cases import PictureCase
from pilotage.bench.pictures.naming import NAMED, arm_named
from pilotage.bench.pictures.scenes import HELD_OUT, scene_of
from pilotage.bench.pictures.trials import Course, PictureTrial, run
from pilotage.core.seeds import stream_seed
from pilotage.models import GenerationRequest, Output, Row
from pilotage.models.analytic import AnalyticModel

CASE = PictureCase(model="analytic", prompt="a disc")


class Counting(AnalyticModel):
    """Remembers what it was asked to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = list[tuple[tuple[float, ...], int]]()

    def generate(self, request: GenerationRequest, rows: Sequence[Row], **more: Any) -> tuple[Output, ...]:
        self.asked += [(tuple(row.conditioning["latent"].tolist()), row.seed) for row in rows]
        return super().generate(request, rows, **more)


@pytest.fixture(scope="module")
def model() -> Counting:
    model = Counting()
    model.load()
    return model


def course(model: Counting, arm: str, *, seed: int = 0, rounds: int = 4, case: PictureCase = CASE) -> Course:
    trial = PictureTrial(case=case, arm=arm_named(arm), rounds=rounds)
    return run(trial, seed, open_model=lambda _: model)


@pytest.mark.parametrize("arm", NAMED)
def test_every_arm_makes_the_same_number_of_different_pictures(model: Counting, arm: str) -> None:
    scene_of(model, CASE)
    model.asked.clear()
    found = course(model, arm, rounds=5)
    assert len(set(model.asked)) == found.renders + len(HELD_OUT) == 1 + 3 * 5 + len(HELD_OUT)
    assert len(model.asked) == len(set(model.asked))  # the favourite is shown again, not made again


@pytest.mark.parametrize("arm", ["default", "best_of_seeds", "random_local", "archive+laplace_gp"])
def test_the_same_seed_gives_the_same_course(model: Counting, arm: str) -> None:
    assert course(model, arm, seed=7) == course(model, arm, seed=7)
    assert course(model, arm, seed=8).new != course(model, arm, seed=7).new


def test_arms_are_paired(model: Counting) -> None:
    """What does not update begins as ours does: same places, same noise, same errors of the judge."""
    ours, theirs = (course(model, arm, seed=3) for arm in ("default", "no_update"))
    assert (ours.new[0], ours.picks[0]) == (theirs.new[0], theirs.picks[0])
    assert ours.new[1:] != theirs.new[1:]


def test_seeds_alone_never_leave_the_prompt(model: Counting) -> None:
    assert course(model, "best_of_seeds").nearness == 0.0
    assert len({seed for _, seed in model.asked[-4 - 13 : -4]}) == 13  # but each picture has a noise of its own


def test_steering_shows_better_pictures_by_and_by_than_the_first_round_drawn_again(model: Counting) -> None:
    late = {
        arm: np.mean([course(model, arm, seed=seed, rounds=6).new[3:] for seed in (0, 2)])
        for arm in ("default", "no_update")
    }
    assert late["default"] > late["no_update"] + 0.1


def test_a_forecast_is_made_before_the_answer_by_those_who_believe(model: Counting) -> None:
    ours = course(model, "default")
    seed = stream_seed(stream_seed(0, "course", CASE.name), "arm")
    fresh = ARMS.build(arm_named("default"))(scene_of(model, CASE).space.region, seed)
    first = np.vstack([np.zeros(5), fresh.propose(3)])
    assert ours.forecasts[0] == fresh.forecast(first)[ours.picks[0]]  # nobody has said anything yet
    assert len(ours.forecasts) == 4
    assert course(model, "random_local").forecasts == ()


@pytest.mark.parametrize("place", range(5))
def test_the_hidden_place_is_in_the_region_and_away_from_the_prompt(model: Counting, place: int) -> None:
    scene = scene_of(model, CASE.model_copy(update={"place": place}))
    assert 0.5 <= np.linalg.norm(scene.target) <= 0.9
    assert scene.nearness(scene.target) == 1.0
    assert scene.nearness(np.zeros(5)) == 0.0


def test_scores_are_one_at_the_target_and_zero_in_the_mean_of_random_places(model: Counting) -> None:
    scene = scene_of(model, CASE)
    assert scene.judged.scores(scene.judged.target).tolist() == [1.0]
    far = scene.render(np.tile(scene.target, (len(HELD_OUT), 1)), HELD_OUT)
    features = scene.held_out.features
    assert scene.held_out.scores(features.describe_all(far)) == pytest.approx(1.0)
    places = scene.space.region.sample(200, rng=np.random.default_rng(0))
    random = features.describe_all(scene.render(places, range(200)))
    scores = [scene.held_out.scores(np.tile(one, (len(HELD_OUT), 1))).mean() for one in random]
    assert np.mean(scores) == pytest.approx(0.0, abs=0.15)


def test_the_judge_and_the_verdict_look_at_different_things(model: Counting) -> None:
    scene = scene_of(model, CASE)
    assert not set(scene.judged.features.names) & set(scene.held_out.features.names)
