"""What a preview shows is the first measurement of its axes: one object, one noise, minus and plus one unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pilotage.core.media import Media
from pilotage.core.shapes import Array
from pilotage.features import FEATURES
from pilotage.models import Model
from pilotage.sessions.config import SessionConfig
from pilotage.sessions.measurements import measurement_id
from pilotage.sessions.ports import Ports
from pilotage.sessions.scales import keep, scales_for
from pilotage.spaces import SteeringSpace
from pilotage.spaces.calibration import LEAST_STEP, Effects
from pilotage.store import ArtifactRow, CalibrationRow, SampleRow

FEATURES_OF_PREVIEWS = "layout"
Json = dict[str, Any]


def measure_preview(
    ports: Ports, model: Model, config: SessionConfig, space: SteeringSpace, samples: Sequence[SampleRow], *, topic: str
) -> list[Json]:
    """How visible one unit of each axis is beside another noise, from the pictures of a `preview_plan`.

    An axis of which nothing was known at this prompt is kept as measured so; sessions at this prompt have their units
    from it until a calibration knows more.

    Returns:
        an axis each: `name`; `visible_effect`, in changes of the seed, None if unknown; `measured`, whether the unit
        that was drawn comes from a measurement; and `scale`, caption differences in one unit of a session that begins
        now, None if unmeasured.
    """
    seen = _described(ports, samples)  # (2 d or 2 d + 2, p)
    pairs, plain = seen[: 2 * space.dim].reshape(space.dim, 2, -1), seen[2 * space.dim :]
    shares = np.full(space.dim, np.nan)
    if len(plain):  # there was room for them
        apart = np.linalg.norm(pairs - plain[0], axis=2)  # (d, 2)
        _keep(ports, model, config, space, samples, apart, topic)
        noise = float(np.linalg.norm(plain[1] - plain[0]))
        if noise > LEAST_STEP:
            shares = apart.mean(axis=1) / noise
    scales = scales_for(ports.store, model.info.fingerprint, space.axes, config)
    return [
        {
            "name": axis.name, "measured": axis.measured, "visible_effect": float(share) if share >= 0 else None,
            "scale": axis.scale if axis.measured else scale if config.scales == "measured" else None,
        }
        for axis, scale, share in zip(space.axes, scales, shares, strict=True)
    ]  # fmt: skip


def _keep(
    ports: Ports, model: Model, config: SessionConfig, space: SteeringSpace, samples: Sequence[SampleRow],
    apart: Array, topic: str,
) -> None:  # fmt: skip
    """Write down what was seen of the axes of which nothing is known here, drawn as the captions made them."""
    ids = [measurement_id(model.info.fingerprint, axis, config, rough=True) for axis in space.axes]
    known = [ports.store.find(CalibrationRow, one) for one in ids]
    new = [i for i, axis in enumerate(space.axes)
           if known[i] is None and not axis.measured and np.isfinite(apart[i]).any()]  # fmt: skip
    if not new:
        return
    reach = float(np.abs(samples[0].z or [1.0]).max())
    effects = [Effects(np.array([-reach, reach]), apart[i][:, None]) for i in new]
    circumstances = {"features": FEATURES.parse(FEATURES_OF_PREVIEWS).model_dump(mode="json"),
                     "carriers": [config.request.prompt], "seeds": [samples[0].seed]}  # fmt: skip
    keep(ports, model, config, [space.axes[i] for i in new], effects, circumstances, topic=topic)


def _described(ports: Ports, samples: Sequence[SampleRow]) -> Array:
    """(n, p) descriptions; NaN where there is no picture."""
    features = FEATURES.build(FEATURES_OF_PREVIEWS)
    found = np.full((len(samples), len(features.names)), np.nan)
    for place, sample in enumerate(samples):
        if sample.artifact is not None:
            kind = ports.store.get(ArtifactRow, sample.artifact).media_type
            found[place] = features.describe(Media(kind, ports.artifacts.get(sample.artifact)))
    return found
