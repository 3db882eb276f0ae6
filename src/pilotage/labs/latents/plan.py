"""What a run is asked for before it begins: its config, and clones of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from pilotage.core.clock import system_clock
from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.core.strategies import invalid_input
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.state import RunConfig
from pilotage.models.latents import TrainingConfig
from pilotage.models.latents.sizes import require_size

_Read = TypeVar("_Read", bound=BaseModel)
_POINTS_SEED = 0  # of the pictures that are shown: runs on one set show the same ones, whatever their seeds


def run_config(
    run_id: str, images: ImageSet, training: TrainingConfig, recording: Recording | None = None,
    *, created_at: datetime | None = None,
) -> RunConfig:  # fmt: skip
    """The config of a new run; the pictures that it shows are chosen here, once.

    Args:
        run_id: the folder's name.
        images: what it learns from.
        training: what is learned, and how long.
        recording: what is written, and how often.
        created_at: now, unless given.

    Raises:
        InvalidInputError: a net too large for pictures of this size; the field is a knob.
    """
    recording = recording or Recording()
    order = stream(_POINTS_SEED, "viz", len(images)).permutation(len(images))
    shown = np.sort(order[: recording.points])
    labels = None if images.labels is None else images.labels[shown].tolist()
    data = {
        "name": images.name, "sha256": images.sha256, "count": len(images), "shape": list(images.images.shape[1:]),
        "class_names": list(images.class_names), "licence": images.licence, "source": images.source,
        "viz_labels": labels,
    }  # fmt: skip
    _require_size(training, data)
    return RunConfig(
        run_id=run_id, created_at=created_at or system_clock(), training=training.model_dump(mode="json"), data=data,
        viz_indices=tuple(shown.tolist()), recording=recording.model_dump(mode="json"),
    )  # fmt: skip


def cloned(
    config: RunConfig, run_id: str, changes: Mapping[str, Any], *, created_at: datetime | None = None
) -> RunConfig:
    """The config of a new run on the same pictures, with knobs of the training changed: an experiment.

    Args:
        config: of the run that is cloned.
        run_id: of the clone.
        changes: field of the training -> value; empty to train the same once more.
        created_at: now, unless given.

    Raises:
        InvalidInputError: no such knob or value, or a net too large for the pictures; the field says which.
    """
    training = training_of(config).model_dump(mode="json")
    if unknown := sorted(changes.keys() - training.keys()):
        raise InvalidInputError(f"a training has no {unknown[0][:60]!r}", field=f"training.{unknown[0][:60]}")
    was = {name: training[name] for name in changes}
    try:
        asked = TrainingConfig.model_validate({**training, **changes})
    except ValidationError as cause:
        raise invalid_input(cause, prefix="training") from cause
    _require_size(asked, config.data)
    turned = asked.model_dump(mode="json")
    moved = {name: {"from": was[name], "to": turned[name]} for name in changes}
    return config.model_copy(update={
        "run_id": run_id, "created_at": created_at or system_clock(), "training": turned,
        "parent": {"run_id": config.run_id, "changes": moved},
    })  # fmt: skip


def training_of(config: RunConfig) -> TrainingConfig:
    """What the run trains.

    Raises:
        InvalidInputError: config.json holds no training.
    """
    return _read(TrainingConfig, config.training, "config.json.training")


def recording_of(config: RunConfig) -> Recording:
    """What the run records.

    Raises:
        InvalidInputError: config.json holds no such recording.
    """
    return _read(Recording, config.recording, "config.json.recording")


def _require_size(training: TrainingConfig, data: Mapping[str, Any]) -> None:
    try:
        height, width, channels = (int(side) for side in data["shape"])
        classes = len(data["class_names"])
    except (KeyError, TypeError, ValueError) as cause:
        raise InvalidInputError("config.json tells no size of the pictures", field="config.json.data") from cause
    require_size(training, (channels, height, width), classes, field="training.hidden")


def _read(schema: type[_Read], said: dict[str, Any], where: str) -> _Read:
    try:
        return schema.model_validate(said)
    except ValidationError as cause:
        raise invalid_input(cause, prefix=where) from cause
