"""Figures with how many pictures stand behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Score:
    """A figure and the pictures behind it."""

    value: float
    n: int


def spread(names: Sequence[str], n: int) -> list[str]:
    """`n` of them, evenly over the list."""
    return [names[i] for i in np.linspace(0, len(names) - 1, min(n, len(names))).astype(int)]
