"""What a run is asked for before it begins: its config, what it records and how often, and clones of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pilotage.core.clock import system_clock
from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream
from pilotage.core.strategies import invalid_input
from pilotage.labs.latents.data.imageset import ImageSet
from pilotage.labs.latents.state import RunConfig
from pilotage.models.latents import TrainingConfig

Method = Literal["pca", "umap"]
METHODS: tuple[Method, ...] = ("pca", "umap")
_Read = TypeVar("_Read", bound=BaseModel)
_POINTS_SEED = 0  # of the pictures that are shown: runs on one set show the same ones, whatever their seeds


class Recording(BaseModel):
    """What a run writes beside its latents, reconstructions and mixture's health, which each epoch leaves.

    What is due is decided here, never by how busy the machine is. Nothing of it changes what is learned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: int = Field(1000, ge=20, le=20_000, description="Pictures on the maps, the same from first to last epoch.")
    neighbours: int = Field(10, ge=1, le=50, description="Nearest neighbours of each point, in latent space.")
    checkpoint_every: int = Field(1, ge=1, le=1000, description="Epochs from one checkpoint to the next.")
    pca_every: int = Field(1, ge=0, le=1000, description="Epochs from one PCA map to the next; 0 for none.")
    umap_every: int = Field(5, ge=0, le=1000, description="Epochs from one UMAP map to the next; 0 for none.")
    samples_every: int = Field(5, ge=0, le=1000, description="Epochs from samples to samples; 0 for none.")

    def methods(self, epoch: int, last: int) -> tuple[Method, ...]:
        """The maps that are due after an epoch."""
        every: dict[Method, int] = {"pca": self.pca_every, "umap": self.umap_every}
        return tuple(method for method in METHODS if is_due(every[method], epoch, last))

    def has_checkpoint(self, epoch: int, last: int) -> bool:
        """Whether an epoch leaves a checkpoint: samples are drawn from one, so theirs do."""
        return is_due(self.checkpoint_every, epoch, last) or is_due(self.samples_every, epoch, last)


def is_due(every: int, epoch: int, last: int) -> bool:
    """Whether what comes every so many epochs comes after this one: the last epoch has all but what never comes."""
    return every > 0 and (epoch % every == 0 or epoch == last)


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
        InvalidInputError: no such knob, or no such value; the field says which.
    """
    training = training_of(config).model_dump(mode="json")
    if unknown := sorted(changes.keys() - training.keys()):
        raise InvalidInputError(f"a training has no {unknown[0][:60]!r}", field=f"training.{unknown[0][:60]}")
    was = {name: training[name] for name in changes}
    try:
        turned = TrainingConfig.model_validate({**training, **changes}).model_dump(mode="json")
    except ValidationError as cause:
        raise invalid_input(cause, prefix="training") from cause
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


def _read(schema: type[_Read], said: dict[str, Any], where: str) -> _Read:
    try:
        return schema.model_validate(said)
    except ValidationError as cause:
        raise invalid_input(cause, prefix=where) from cause
