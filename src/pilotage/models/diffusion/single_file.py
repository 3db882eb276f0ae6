"""Single-file checkpoints in the layout of the original Stable Diffusion code, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pilotage.core.errors import ModelUnavailableError
from pilotage.models.diffusion.checkpoints import Checkpoint


def open_single_file(path: Path) -> Checkpoint:
    """The checkpoint in a .safetensors file, with our config of its family."""
    raise ModelUnavailableError("single files are not read yet", field="model")


def tokenizers(config: Path) -> dict[str, Any]:
    """The tokenizers of a family, as arguments of the loader."""
    return {}
