"""Pilotage: steer generative models by choosing.

`Session` is the loop in a script: `ask()` shows candidates, `tell()` says which is best.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilotage import language
    from pilotage.app.lab import Lab
    from pilotage.app.library import Candidate, Round, Session
    from pilotage.core.errors import PilotageError
    from pilotage.models import Model, from_callable

__version__ = "0.1.0"
__all__ = ["Candidate", "Lab", "Model", "PilotageError", "Round", "Session", "from_callable", "language"]
_HOMES = {
    "Candidate": "pilotage.app.library",
    "Lab": "pilotage.app.lab",
    "Model": "pilotage.models",
    "PilotageError": "pilotage.core.errors",
    "Round": "pilotage.app.library",
    "Session": "pilotage.app.library",
    "from_callable": "pilotage.models",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first used."""
    if name == "language":
        return import_module("pilotage.language")
    if name not in _HOMES:
        raise AttributeError(f"module 'pilotage' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
