"""The table of arms; the entry-point group `pilotage.bench_arms` adds rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pilotage.bench.methods import PilotageConfig
from pilotage.bench.pictures.base import Arm
from pilotage.bench.pictures.sampled import NoUpdate, NoUpdateConfig, Steered
from pilotage.bench.pictures.unguided import BestOfSeeds, BestOfSeedsConfig, RandomLocal, RandomLocalConfig
from pilotage.core.strategies import Entry, StrategyTable
from pilotage.spaces import Region


def _begun_by(arm: Callable[[Any, Region, int], Arm]) -> Callable[[Any], Callable[[Region, int], Arm]]:
    return lambda config: partial(arm, config)


ARMS: StrategyTable[Callable[[Region, int], Arm]] = StrategyTable(
    "arm",
    "pilotage.bench_arms",
    {
        "pilotage": Entry(PilotageConfig, _begun_by(Steered)),
        "no_update": Entry(NoUpdateConfig, _begun_by(NoUpdate)),
        "best_of_seeds": Entry(BestOfSeedsConfig, _begun_by(BestOfSeeds)),
        "random_local": Entry(RandomLocalConfig, _begun_by(RandomLocal)),
    },
)
