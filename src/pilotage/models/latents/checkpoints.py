"""A training at the end of an epoch, as one file of tensors: enough to go on as if it had never stopped."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch  # noqa: TID253  (imported when a model is trained or run)
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError, safe_open  # noqa: TID253
from torch import Tensor  # noqa: TID253

from pilotage.core.errors import ConflictError, InvalidInputError
from pilotage.core.hashing import canonical_json
from pilotage.models.latents.config import TrainingConfig
from pilotage.models.latents.nets import LatentModel, build
from pilotage.models.latents.sizes import Shape

MAX_BYTES = 2 << 30
_KEY = "pilotage.latents"
_WEIGHTS = "weights."


class Header(BaseModel):
    """What a checkpoint is of.

    Attributes:
        shape: channels, height, width.
        classes: labels that its examples have.
        examples: sha256 of the examples that it learned from.
        epoch: the last that is complete.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(1, ge=1, le=1)
    config: TrainingConfig
    shape: Shape
    classes: int = Field(ge=0)
    examples: str
    epoch: int = Field(ge=1)


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A header, and all tensors: weights, Adam's moments, states of the generators."""

    header: Header
    tensors: Mapping[str, Tensor]

    def model(self) -> LatentModel:
        """A new model with these weights, that nobody trains.

        Raises:
            InvalidInputError: the weights are not of such a model.
        """
        model = build(self.header.config, self.header.shape, self.header.classes, drawn=False)
        try:
            model.load_state_dict(self.part(_WEIGHTS), assign=True)  # a header that claims more takes no memory
        except RuntimeError as cause:
            raise InvalidInputError("the checkpoint's weights are not of its model", field="checkpoint") from cause
        return model.requires_grad_(requires_grad=False).eval()

    def to_bytes(self) -> bytes:
        """A safetensors file; equal checkpoints give equal bytes."""
        metadata = {_KEY: canonical_json(self.header.model_dump(mode="json"))}
        return safetensors.torch.save(dict(self.tensors), metadata)

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `prefix`, by the rest of their names."""
        return {name.removeprefix(prefix): value for name, value in self.tensors.items() if name.startswith(prefix)}

    def require(self, config: TrainingConfig, shape: Shape, examples: str) -> None:
        """Refuse to go on with something else; more epochs are the one thing that may be new.

        Raises:
            ConflictError: another configuration, other sizes or other examples.
        """
        mine = self.header
        was, now = (found.model_dump(exclude={"epochs"}) for found in (mine.config, config))
        other = [name for name, value in was.items() if now[name] != value]
        if mine.shape != shape or mine.examples != examples:
            other.append("examples")
        if other:
            raise ConflictError(
                f"the checkpoint belongs to a run with another {', '.join(other)}", field=other[0],
                hint="Begin a new run with what you changed.", names=other)  # fmt: skip


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, whole or not at all."""
    data = checkpoint.to_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def load(path: Path) -> Checkpoint:
    """Read a checkpoint. No code runs: the file holds numbers alone.

    Raises:
        InvalidInputError: no such file, no checkpoint of a latent model, or a damaged one.
    """
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"there is no checkpoint {path.name!r}", field="checkpoint")
    try:
        with safe_open(path, framework="pt") as file:
            header = Header.model_validate_json((file.metadata() or {}).get(_KEY, ""))
            return Checkpoint(header, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (SafetensorError, ValidationError) as cause:
        raise InvalidInputError(
            f"{path.name} is damaged, or no checkpoint of a latent model", field="checkpoint",
            hint="Resume from an earlier epoch.") from cause  # fmt: skip
