"""Vectors of other tools as packs of ours: repeng's and llama.cpp's control vectors, steering-vectors' files.

They say nothing of the model's weights, so whoever imports names the model, and shapes are checked against it. They
have no doses until they are calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pilotage.core.errors import InvalidInputError, ModelUnavailableError, UnsupportedInputError
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.cards import Card
from pilotage.labs.language.gguf_files import architecture, read_gguf
from pilotage.labs.language.making import model_of
from pilotage.labs.language.packs import VectorPack, Vectors

if TYPE_CHECKING:
    from pilotage.models.language import LanguageInfo

_CLASS = "steering_vectors.steering_vector.SteeringVector"
_LAYERS = ("decoder_block",)  # the kind of activation that we push


def import_vectors(path: Path, axis: Axis, info: LanguageInfo, *, norms: Sequence[float]) -> VectorPack:
    """A pack from a `.gguf` control vector, or from a `.pt` file of steering-vectors.

    Args:
        path: the file.
        axis: what the vectors are said to be of; its positive pole is theirs.
        info: the model that they were made with, loaded.
        norms: (L,) median norm of each block's output: `LanguageModel.residual_norms`.

    Raises:
        InvalidInputError: not such a file.
        UnsupportedInputError: its vectors do not fit the model.
    """
    model = model_of(info)
    found, family = read_gguf(path) if path.suffix.lower() == ".gguf" else (read_torch(path), "")
    if family and family not in (info.family, architecture(info.family)):
        raise UnsupportedInputError(
            f"{path.name} says it is for {family}, and {info.name} is {info.family}", field="path"
        )
    vectors = np.zeros((model.layers, model.hidden), dtype=np.float32)
    for layer, vector in found.items():
        if not 0 <= layer < model.layers or vector.shape != (model.hidden,) or not np.isfinite(vector).all():
            raise UnsupportedInputError(
                f"{path.name} has {vector.shape[0]} numbers for block {layer}; {info.name} has {model.layers} blocks"
                f" of {model.hidden}", field="path", hint="Import it for the model that it was made with.")  # fmt: skip
        length = float(np.linalg.norm(vector))
        vectors[layer] = vector / length if length > 0 else 0.0
    card = Card(axis=axis.name, poles=axis.poles, description=axis.description, model=model, method="imported",
                norms=tuple(float(norm) for norm in norms))  # fmt: skip
    return VectorPack(card, vectors)


def read_torch(path: Path) -> dict[int, Vectors]:
    """The vectors of a saved steering-vectors object, or of a saved mapping layer -> vector, by 0-based block.

    Only tensors and plain values are unpickled; nothing in the file can run.

    Raises:
        InvalidInputError: no such file, or something else in it.
    """
    try:
        import torch
    except ImportError as cause:
        raise ModelUnavailableError("these files need torch", hint="pip install 'pilotage[language]'") from cause
    if not path.is_file():
        raise InvalidInputError(f"there is no file {path.name!r}", field="path")
    try:
        with torch.serialization.safe_globals([(_SteeringVector, _CLASS)]):
            saved = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as cause:  # pickles fail in many classes, all of which mean this
        raise InvalidInputError(f"{path.name} is no file of steering vectors: {cause}"[:300], field="path") from cause
    layers: Any = saved.layer_activations if isinstance(saved, _SteeringVector) else saved
    kind = saved.layer_type if isinstance(saved, _SteeringVector) else _LAYERS[0]
    if (
        not isinstance(layers, Mapping)
        or not layers
        or not all(isinstance(layer, int) and isinstance(vector, torch.Tensor) for layer, vector in layers.items())
    ):
        raise InvalidInputError(f"{path.name} holds no vectors by layer", field="path")
    if kind not in _LAYERS:
        raise InvalidInputError(f"{path.name} pushes {kind}, not the output of blocks", field="path")
    try:
        return {layer: _numbers(vector) for layer, vector in layers.items()}
    except (RuntimeError, TypeError, NotImplementedError) as cause:
        raise InvalidInputError(f"{path.name} holds no plain vectors: {cause}"[:300], field="path") from cause


def _numbers(vector: Any) -> Vectors:
    if vector.is_complex():  # of which `float` would drop a part; sparse and absent numbers it refuses itself
        raise TypeError(f"{vector.dtype}")
    found: Vectors = vector.detach().float().reshape(-1).numpy()
    return found


@dataclass
class _SteeringVector:
    """Stands in for the class that steering-vectors pickles, so that its package need not be there."""

    layer_activations: dict[int, Any] = field(default_factory=dict)
    layer_type: str = _LAYERS[0]
