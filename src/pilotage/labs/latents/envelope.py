"""The envelope of every JSON artifact of a run: what it is, what it was made of, and its bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import canonical_json

SCHEMA_VERSION = 1
DIGITS = 6  # significant ones: what single precision holds, and equal on machines that differ in the last bit
VIZ_INDICES = "config.json#/viz_indices"  # where indices that an artifact refers to stand


def encode(
    kind: str, *, run_id: str, epoch: int, seed: int | None, inputs_sha256: str, compute_ms: float, **fields: Any
) -> bytes:
    """An artifact as canonical JSON: equal content gives equal bytes.

    Args:
        kind: what it is, without method or epoch (`latent_2d`).
        run_id: whose it is.
        epoch: of the weights that it was made with.
        seed: of the stream that it drew from; None if it drew nothing.
        inputs_sha256: of what it was computed from: the checkpoint, or the arrays.
        compute_ms: what it took; the one field that differs from run to run.
        fields: `method`, `dims`, `indices_ref`, `data`, and those that the kind has of its own at the top level.
            Arrays and numbers of numpy are understood; floats are kept to `DIGITS` significant digits.

    Raises:
        InvalidInputError: a number that is not finite, or a value that JSON lacks.
    """
    envelope = {
        "schema_version": SCHEMA_VERSION, "kind": kind, "run_id": run_id, "epoch": epoch, "method": None, "dims": None,
        "indices_ref": None, "seed": seed, "inputs_sha256": inputs_sha256, "compute_ms": round(compute_ms, 1),
        "data": None,
    }  # fmt: skip
    try:
        return canonical_json(plain({**envelope, **fields})).encode() + b"\n"
    except (TypeError, ValueError) as cause:
        raise InvalidInputError(f"{kind} cannot be written: {cause}"[:300], field=kind) from cause


def timeless(data: bytes) -> bytes:
    """The bytes of an artifact without what it took, by which alone those of equal content differ."""
    return re.sub(rb'"compute_ms":[0-9.eE+-]+', b"", data)


def plain(value: Any) -> Any:
    """`value` as JSON holds it: arrays as lists, row-major, and floats rounded."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
