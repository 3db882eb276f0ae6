"""Wishes on the real starter model."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("diffusers")

import pilotage_starter
from pilotage.bench.pictures.cases import CASES, PictureCase
from pilotage.bench.pictures.scenes import scene_of
from pilotage.core.errors import InvalidInputError
from pilotage.models import DiffusionModel
from pilotage.models.analytic import AnalyticModel

pytestmark = pytest.mark.starter


def test_a_wish_can_be_steered_to_from_its_prompt() -> None:
    model = DiffusionModel("starter", pilotage_starter.path(), device="cpu")
    scene = scene_of(model, next(case for case in CASES if case.wish == "a green key"))
    noises = (1, 2)
    near, far = (
        scene.judged.scores(scene.judged.features.describe_all(scene.render(np.tile(place, (2, 1)), noises)))
        for place in (scene.target, np.zeros(scene.space.dim))
    )
    assert (near > far + 0.3).all()
    assert scene.space.region.contains(scene.target[None])


def test_a_model_without_text_cannot_be_wished_of() -> None:
    case = PictureCase(model="analytic", prompt="a disc", wish="a red disc")
    with pytest.raises(InvalidInputError) as caught:
        scene_of(AnalyticModel(), case)
    assert caught.value.field == "case.wish"
