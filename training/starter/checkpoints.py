"""Checkpoints of a training: tensors and numbers alone, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from training.starter.paths import write_whole


def save(path: Path, state: dict[str, Any]) -> None:
    """Write `state` in place of the previous one; a kill in the middle leaves that."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, buffer.getvalue())


def load(path: Path, device: str = "cpu") -> dict[str, Any] | None:
    """The state, or None if nothing was saved yet. No code of the file runs."""
    if not path.is_file():
        return None
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    return state
