"""Short names of trials: from the terminal to configs, and back for a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilotage.bench.functions import FUNCTIONS
from pilotage.bench.methods import METHODS
from pilotage.bench.texts import yaml_mapping
from pilotage.bench.trials import Trial
from pilotage.core.strategies import StrategyTable
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS

OURS = "default"  # what a session is started with
CASES: Mapping[str, Mapping[str, Any]] = {
    "hartmann6": {"kind": "hartmann6"},
    "bowl8": {"kind": "bowl", "dim": 8, "active": 8, "condition": 100.0},
    "ackley5": {"kind": "ackley", "dim": 5},
    "bowl16": {"kind": "bowl", "dim": 16, "active": 4, "condition": 10.0},
    "bowl32": {"kind": "bowl", "dim": 32, "active": 4, "condition": 10.0},
    "centres": {"kind": "centres"},
}


def method_named(name: str) -> dict[str, Any]:
    """The complete config of a method as the command line has it.

    Raises:
        InvalidInputError: unknown, or with a setting that is.
    """
    sampler, plus, model = name.partition("+")
    if name.startswith("{"):
        value: Any = yaml_mapping(name)
    elif name == OURS:
        value = "pilotage"
    else:
        value = {"kind": "pilotage", "sampler": sampler, "preference_model": model} if plus else name
    return METHODS.parse(value).model_dump(mode="json")


def case_named(name: str) -> dict[str, Any]:
    """The complete config of a test function: one of `CASES`, a kind, or a YAML mapping.

    Raises:
        InvalidInputError: unknown, or with a setting that is.
    """
    value = yaml_mapping(name) if name.startswith("{") else CASES.get(name, name)
    return FUNCTIONS.parse(value).model_dump(mode="json")


def names_of(trial: Trial) -> tuple[str, str]:
    """(case with its answers, method): what differs from the defaults is said."""
    case = next((name for name in CASES if case_named(name) == trial.function), told(FUNCTIONS, trial.function))
    plain = Trial(function=trial.function, method=trial.method)
    more = [
        f"{key} {getattr(trial, key)}"
        for key in ("region", "ties", "lapse")
        if getattr(trial, key) != getattr(plain, key)
    ]
    return ", ".join([f"{case} {trial.answers}", *more]), told_method(trial.method)


def told_method(config: Mapping[str, Any]) -> str:
    """A method in short: `default`, SAMPLER+MODEL, or its kind, with the settings that are its own."""
    if config == method_named(OURS):
        return OURS
    if config["kind"] != "pilotage":
        return told(METHODS, config)
    return f"{told(SAMPLERS, config['sampler'])}+{told(PREFERENCE_MODELS, config['preference_model'])}"


def told(table: StrategyTable[Any], config: Mapping[str, Any]) -> str:
    """A strategy in short: its kind, and the settings that are not the kind's own."""
    plain = table.parse(config["kind"]).model_dump(mode="json")
    changed = [f"{key}={value}" for key, value in config.items() if value != plain.get(key)]
    return config["kind"] + (f"({', '.join(changed)})" if changed else "")
