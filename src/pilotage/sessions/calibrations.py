"""Calibration as a job: every axis of a config's space is measured on standard objects."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import UnsupportedInputError
from pilotage.core.ids import new_id
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.core.seeds import stream_seed
from pilotage.features import FEATURES
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import Model, ModelInfo
from pilotage.sessions.calibrate import calibrate
from pilotage.sessions.config import SessionConfig, Strategy
from pilotage.sessions.ports import Ports
from pilotage.sessions.scales import keep
from pilotage.sessions.spaces import build_space
from pilotage.store import JobRow

KIND = "calibrate"
Json = dict[str, Any]


class CalibrationPlan(BaseModel):
    """The payload of a `calibrate` job; `config` is complete, as a session's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    key: str = Field(default_factory=lambda: new_id("cal"))
    config: SessionConfig
    features: Strategy = Field("layout", description="What sees a change: 'layout', 'statistics' or 'clip'.")
    carriers: int = Field(4, ge=2, le=16, description="Objects of the model's vocabulary that are steered.")
    seeds: int = Field(1, ge=1, le=8, description="Noises for each object.")


def require_measurable(info: ModelInfo) -> None:
    """Refuse a model whose axes are its own.

    Raises:
        UnsupportedInputError: with `field` model.
    """
    if not info.capabilities.captions:
        raise UnsupportedInputError(f"{info.name} has axes of its own, in their own units", field="model")


def enqueue_calibration(ports: Ports, engine: JobEngine, plan: CalibrationPlan) -> JobRow:
    """Ask for the axes of a config to be measured; the job's result says what each axis does.

    Raises:
        InvalidInputError: features that do not exist or cannot be had.
    """
    FEATURES.build(plan.features)
    payload = {"model": plan.config.model, "plan": plan.model_dump(mode="json")}
    job = new_job(KIND, payload, topic=plan.key, key=(plan.key,), clock=ports.clock, lane="background")
    with ports.store.transaction() as tx:
        return engine.enqueue(tx, job)


def run_calibration(
    ports: Ports, plan: CalibrationPlan, model: Model, *, progress: Progress, cancel: CancelToken
) -> Json:
    """Measure every axis of the plan's space and keep what was seen. Re-entrant: it measures again.

    Raises:
        UnsupportedInputError: the model has axes of its own, whose units are not caption differences.
    """
    require_measurable(model.info)
    space = build_space(model, plan.config, progress=progress)
    features = FEATURES.build(plan.features)
    carriers = model.info.vocabulary.carriers(plan.carriers)
    seeds = [stream_seed(plan.config.seed or 0, "calibration", index) % 2**32 for index in range(plan.seeds)]
    effects = calibrate(model, space, features, request=plan.config.request, carriers=carriers, seeds=seeds,
                        progress=progress, cancel=cancel)  # fmt: skip
    progress(Step("saving"))
    circumstances = {"features": FEATURES.parse(plan.features).model_dump(mode="json"), "carriers": list(carriers),
                     "seeds": seeds}  # fmt: skip
    return {"axes": keep(ports, model, plan.config, space.axes, effects, circumstances, topic=plan.key)}
