"""Files of a model's folder: read with care, hashed once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError
from pilotage.core.hashing import sha256_file

PICKLES = frozenset({".ckpt", ".bin", ".pt", ".pth", ".pkl", ".pickle"})  # formats that can run code when read
SAFE_HINT = "Get it as .safetensors, or convert it on a machine that you do not mind."
_HASHES: dict[tuple[str, int, int, int], str] = {}  # path, size, mtime, inode -> sha256: 7 GB are read once


def hash_of(path: Path) -> str:
    """sha256 of a file, read once as long as it is not replaced, and its size and time stay the same."""
    stat = path.stat()
    key = (str(path.resolve()), stat.st_size, stat.st_mtime_ns, stat.st_ino)
    if key not in _HASHES:
        _HASHES[key] = sha256_file(path)
    return _HASHES[key]


def megabytes(paths: Iterable[Path]) -> float:
    """What files take on disk."""
    return sum(path.stat().st_size for path in paths) / 1e6


def read_json(path: Path, *, hint: str = "Copy the model again.") -> Mapping[str, Any]:
    """A JSON object from a model's folder.

    Raises:
        ModelUnavailableError: missing, or not a JSON object.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        raise ModelUnavailableError(f"the model's folder lacks {name}", field="model", hint=hint) from cause
    except (OSError, ValueError, RecursionError) as cause:
        raise ModelUnavailableError(f"{name} cannot be read", field="model", hint="Copy the model again.") from cause
    if not isinstance(value, dict):
        raise ModelUnavailableError(f"{name} is not a JSON object", field="model")
    return value
