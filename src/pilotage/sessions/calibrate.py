"""Calibration and diagnosis of a space: pictures along its axes, measured by features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pilotage.core.errors import GenerationError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, Step, silent
from pilotage.core.shapes import Array, require_matrix
from pilotage.features import Features
from pilotage.models import GenerationRequest, Model, Row
from pilotage.spaces import SteeringSpace
from pilotage.spaces.calibration import UNITS, Effects
from pilotage.spaces.variance import VarianceShares, variance_shares


def calibrate(
    model: Model, space: SteeringSpace, features: Features, *, request: GenerationRequest,
    carriers: Sequence[str] = (), seeds: Sequence[int] = (0,), progress: Progress = silent,
    cancel: CancelToken | None = None,
) -> tuple[Effects, ...]:  # fmt: skip
    """How much each axis is seen to change pictures, at half a unit and one unit either way.

    Args:
        model: renders, in batches as large as it takes.
        space: as the captions made it; `scales_of` the effects says how to rescale it.
        features: what sees.
        request: size, steps and guidance of the pictures; its prompt gives way to the carriers.
        carriers: prompts whose pictures are steered; the space's own anchor if none.
        seeds: noise of the pictures; a picture is compared with the unsteered one of the same noise.
        progress: counts pictures.
        cancel: heard within one step.

    Raises:
        GenerationError: no picture came out.
        JobCancelledError: as asked.
    """  # fmt: skip
    anchors = [model.encode(request.model_copy(update={"prompt": text})) for text in carriers] or [space.anchor]
    places = np.vstack([np.zeros((1, space.dim)), *(unit * np.eye(space.dim) for unit in UNITS)])  # (1 + m d, d)
    rows = [Row(replace(space, anchor=anchor).decode(z), seed) for anchor in anchors for seed in seeds for z in places]
    seen = _described(features, _rendered(model, request, rows, progress, cancel))
    seen = seen.reshape(len(anchors) * len(seeds), len(places), -1)  # (r, 1 + m d, p)
    apart = np.linalg.norm(seen[:, 1:] - seen[:, :1], axis=2).reshape(len(seen), len(UNITS), space.dim)
    return tuple(Effects(np.array(UNITS), apart[:, :, axis].T) for axis in range(space.dim))


def diagnose(
    model: Model, space: SteeringSpace, features: Features, z: Array, *, request: GenerationRequest,
    seeds: Sequence[int], progress: Progress = silent, cancel: CancelToken | None = None,
) -> VarianceShares:  # fmt: skip
    """What share of the pictures' variance comes from the place z, what share from the seed.

    Args:
        model: renders.
        space: where z lies.
        features: what sees.
        z: (a, d) places, a >= 3, each rendered with every seed.
        request: size, steps and guidance of the pictures.
        seeds: b >= 3 of them.
        progress: counts pictures.
        cancel: heard within one step.

    Raises:
        ShapeError: too few places or seeds.
        GenerationError: too few pictures came out; a place of which one failed is left out.
    """  # fmt: skip
    places = require_matrix("z", z, space.dim)
    rows = [Row(space.decode(place), seed) for place in places for seed in seeds]
    seen = _described(features, _rendered(model, request, rows, progress, cancel)).reshape(len(places), len(seeds), -1)
    whole = np.isfinite(seen).all(axis=(1, 2))
    if len(places) >= 3 > whole.sum():
        raise GenerationError(f"of {len(places)} places only {whole.sum()} were drawn with every seed")
    return variance_shares(seen[whole])


def _rendered(
    model: Model, request: GenerationRequest, rows: Sequence[Row], progress: Progress, cancel: CancelToken | None
) -> list[Media | None]:
    """One picture a row, None where it failed; each batch as large as the model takes."""
    pictures: list[Media | None] = []
    while len(pictures) < len(rows):
        begun = len(pictures)
        batch = rows[begun : begun + model.info.capabilities.max_batch]

        def counted(step: Step, begun: int = begun, size: int = len(batch)) -> None:
            if step.phase == "generating" and step.total:
                progress(Step("generating", begun + size * step.done // step.total, len(rows)))

        outputs = model.generate(request, batch, progress=counted, cancel=cancel)
        pictures += [output.media for output in outputs]
    if not any(pictures):
        raise GenerationError("no picture came out")
    return pictures


def _described(features: Features, pictures: Sequence[Media | None]) -> Array:
    """(n, p) descriptions; NaN where there is no picture."""
    found = np.full((len(pictures), len(features.names)), np.nan)
    known = [index for index, media in enumerate(pictures) if media is not None]
    found[known] = features.describe_all([media for media in pictures if media is not None])
    return found
