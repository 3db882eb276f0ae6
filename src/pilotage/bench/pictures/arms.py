"""The arms that are compared, and their names in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pilotage.bench.methods import PilotageConfig
from pilotage.bench.names import OURS, method_named, yaml_mapping
from pilotage.bench.pictures.base import Arm
from pilotage.bench.pictures.sampled import NoUpdate, NoUpdateConfig, Steered
from pilotage.bench.pictures.unguided import BestOfSeeds, BestOfSeedsConfig, RandomLocal, RandomLocalConfig
from pilotage.core.strategies import Entry, StrategyTable
from pilotage.spaces import Region

NO_UPDATE, EVENLY, BEST_OF_SEEDS = "no_update", "no_update over the region", "best_of_seeds"
NAMED: Mapping[str, Any] = {
    OURS: "pilotage",
    NO_UPDATE: "no_update",
    EVENLY: {"kind": "no_update", "sampler": "sobol"},
    BEST_OF_SEEDS: "best_of_seeds",
    "random_local": "random_local",
    "exploit_orthogonal+winner_average": method_named("exploit_orthogonal+winner_average"),
    "incumbent_mix+softmax_preference": method_named("incumbent_mix+softmax_preference"),
}  # (the last two: the predecessor's default, and its best)


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


def arm_named(name: str) -> dict[str, Any]:
    """The complete config of an arm: one of `NAMED`, SAMPLER+MODEL, or a YAML mapping with its `kind`.

    Raises:
        InvalidInputError: unknown, or with a setting that is.
    """
    value = NAMED[name] if name in NAMED else yaml_mapping(name) if name.startswith("{") else method_named(name)
    return ARMS.parse(value).model_dump(mode="json")
