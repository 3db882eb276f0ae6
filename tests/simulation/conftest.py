"""Judges over things whose utilities are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from pilotage.core.shapes import Array
from pilotage.elicitation import Item
from pilotage.simulation import Judge, JudgeConfig, NoiseConfig, Query, Taste, Thing


class Given(Taste):
    """Utility by sample."""

    def __init__(self, worth: Mapping[str, float]) -> None:
        self.worth = worth

    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        return np.array([self.worth[thing.item.sample] for thing in things])


@pytest.fixture
def judge() -> Callable[..., Judge]:
    """A judge who finds each sample worth what is said, and errs as said."""

    def make(worth: Mapping[str, float], seed: int = 0, **noise: float) -> Judge:
        config = JudgeConfig(taste={"kind": "point", "target": (0.0,)}, noise=NoiseConfig(**noise))
        return Judge(config, seed, taste=Given(worth))

    return make


@pytest.fixture
def query() -> Callable[..., Query]:
    """A query about samples by their names."""

    def make(*samples: str, **asked: object) -> Query:
        return Query(tuple(Thing(Item(name, name, (0.0,))) for name in samples), **asked)

    return make
