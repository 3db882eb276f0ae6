"""Units of axes: what a measurement makes of them, kept, taken by sessions that begin and written into their config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from pilotage.models import Model
from pilotage.records import Payload
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.events import SESSION_EVENTS
from pilotage.sessions.measurements import axis_key, effects_of, is_alike, measurement_id, typical_effect
from pilotage.sessions.ports import Ports
from pilotage.spaces import Axis, SteeringSpace
from pilotage.spaces.calibration import Effects, scales_of
from pilotage.store import CalibrationRow, Reader

Json = dict[str, Any]


@SESSION_EVENTS.register
class CalibrationMeasured(Payload):
    """Axes were measured, on so many objects times noises; sessions that begin later have their units from it."""

    type: ClassVar[str] = "calibration.measured"

    model: str
    model_fingerprint: str
    steps: int
    features: Json
    repeats: int
    axes: list[Json]


def keep(
    ports: Ports, model: Model, config: SessionConfig, axes: Sequence[Axis], effects: Sequence[Effects],
    circumstances: Mapping[str, Any], *, topic: str,
) -> list[Json]:  # fmt: skip
    """Write down what was seen of each axis, and what follows; as data, one an axis.

    Args:
        ports: store and clock.
        model: what was measured.
        config: how.
        axes: of which.
        effects: what was seen, one an axis.
        circumstances: `features`, `carriers` and `seeds` of the measurement.
        topic: of the event.
    """
    rows = [_row(ports, model, config, axis, seen, circumstances) for axis, seen in zip(axes, effects, strict=True)]
    with ports.store.transaction() as tx:
        for row in rows:
            tx.put(row)
        scales = scales_of(effects, target=typical_effect(tx, rows[0]))
        for row, found in zip(rows, scales, strict=True):
            tx.put(row.model_copy(update={"scale": found.scale}))
        told = [{"name": axis.name, **found.as_data()} for axis, found in zip(axes, scales, strict=True)]
        measured = CalibrationMeasured(
            model=config.model, model_fingerprint=rows[0].model_fingerprint, steps=rows[0].steps,
            features=circumstances["features"], repeats=effects[0].distances.shape[1], axes=told,
        )  # fmt: skip
        ports.tell(tx, topic, measured)
    return told


def scales_for(
    reader: Reader, model_fingerprint: str | None, axes: Sequence[Axis], config: SessionConfig
) -> tuple[float | None, ...]:
    """Caption differences in one unit of each axis, None where the axis was not measured.

    One unit is worth the median axis of all that were measured of the model at these steps, so an axis has one scale
    whatever stands beside it. What a preview saw counts at its prompt, as long as no axis was measured thoroughly; one
    that was measured with other features than the first counts as not measured.
    """
    rows = [_known(reader, model_fingerprint, axis, config) for axis in axes]
    first = min((row for row in rows if row is not None), key=lambda row: bool(row.effects["rough"]), default=None)
    if first is None:
        return (None,) * len(axes)
    target = typical_effect(reader, first)
    return tuple(
        scales_of([effects_of(row, axis.unit)], target=target)[0].scale
        if row is not None and is_alike(row, first)
        else None
        for row, axis in zip(rows, axes, strict=True)
    )


def measured_space(reader: Reader, model: Model, config: SessionConfig, space: SteeringSpace) -> SteeringSpace:
    """The space that a session begins with, in the units that its config asks for; an unmeasured axis as it is.

    Raises:
        ShapeError: the config holds scales for another number of axes.
    """
    if config.scales == "none":
        return space
    given = config.scales
    scales = scales_for(reader, model.info.fingerprint, space.axes, config) if given == "measured" else given
    return space.rescaled(scales) if given != "measured" or any(scale is not None for scale in scales) else space


def recorded_scales(space: SteeringSpace) -> str | list[float | None]:
    """The units of a session that begins, as its config keeps them: with it the session begins so everywhere."""
    scales = [axis.scale if axis.measured and not axis.is_own else None for axis in space.axes]
    return scales if any(scale is not None for scale in scales) else "none"


def _known(reader: Reader, model_fingerprint: str | None, axis: Axis, config: SessionConfig) -> CalibrationRow | None:
    """The best measurement of an axis: a thorough one, else what a preview at this prompt saw."""
    ids = (measurement_id(model_fingerprint, axis, config, rough=rough) for rough in (False, True))
    return next((row for one in ids if (row := reader.find(CalibrationRow, one)) is not None), None)


def _row(
    ports: Ports, model: Model, config: SessionConfig, axis: Axis, seen: Effects, circumstances: Mapping[str, Any]
) -> CalibrationRow:
    distances = [[float(value) if np.isfinite(value) else None for value in place] for place in seen.distances]
    kept = {"model": config.model, "source": axis.source, "unit": axis.unit, "units": seen.units.tolist()}
    rough = seen.distances.shape[1] == 1  # one prompt, one noise
    return CalibrationRow(
        id=measurement_id(model.info.fingerprint, axis, config, rough=rough), created_at=ports.clock(),
        model_fingerprint=model.info.fingerprint or "", steps=config.request.steps or 0,
        axis=axis_key(axis.name, config, typed=axis.source == "attribute", rough=rough),
        effects={**kept, "rough": rough, "distances": distances, **circumstances},
    )  # fmt: skip
