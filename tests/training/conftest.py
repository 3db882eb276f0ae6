from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]  # for `training`, no installed package, and `tiny_workspace`

ICONS = 6


@pytest.fixture(scope="session")
def icons() -> np.ndarray:
    """(6, 64, 64, 4): discs and squares of three greys with a clear border."""
    y, x = np.mgrid[:64, :64] - 31.5
    shapes = [np.hypot(x, y) < 24, np.maximum(abs(x), abs(y)) < 22]
    rgba = np.zeros((ICONS, 64, 64, 4), np.uint8)
    for number in range(ICONS):
        solid = shapes[number % 2]
        rgba[number, solid, :3] = 60 + 30 * number
        rgba[number, solid & (x < 0), :3] += 40
        rgba[number, solid, 3] = 255
    return rgba
