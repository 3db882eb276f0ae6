"""What is known of the axes that a config asks for, without the model: from what was measured of it before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pilotage.sessions.config import SessionConfig
from pilotage.sessions.measurements import axis_key, effects_of, typical_effect
from pilotage.sessions.views import View
from pilotage.spaces import Vocabulary, dimension_of
from pilotage.spaces.bases.attributes import preset_axes
from pilotage.spaces.calibration import scales_of
from pilotage.store import CalibrationRow, Reader

Json = dict[str, Any]


class AxisMeasurement(View):
    """An axis and what one unit of it was seen to change; all but the name is unknown where nothing was measured.

    Attributes:
        rough: only a preview at this prompt saw it; sessions have their unit from it until something is measured.
        repeats: objects times noises that it was measured on.
        scale: caption differences in one unit.
        effect, calibrated: visible change at one caption difference, and at one unit.
    """

    name: str
    measured: bool = False
    rough: bool = False
    repeats: int = 0
    scale: float | None = None
    effect: float | None = None
    calibrated: float | None = None
    monotone: float | None = None
    visible: bool | None = None
    features: Json | None = None
    measured_at: datetime | None = None


class CalibrationView(View):
    """What is known of a config's axes: typed ones in their order, then the found ones that were ever measured.

    Attributes:
        model_fingerprint: of the weights that were measured last; None if nothing was.
        dimension: how many axes a session has.
        unfound: how many of them stand in no row: they are found when a session begins, and nothing is known of them.
    """

    model: str
    model_fingerprint: str | None
    steps: int
    dimension: int
    axes: list[AxisMeasurement]
    unfound: int


def calibration_view(reader: Reader, config: SessionConfig, vocabulary: Vocabulary) -> CalibrationView:
    """What is known of a complete config's axes. Names of axes that are yet to be found are unknown, and left out."""
    rows = _rows(reader, config)
    dimension = dimension_of(config.dimension)
    typed = [text.name for text in config.axis_texts]
    if isinstance(config.basis, dict) and config.basis["kind"] == "attributes":
        typed = typed or [text.name for text in preset_axes(vocabulary)[:dimension]]
        dimension = len(typed)
    by_key = {row.axis: row for row in rows}
    axes = []
    for name in typed:
        keys = (axis_key(name, config, typed=True, rough=rough) for rough in (False, True))
        axes.append(_measurement(reader, name, next((by_key[key] for key in keys if key in by_key), None)))
    for row in sorted(rows, key=lambda row: row.axis):
        name = row.axis.rpartition(" #")[0]
        if row.axis == axis_key(name, config, typed=False):
            axes.append(_measurement(reader, name, row))
    return CalibrationView(
        model=config.model, model_fingerprint=rows[0].model_fingerprint if rows else None,
        steps=config.request.steps or 0, dimension=dimension, axes=axes, unfound=max(0, dimension - len(axes)),
    )  # fmt: skip


def _rows(reader: Reader, config: SessionConfig) -> Sequence[CalibrationRow]:
    """What was measured of the model at these steps, newest first; of the newest weights, should they have changed."""
    rows = reader.list(CalibrationRow, where={"steps": config.request.steps or 0}, newest_first=True)
    own = [row for row in rows if row.effects.get("model") == config.model]
    return [row for row in own if row.model_fingerprint == own[0].model_fingerprint]


def _measurement(reader: Reader, name: str, row: CalibrationRow | None) -> AxisMeasurement:
    if row is None:
        return AxisMeasurement(name=name)
    found = scales_of([effects_of(row)], target=typical_effect(reader, row))[0]
    effects = row.effects
    return AxisMeasurement(
        name=name, measured=not effects["rough"], rough=effects["rough"], measured_at=row.created_at,
        repeats=len(effects["carriers"]) * len(effects["seeds"]), features=effects["features"], **found.as_data(),
    )  # fmt: skip
