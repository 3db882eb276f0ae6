"""The starter image model as data: a small diffusers pipeline and the words that it knows. No torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def path() -> Path:
    """The pipeline's folder, as `diffusers` and `pilotage` read it."""
    return Path(__file__).parent / "pipeline"


def vocabulary() -> dict[str, Any]:
    """Every object, colour, background, style and size that its captions held."""
    data: dict[str, Any] = json.loads((path() / "vocabulary.json").read_text(encoding="utf-8"))
    return data
