"""Diagnosis as a job: the shares of place and noise, in all and of each axis alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pilotage.artifacts import MemoryArtifacts
from pilotage.core.errors import InvalidInputError, JobCancelledError
from pilotage.core.progress import CancelToken, Step, silent
from pilotage.core.seeds import stream, stream_seed
from pilotage.features import Layout
from pilotage.models import AnalyticModel, GenerationRequest, Model
from pilotage.sessions.calibrate import diagnose
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.diagnosis import DiagnosisPlan, enqueue_diagnosis, run_diagnosis
from pilotage.sessions.ports import Ports
from pilotage.sessions.scales import keep
from pilotage.sessions.spaces import build_space
from pilotage.spaces.calibration import Effects
from pilotage.store import MemoryStore
from pilotage.testing.loom import Loom

WOVEN = SessionConfig(
    request=GenerationRequest(prompt="a fox", steps=4), model="loom", basis={"kind": "attributes"}, dimension=2,
    axes=("red ↔ blue", "at night ↔ in a forest"), seed=5,
)  # fmt: skip
ANALYTIC = SessionConfig(request=GenerationRequest(prompt="a disc"), model="analytic")


@pytest.fixture
def ports() -> Ports:
    return Ports(MemoryStore(), MemoryArtifacts())


def found(ports: Ports, model: Model, config: SessionConfig = WOVEN, **more: Any) -> dict[str, Any]:
    plan = DiagnosisPlan(config=config, places=5, seeds=3, **more)
    return run_diagnosis(ports, plan, model, progress=silent, cancel=CancelToken())


def test_the_loud_axis_decides_more_than_the_quiet_one_and_all_shares_sum_to_one(ports: Ports) -> None:
    result = found(ports, Loom())
    assert [axis["name"] for axis in result["axes"]] == list(WOVEN.axes)
    loud, quiet = result["axes"]
    assert loud["z"] > quiet["z"]
    for row in (result["space"], *result["axes"]):
        assert row["z"] + row["seed"] + row["both"] == pytest.approx(1)
        assert row["interval"][0] <= row["z"] <= row["interval"][1]


def test_one_axis_is_looked_at_with_all_others_at_zero(ports: Ports) -> None:
    space = build_space(Loom(), WOVEN)
    along = space.line(1)
    z = along.from_unit(along.region.sobol(5, rng=stream(5, "diagnosis", "2")))
    lifted = np.hstack([np.zeros_like(z), z])
    seeds = [stream_seed(5, "diagnosis noise", index) % 2**32 for index in range(3)]
    shares = diagnose(Loom(), space, Layout(), lifted, request=WOVEN.request, seeds=seeds)
    assert found(ports, Loom())["axes"][1]["z"] == pytest.approx(shares.z)


def test_the_space_is_in_the_units_that_a_session_would_begin_with(ports: Ports) -> None:
    before = found(ports, Loom())
    axes = build_space(Loom(), WOVEN).axes
    effects = [Effects(np.array([-1.0, 1.0]), np.full((2, 2), size)) for size in (3.0, 0.5)]
    circumstances = {"features": {"kind": "layout"}, "carriers": ["a fox", "a cat"], "seeds": [1]}
    keep(ports, Loom(), WOVEN, axes, effects, circumstances, topic="cal_1")
    after = found(ports, Loom())
    assert after["axes"][0]["z"] < before["axes"][0]["z"]
    assert after["axes"][1]["z"] > before["axes"][1]["z"]


def test_a_model_with_axes_of_its_own_can_be_looked_at(ports: Ports) -> None:
    result = found(ports, AnalyticModel(2), ANALYTIC)
    assert len(result["axes"]) == 2
    assert result["space"]["z"] > result["space"]["seed"]


def test_progress_counts_on_over_all_parts_and_cancelling_stops_it(ports: Ports) -> None:
    steps = list[Step]()
    plan = DiagnosisPlan(config=WOVEN, places=3, seeds=3)
    run_diagnosis(ports, plan, Loom(), progress=steps.append, cancel=CancelToken())
    done = [(step.done, step.total) for step in steps if step.phase == "generating"]
    assert done == sorted(done)
    assert all(total == 27 for _, total in done)
    stopped = CancelToken()
    stopped.cancel()
    with pytest.raises(JobCancelledError):
        run_diagnosis(ports, DiagnosisPlan(config=ANALYTIC), AnalyticModel(2), progress=silent, cancel=stopped)


def test_features_that_do_not_exist_are_refused_before_a_job(ports: Ports, lab: Any) -> None:
    with pytest.raises(InvalidInputError) as caught:
        enqueue_diagnosis(ports, lab.engine, DiagnosisPlan(config=WOVEN, features="taste"))
    assert caught.value.field == "features.kind"
