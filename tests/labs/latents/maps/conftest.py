"""Points that maps are made of."""

from __future__ import annotations

import numpy as np
import pytest

from pilotage.core.shapes import Array
from pilotage.labs.latents.maps import Neighbours, Umap, neighbours, umap


@pytest.fixture(scope="session")
def clusters() -> Array:
    """(600, 8) points of six clusters."""
    rng = np.random.default_rng(0)
    middles = 3 * rng.standard_normal((6, 8))
    return middles[np.arange(600) % 6] + rng.standard_normal((600, 8)) * np.linspace(1, 0.3, 8)


@pytest.fixture(scope="session")
def near(clusters: Array) -> Neighbours:
    return neighbours(clusters, 15)


@pytest.fixture(scope="session")
def laid_out(clusters: Array, near: Neighbours) -> Umap:
    return umap(clusters, near, 2, seed=3)
