"""Vector packs: an axis' directions at every layer of one model, with a card that says how to use them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from pilotage.core.errors import (
    ConflictError,
    InvalidInputError,
    ModelUnavailableError,
    ShapeError,
    UnsupportedInputError,
)
from pilotage.core.hashing import canonical_json
from pilotage.labs.language.cards import MAX_DOSE, Card
from pilotage.models.language.requests import Direction

if TYPE_CHECKING:
    from pilotage.models.language import LanguageInfo

Vectors = NDArray[np.float32]
MAX_BYTES = 1 << 30
_KEY, _TENSOR = "pilotage.vector_pack", "vectors"


@dataclass(frozen=True, slots=True, eq=False)
class VectorPack:
    """A card, and one vector a layer.

    Attributes:
        vectors: (L, H) float32, each of length 1, or 0 where a layer has none. Towards the positive pole.
    """

    card: Card
    vectors: Vectors

    def __post_init__(self) -> None:
        wanted = (self.card.model.layers, self.card.model.hidden)
        if self.vectors.shape != wanted or self.vectors.dtype != np.float32:
            raise ShapeError(f"vectors must be {wanted} float32, got {self.vectors.shape} {self.vectors.dtype}")
        if not np.isfinite(self.vectors).all():
            raise ShapeError("vectors must be finite", field="vectors")
        if self.card.norms and len(self.card.norms) != wanted[0]:
            raise ShapeError(f"norms must be {wanted[0]}, got {len(self.card.norms)}", field="norms")
        if self.card.layer is not None and not (self.card.layer < wanted[0] and self.card.norms):
            raise ShapeError(f"layer {self.card.layer} is none of {wanted[0]}, or has no norm", field="layer")
        self.vectors.setflags(write=False)

    @property
    def direction(self) -> Direction:
        """What one unit of push adds: a vector as long as the layer's median residual.

        Raises:
            ConflictError: no layer was chosen yet.
        """
        if self.card.layer is None:
            raise self._uncalibrated()
        return self.at(self.card.layer)

    def at(self, layer: int) -> Direction:
        """The same at another layer."""
        return Direction(layer=layer, vector=self.vectors[layer] * np.float32(self.card.norms[layer]))

    def push(self, dose: float) -> float:
        """The strength of a dose, with its sign, through the measured curve.

        Args:
            dose: from -1 to 1; up to 1.5 either way, beyond the damage budget.

        Raises:
            InvalidInputError: not a number, or out of that range.
            ConflictError: the pack is not calibrated.
        """
        if not (isinstance(dose, int | float) and abs(dose) <= MAX_DOSE):  # a NaN is not <= anything
            raise InvalidInputError(
                f"a dose must lie between -{MAX_DOSE} and {MAX_DOSE}, got {dose}", field=f"doses.{self.card.axis}"
            )
        if self.card.positive is None or self.card.negative is None:
            raise self._uncalibrated()
        if dose == 0:
            return 0.0
        return self.card.positive.strength(dose) if dose > 0 else -self.card.negative.strength(-dose)

    def require(self, info: LanguageInfo) -> None:
        """Refuse another model than the pack's own.

        Raises:
            UnsupportedInputError: with both fingerprints in `facts`.
        """
        mine = self.card.model
        if info.fingerprint != mine.fingerprint:
            raise UnsupportedInputError(
                f"the vectors of {self.card.axis} belong to {mine.name}, not to {info.name}",
                field=f"doses.{self.card.axis}", hint="Extract and calibrate them for this model.",
                pack_model=mine.fingerprint, model=info.fingerprint)  # fmt: skip

    def to_bytes(self) -> bytes:
        """A safetensors file; equal packs give equal bytes."""
        metadata = {_KEY: canonical_json(self.card.model_dump(mode="json"))}
        return bytes(_safetensors().save({_TENSOR: np.ascontiguousarray(self.vectors)}, metadata))

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self.to_bytes())
            os.replace(part, path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    def _uncalibrated(self) -> ConflictError:
        return ConflictError(f"the vectors of {self.card.axis} are not calibrated: a dose means nothing yet",
                             field=f"doses.{self.card.axis}", hint="Calibrate them first.")  # fmt: skip


def read_pack(path: Path) -> VectorPack:
    """The pack in a file.

    Raises:
        InvalidInputError: no such file, no vector pack, or a damaged one.
    """
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(f"there is no vector pack at {path.name!r}", field="pack")
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as cause:
        raise _needs_safetensors() from cause
    try:
        with safe_open(path, framework="numpy") as file:
            metadata: dict[str, str] = file.metadata() or {}
            if _KEY not in metadata:
                raise InvalidInputError(
                    f"{path.name} is no vector pack: it does not say which axis and model it is of", field="pack",
                    hint="Import vectors of other tools, naming the axis and the model.")  # fmt: skip
            return VectorPack(Card.model_validate_json(metadata[_KEY]), file.get_tensor(_TENSOR))
    except (SafetensorError, ValidationError, ShapeError, *_ODD) as cause:
        raise InvalidInputError(f"{path.name} is damaged: {cause}"[:300], field="pack") from cause


_ODD = (TypeError, AttributeError, KeyError)  # what numbers that numpy lacks, such as bfloat16, raise


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as cause:
        raise _needs_safetensors() from cause
    return safetensors.numpy


def _needs_safetensors() -> ModelUnavailableError:
    return ModelUnavailableError("vector packs need safetensors", hint="pip install 'pilotage[language]'")
