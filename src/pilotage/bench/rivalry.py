"""What rivals share: they read rankings, forecast nothing, and may need a package."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from pilotage.bench.base import Method
from pilotage.core.errors import ModelUnavailableError
from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement, Ranking


class Rival(Method):
    """Without a model of preference there is no forecast."""

    def forecast(self, places: Array) -> Array:
        """None."""
        return np.empty(0)


def order_of(judgement: Judgement) -> list[int]:
    """The slots that a ranking names, best first."""
    answer = judgement.answer
    if not isinstance(answer, Ranking):
        raise TypeError(f"the rivals understand rankings, not {answer.kind}")
    slots = {item.candidate: slot for slot, item in enumerate(judgement.items)}
    return [slots[name] for name in answer.order]


def package(name: str) -> Any:
    """An optional package.

    Raises:
        ModelUnavailableError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as cause:
        raise ModelUnavailableError(f"{name} is not installed", hint="pip install 'pilotage[bench]'") from cause
