"""Diagnosis of a space as a job: what the place decides in a picture and what the noise, in all and axis by axis."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.ids import new_id
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.core.seeds import stream, stream_seed
from pilotage.features import FEATURES
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import Model
from pilotage.sessions.calibrate import diagnose
from pilotage.sessions.config import SessionConfig, Strategy
from pilotage.sessions.ports import Ports
from pilotage.sessions.scales import measured_space
from pilotage.sessions.spaces import build_space
from pilotage.spaces import SteeringSpace
from pilotage.store import JobRow

KIND = "diagnose"
Json = dict[str, Any]


class DiagnosisPlan(BaseModel):
    """The payload of a `diagnose` job; `config` is complete, as a session's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    key: str = Field(default_factory=lambda: new_id("dia"))
    config: SessionConfig
    features: Strategy = Field("layout", description="What sees a difference: 'layout', 'statistics' or 'clip'.")
    places: int = Field(8, ge=3, le=32, description="Places in the space, and along each axis.")
    seeds: int = Field(4, ge=3, le=16, description="Noises that every place is drawn with.")


def enqueue_diagnosis(ports: Ports, engine: JobEngine, plan: DiagnosisPlan) -> JobRow:
    """Ask for the shares of place and noise; the job's result holds them.

    Raises:
        InvalidInputError: features that do not exist or cannot be had.
    """
    FEATURES.build(plan.features)
    payload = {"model": plan.config.model, "plan": plan.model_dump(mode="json")}
    job = new_job(KIND, payload, topic=plan.key, key=(plan.key,), clock=ports.clock, lane="background")
    with ports.store.transaction() as tx:
        return engine.enqueue(tx, job)


def run_diagnosis(ports: Ports, plan: DiagnosisPlan, model: Model, *, progress: Progress, cancel: CancelToken) -> Json:
    """Divide the variance of pictures among place, seed and both, in the units that a session would begin with.

    Returns:
        `space`, and `axes` in their order: shares `z`, `seed` and `both`, and the 95 % `interval` of `z`.
    """
    whole = measured_space(ports.store, model, plan.config, build_space(model, plan.config, progress=progress))
    spaces = [whole, *(whole.line(axis) for axis in range(whole.dim))]
    found = [
        _shares(plan, model, space, name=str(index), cancel=cancel, progress=_part(progress, index, len(spaces)))
        for index, space in enumerate(spaces)
    ]
    axes = [{"name": axis.name, **shares} for axis, shares in zip(whole.axes, found[1:], strict=True)]
    return {"space": found[0], "axes": axes}


def _shares(
    plan: DiagnosisPlan, model: Model, space: SteeringSpace, *, name: str, progress: Progress, cancel: CancelToken
) -> Json:
    root = plan.config.seed or 0
    z = space.from_unit(space.region.sobol(plan.places, rng=stream(root, "diagnosis", name)))
    seeds = [stream_seed(root, "diagnosis noise", index) % 2**32 for index in range(plan.seeds)]
    found = diagnose(model, space, FEATURES.build(plan.features), z, request=plan.config.request, seeds=seeds,
                     progress=progress, cancel=cancel)  # fmt: skip
    return {**asdict(found), "interval": list(found.interval)}


def _part(progress: Progress, index: int, parts: int) -> Progress:
    """Progress of one of several equal parts, counted over all of them."""

    def told(step: Step) -> None:
        done = index * step.total + step.done if step.phase == "generating" else step.done
        progress(Step(step.phase, done, parts * step.total))

    return told
