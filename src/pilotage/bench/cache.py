"""Outcomes of `preferences` on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter

import pilotage
from pilotage.bench.functions import FUNCTIONS
from pilotage.bench.ledger import Ledger
from pilotage.bench.methods import METHODS
from pilotage.bench.sources import digests, folder_of
from pilotage.bench.trials import Outcome, Trial
from pilotage.core.hashing import digest
from pilotage.core.versions import installed
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS

_COMMON = ("base", "functions", "problems", "trials")  # modules of this room that decide every outcome
_OF_METHOD = {
    "pilotage": ("methods",),
    "sobol": ("methods", "rivalry"),
    "botorch": ("packaged", "rivalry"),
    "optuna": ("packaged", "rivalry"),
}
_OF_RIVAL = ("rivals", "rivalry")
_ENGINE = ("elicitation", "preferences", "samplers", "spaces")
_PACKAGES = {
    "pilotage": ("numpy", "scipy"),
    "sobol": ("numpy", "scipy"),
    "botorch": ("numpy", "botorch", "gpytorch", "torch"),
    "optuna": ("numpy", "optuna", "optuna-dashboard", "botorch", "torch"),
}
_OF_MODEL = {"pairwise_gp": ("botorch", "gpytorch", "torch"), "item_level": ("choix",)}  # what else they believe by


class Cache(Ledger[Trial, Outcome]):
    """A folder of outcomes."""

    trial: ClassVar[type[Any]] = Trial
    outcome: ClassVar[TypeAdapter[Any]] = TypeAdapter(Outcome)

    def name_of(self, trial: Trial) -> str:
        """Function, answers and method."""
        return f"{trial.function['kind']}-{trial.answers}-{trial.method['kind']}"

    def code_of(self, trial: Trial) -> str:
        """As `code_of`."""
        return code_of(trial)


def code_of(trial: Trial) -> str:
    """The digest of what a trial's outcome depends on besides its config: sources of ours and of plug-ins, versions."""
    rooms, kind = Path(pilotage.__file__).parent, trial.method["kind"]
    modules = (*_COMMON, *_OF_METHOD.get(kind, _OF_RIVAL))
    sources = [*(rooms / "bench" / f"{name}.py" for name in modules), rooms / "simulation"]
    classes = [METHODS.entries()[kind].config, FUNCTIONS.entries()[trial.function["kind"]].config]
    if kind == "botorch":
        sources += [rooms / "preferences" / "adapters"]
    if kind in ("pilotage", "sobol"):  # sobol hands over by our belief
        sources += [rooms / room for room in _ENGINE]
    if kind == "pilotage":
        classes += [table.entries()[trial.method[key]["kind"]].config
                    for key, table in (("sampler", SAMPLERS), ("preference_model", PREFERENCE_MODELS))]  # fmt: skip
    packages = sorted({config.__module__.partition(".")[0] for config in classes} - {"pilotage"})
    model = trial.method.get("preference_model", {}).get("kind")
    versions = installed((*_PACKAGES.get(kind, ("numpy", "scipy", "cmaes")), *_OF_MODEL.get(model, ())))
    return digest([versions, *digests((*sources, *map(folder_of, packages)))])
