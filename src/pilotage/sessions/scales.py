"""Measured axes: calibration as a job, what it found kept by model, axis and steps, and looked up by new sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import UnsupportedInputError
from pilotage.core.hashing import digest
from pilotage.core.ids import derived_id, new_id
from pilotage.core.progress import CancelToken, Progress, Step
from pilotage.core.seeds import stream_seed
from pilotage.core.shapes import Array
from pilotage.features import FEATURES
from pilotage.jobs import JobEngine
from pilotage.jobs.base import new_job
from pilotage.models import Model
from pilotage.sessions.calibrate import calibrate
from pilotage.sessions.config import SessionConfig, Strategy
from pilotage.sessions.ports import Ports
from pilotage.sessions.spaces import build_space
from pilotage.spaces import Axis, SteeringSpace
from pilotage.spaces.calibration import AxisScale, Effects, median_effect, scales_of
from pilotage.store import CalibrationRow, JobRow, Reader

KIND = "calibrate"
Json = dict[str, Any]


class CalibrationPlan(BaseModel):
    """The payload of a `calibrate` job; `config` is complete, as a session's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    key: str = Field(default_factory=lambda: new_id("cal"))
    config: SessionConfig
    features: Strategy = Field("layout", description="What sees a change: 'layout', 'statistics' or 'clip'.")
    carriers: int = Field(4, ge=1, le=16, description="Objects of the model's vocabulary that are steered.")
    seeds: int = Field(1, ge=1, le=8, description="Noises for each object.")


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
    if not model.info.capabilities.text:
        raise UnsupportedInputError(f"{model.info.name} has axes of its own, in their own units", field="model")
    space = build_space(model, plan.config, progress=progress)
    features = FEATURES.build(plan.features)
    carriers = model.info.vocabulary.carriers(plan.carriers)
    seeds = [stream_seed(plan.config.seed or 0, "calibration", index) % 2**32 for index in range(plan.seeds)]
    effects = calibrate(model, space, features, request=plan.config.request, carriers=carriers, seeds=seeds,
                        progress=progress, cancel=cancel)  # fmt: skip
    progress(Step("saving"))
    circumstances = {"features": FEATURES.parse(plan.features).model_dump(mode="json"), "carriers": list(carriers),
                     "seeds": seeds}  # fmt: skip
    rows = [_row(ports, model, plan.config, axis, seen, circumstances)
            for axis, seen in zip(space.axes, effects, strict=True)]  # fmt: skip
    with ports.store.transaction() as tx:
        for row in rows:
            tx.put(row)
        scales = scales_of(effects, target=_target(tx, rows[0]))
        for row, found in zip(rows, scales, strict=True):
            tx.put(row.model_copy(update={"scale": found.scale}))
    return {"axes": [{"name": axis.name, **_told(found)} for axis, found in zip(space.axes, scales, strict=True)]}


def scales_for(
    reader: Reader, model_fingerprint: str | None, axes: Sequence[Axis], config: SessionConfig
) -> tuple[float | None, ...]:
    """Caption differences in one unit of each axis, None where the axis was not measured.

    One unit is worth the median axis of all that were measured of the model at these steps, so an axis has one scale
    whatever stands beside it. One that was measured with other features than the first counts as not measured.
    """
    rows = [reader.find(CalibrationRow, _id(model_fingerprint, axis, config)) for axis in axes]
    first = next((row for row in rows if row is not None), None)
    if first is None:
        return (None,) * len(axes)
    target = _target(reader, first)
    return tuple(
        scales_of([_effects(row, axis.unit)], target=target)[0].scale
        if row is not None and _alike(row, first)
        else None
        for row, axis in zip(rows, axes, strict=True)
    )


def measured_space(reader: Reader, model: Model, config: SessionConfig, space: SteeringSpace) -> SteeringSpace:
    """The space that a session begins with: each axis in its measured unit, an unmeasured one as it is."""
    scales = scales_for(reader, model.info.fingerprint, space.axes, config)
    return space.rescaled(scales) if any(scale is not None for scale in scales) else space


def _axis_key(axis: Axis, config: SessionConfig) -> str:
    """What an axis's effect depends on beside model and steps: its name, and a digest of how it was found.

    An attribute axis is the same for every prompt; a found one belongs to its prompt and the axes beside it.
    """
    request = config.request
    given: Json = {
        "basis": config.basis, "size": [request.width, request.height], "guidance": request.guidance,
        "scheduler": request.scheduler, "negative": request.negative_prompt,
    }  # fmt: skip
    if axis.source != "attribute":
        given |= {"prompt": request.prompt, "axes": config.axes, "dimension": config.dimension}
    return f"{axis.name} #{digest(given)[:16]}"


def _id(model_fingerprint: str | None, axis: Axis, config: SessionConfig) -> str:
    return derived_id("cal", model_fingerprint or "", _axis_key(axis, config), config.request.steps or 0)


def _target(reader: Reader, like: CalibrationRow) -> float:
    """Visible change of the median axis among all that were measured as this one was."""
    rows = reader.list(CalibrationRow, where={"model_fingerprint": like.model_fingerprint, "steps": like.steps})
    return median_effect([_effects(row, row.effects["unit"]) for row in rows if _alike(row, like)])


def _alike(one: CalibrationRow, other: CalibrationRow) -> bool:
    """Whether two axes were measured with the same features."""
    return bool(one.effects["features"] == other.effects["features"])


def _row(
    ports: Ports, model: Model, config: SessionConfig, axis: Axis, seen: Effects, circumstances: Json
) -> CalibrationRow:
    distances = [[float(value) if np.isfinite(value) else None for value in place] for place in seen.distances]
    return CalibrationRow(
        id=_id(model.info.fingerprint, axis, config), created_at=ports.clock(),
        model_fingerprint=model.info.fingerprint or "", axis=_axis_key(axis, config), steps=config.request.steps or 0,
        effects={"unit": axis.unit, "units": seen.units.tolist(), "distances": distances, **circumstances},
    )  # fmt: skip


def _effects(row: CalibrationRow, unit: float) -> Effects:
    """What was kept, in units of length `unit`: a caption difference is another length at another prompt."""
    distances: Array = np.array(row.effects["distances"], dtype=np.float64)  # None becomes NaN
    return Effects(np.array(row.effects["units"]) * row.effects["unit"] / unit, distances)


def _told(found: AxisScale) -> Json:
    """As JSON; a correlation that nobody knows is None."""
    monotone = found.monotone if np.isfinite(found.monotone) else None
    return {"scale": found.scale, "effect": found.effect, "calibrated": found.calibrated, "monotone": monotone,
            "visible": found.visible}  # fmt: skip
