"""What was seen along an axis, as rows: kept by model, axis and steps.

A row is rough if only one prompt with one noise was seen, as by a preview; it holds at that prompt alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.core.hashing import digest
from pilotage.core.ids import derived_id
from pilotage.core.shapes import Array
from pilotage.sessions.config import SessionConfig
from pilotage.spaces import Axis
from pilotage.spaces.calibration import Effects, median_effect
from pilotage.store import CalibrationRow, Reader

Json = dict[str, Any]


def axis_key(name: str, config: SessionConfig, *, typed: bool, rough: bool = False) -> str:
    """What an axis's effect depends on beside model and steps: its name, and a digest of how it was found.

    An attribute axis is the same for every prompt, unless only a preview at one prompt saw it (`rough`); a found one
    belongs to its prompt and the axes beside it.
    """
    request = config.request
    given: Json = {
        "basis": config.basis, "size": [request.width, request.height], "guidance": request.guidance,
        "scheduler": request.scheduler, "negative": request.negative_prompt,
    }  # fmt: skip
    if rough:
        given |= {"previewed at": request.prompt}
    if not typed:
        given |= {"prompt": request.prompt, "axes": config.axes, "dimension": config.dimension}
    return f"{name} #{digest(given)[:16]}"


def measurement_id(model_fingerprint: str | None, axis: Axis, config: SessionConfig, *, rough: bool = False) -> str:
    """The id of an axis's row: one a model, axis and steps, so that the newest measurement holds."""
    key = axis_key(axis.name, config, typed=axis.source == "attribute", rough=rough)
    return derived_id("cal", model_fingerprint or "", key, config.request.steps or 0)


def effects_of(row: CalibrationRow, unit: float | None = None) -> Effects:
    """What was kept, in units of length `unit`: a caption difference is another length at another prompt."""
    distances: Array = np.array(row.effects["distances"], dtype=np.float64)  # None becomes NaN
    return Effects(np.array(row.effects["units"]) * row.effects["unit"] / (unit or row.effects["unit"]), distances)


def is_alike(one: CalibrationRow, other: CalibrationRow) -> bool:
    """Whether two axes can be set against each other: measured with the same features, thoroughly or at one prompt."""
    alike = all(one.effects[name] == other.effects[name] for name in ("features", "rough"))
    return alike and (not one.effects["rough"] or bool(one.effects["carriers"] == other.effects["carriers"]))


def typical_effect(reader: Reader, like: CalibrationRow) -> float:
    """Visible change of the median axis among all that were measured as this one was."""
    rows = reader.list(CalibrationRow, where={"model_fingerprint": like.model_fingerprint, "steps": like.steps})
    return median_effect([effects_of(row) for row in rows if is_alike(row, like)])
