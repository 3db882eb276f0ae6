"""Names of arms: from the terminal to configs, and back for a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilotage.bench.names import OURS, method_named, told, told_method
from pilotage.bench.pictures.arms import ARMS
from pilotage.bench.texts import yaml_mapping

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


def arm_named(name: str) -> dict[str, Any]:
    """The complete config of an arm: one of `NAMED`, SAMPLER+MODEL, or a YAML mapping with its `kind`.

    Raises:
        InvalidInputError: unknown, or with a setting that is.
    """
    value = NAMED[name] if name in NAMED else yaml_mapping(name) if name.startswith("{") else method_named(name)
    return ARMS.parse(value).model_dump(mode="json")


def name_of_arm(config: Mapping[str, Any]) -> str:
    """The name that `arm_named` understands, or at least one that tells it."""
    known = next((name for name in NAMED if arm_named(name) == config), None)
    return known or (told_method(config) if config["kind"] == "pilotage" else told(ARMS, config))
