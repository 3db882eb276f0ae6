"""Calibration and diagnosis: what is rendered, what is measured of it, and what becomes of pictures that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pilotage.core.errors import GenerationError, JobCancelledError, ShapeError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Step
from pilotage.features import Layout, Statistics
from pilotage.models import AnalyticModel, GenerationRequest, Output, Row
from pilotage.models.analytic import draw_scene
from pilotage.sessions.calibrate import calibrate, diagnose
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.spaces import build_space
from pilotage.spaces import SteeringSpace
from pilotage.spaces.calibration import UNITS, scales_of

REQUEST = GenerationRequest(prompt="a disc")
FEATURES = Statistics()


class Watched(AnalyticModel):
    """Notes how many rows each call had; fails the rows at `broken` (counted over all calls), takes `limit` at once."""

    def __init__(self, *, limit: int = 64, broken: Sequence[int] = ()) -> None:
        super().__init__(3)
        taken = self.info.capabilities.model_copy(update={"max_batch": limit})
        self._info = self._info.model_copy(update={"capabilities": taken})
        self.calls, self.broken = list[int](), set(broken)

    def generate(self, request: GenerationRequest, rows: Sequence[Row], **more: Any) -> tuple[Output, ...]:
        first = sum(self.calls)
        self.calls.append(len(rows))
        outputs = super().generate(request, rows, **more)
        return tuple(
            Output(None, "broken") if first + index in self.broken else output for index, output in enumerate(outputs)
        )


def space_of(model: AnalyticModel) -> SteeringSpace:
    return build_space(model, SessionConfig(request=REQUEST, model="analytic"))


def test_effects_are_distances_to_the_unsteered_picture_of_the_same_noise() -> None:
    model = AnalyticModel(3)
    found = calibrate(model, space_of(model), FEATURES, request=REQUEST, seeds=(4, 9))
    for axis, effects in enumerate(found):
        assert effects.units.tolist() == list(UNITS)
        for place, unit in enumerate(UNITS):
            for repeat, seed in enumerate((4, 9)):
                rows = FEATURES.describe_all([
                    Media.from_pixels(draw_scene(z, seed)) for z in (np.zeros(3), unit * np.eye(3)[axis])
                ])  # fmt: skip
                assert effects.distances[place, repeat] == pytest.approx(np.linalg.norm(rows[1] - rows[0]))


def test_batches_are_as_large_as_the_model_takes_and_their_size_changes_nothing() -> None:
    large, small = Watched(), Watched(limit=4)
    found = [calibrate(model, space_of(model), FEATURES, request=REQUEST) for model in (large, small)]
    assert (large.calls, small.calls) == ([13], [4, 4, 4, 1])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one.distances, other.distances)


def test_progress_counts_every_picture_once() -> None:
    steps = list[Step]()
    model = Watched(limit=4)
    calibrate(model, space_of(model), FEATURES, request=REQUEST, progress=steps.append)
    assert [(step.phase, step.done, step.total) for step in steps] == [("generating", n, 13) for n in range(1, 14)]


def test_cancelling_stops_it() -> None:
    model, token = Watched(limit=4), CancelToken()
    with pytest.raises(JobCancelledError):
        calibrate(model, space_of(model), FEATURES, request=REQUEST, cancel=token,
                  progress=lambda step: token.cancel())  # fmt: skip
    assert model.calls == [4]


def test_a_picture_that_fails_is_left_out_and_the_rest_measured() -> None:
    model = Watched(broken=[2])  # the second axis, one unit down
    found = calibrate(model, space_of(model), FEATURES, request=REQUEST)
    assert np.argwhere(np.isnan(np.stack([one.distances for one in found]))).tolist() == [[1, 0, 0]]
    assert all(np.isfinite(axis.scale) for axis in scales_of(found))


def test_no_picture_at_all_is_an_error() -> None:
    model = Watched(broken=range(13))
    with pytest.raises(GenerationError, match="no picture"):
        calibrate(model, space_of(model), FEATURES, request=REQUEST)


def test_calibrated_axes_change_a_picture_alike() -> None:
    model, layout = AnalyticModel(5), Layout()
    space = space_of(model)
    before = calibrate(model, space, layout, request=REQUEST, seeds=range(3))
    scales = scales_of(before, limits=(0.1, 10))
    after = calibrate(model, space.rescaled([axis.scale for axis in scales]), layout, request=REQUEST, seeds=range(3))
    spread = [np.ptp(np.log([axis.effect for axis in scales_of(seen)])) for seen in (before, after)]
    assert spread[1] < 0.5 * spread[0]


def test_the_place_decides_the_analytic_scene_and_a_deaf_one_is_all_noise() -> None:
    model = AnalyticModel(3)
    space = space_of(model)
    z = space.region.sample(8, rng=np.random.default_rng(0))
    shares = diagnose(model, space, FEATURES, z, request=REQUEST, seeds=range(4))
    assert shares.z > 0.9
    assert shares.interval[0] < shares.z
    deaf = replace(space, basis={"latent": 0 * space.basis["latent"]})
    assert diagnose(model, deaf, FEATURES, z, request=REQUEST, seeds=range(4)).seed == pytest.approx(1)


def test_a_place_of_which_a_picture_failed_is_left_out_of_the_diagnosis() -> None:
    z = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 3))
    kept, broken = Watched(), Watched(broken=[4])  # one of the second place's
    shares = [
        diagnose(kept, space_of(kept), FEATURES, np.delete(z, 1, axis=0), request=REQUEST, seeds=range(4)),
        diagnose(broken, space_of(broken), FEATURES, z, request=REQUEST, seeds=range(4)),
    ]
    assert shares[0] == shares[1]
    worse = Watched(broken=[0, 4, 8])
    with pytest.raises(GenerationError, match="only 2"):
        diagnose(worse, space_of(worse), FEATURES, z, request=REQUEST, seeds=range(4))


@pytest.mark.parametrize(("places", "seeds"), [((2, 3), 4), ((4, 3), 2), ((4, 2), 4)])
def test_too_little_to_diagnose_is_refused(places: tuple[int, int], seeds: int) -> None:
    model = AnalyticModel(3)
    with pytest.raises(ShapeError):
        diagnose(model, space_of(model), FEATURES, np.zeros(places), request=REQUEST, seeds=range(seeds))
