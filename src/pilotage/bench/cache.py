"""Outcomes of trials on disk: one file a trial, one line a seed, so that a run which was stopped goes on."""

from __future__ import annotations

import ast
import importlib.util
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

import pilotage
from pilotage.bench.functions import FUNCTIONS
from pilotage.bench.methods import METHODS
from pilotage.bench.trials import Outcome, Trial
from pilotage.core.hashing import digest, sha256_hex
from pilotage.core.versions import installed
from pilotage.preferences import PREFERENCE_MODELS
from pilotage.samplers import SAMPLERS

_OUTCOME = TypeAdapter(Outcome)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_COMMON = ("base", "functions", "problems", "trials")  # modules of this room that decide every outcome
_OF_METHOD = {"pilotage": ("methods",), "botorch": ("packaged", "rivalry"), "optuna": ("packaged", "rivalry")}
_OF_RIVAL = ("rivals", "rivalry")
_ENGINE = ("elicitation", "preferences", "samplers", "spaces")
_PACKAGES = {
    "pilotage": ("numpy", "scipy"),
    "botorch": ("numpy", "botorch", "gpytorch", "torch"),
    "optuna": ("numpy", "optuna", "optuna-dashboard", "botorch", "torch"),
}


class Cache:
    """A folder of outcomes. A file's name holds the trial's digest, and that of the code which ran it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, trial: Trial) -> dict[int, Outcome]:
        """Seed -> outcome of what this very code has run; a line cut off by a crash does not count."""
        path = self._path(trial)
        if not path.exists():
            return {}
        return {outcome.seed: outcome for outcome in _outcomes(path)}

    def add(self, trial: Trial, outcome: Outcome) -> None:
        """Keep one seed's outcome. One process writes."""
        path = self._path(trial)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            if file.tell() == 0:
                file.write(_line({"trial": trial.model_dump(mode="json")}))
            file.write(_line(asdict(outcome)))

    def trials(self) -> list[tuple[Trial, list[Outcome]]]:
        """Every trial in the folder with its outcomes, by the code that ran last; older forms are left out."""
        newest: dict[str, tuple[Trial, list[Outcome]]] = {}
        for path in sorted(self._folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime):
            try:
                trial, outcomes = Trial.model_validate(_lines(path)[0]["trial"]), _outcomes(path)
            except (ValidationError, LookupError):
                continue
            newest[trial.model_dump_json()] = (trial, sorted(outcomes, key=lambda outcome: outcome.seed))
        return [pair for pair in newest.values() if pair[1]]

    def _path(self, trial: Trial) -> Path:
        name = f"{trial.function['kind']}-{trial.answers}-{trial.method['kind']}"
        key = digest({"trial": trial.model_dump(mode="json"), "code": code_of(trial)})
        return self._folder / f"{name}-{key[:16]}.jsonl"


def code_of(trial: Trial) -> str:
    """The digest of what a trial's outcome depends on besides its config: sources of ours and of plug-ins, versions."""
    rooms, kind = Path(pilotage.__file__).parent, trial.method["kind"]
    modules = (*_COMMON, *_OF_METHOD.get(kind, _OF_RIVAL))
    sources = [*(rooms / "bench" / f"{name}.py" for name in modules), rooms / "simulation"]
    classes = [METHODS.entries()[kind].config, FUNCTIONS.entries()[trial.function["kind"]].config]
    if kind == "pilotage":
        sources += [rooms / room for room in _ENGINE]
        classes += [table.entries()[trial.method[key]["kind"]].config
                    for key, table in (("sampler", SAMPLERS), ("preference_model", PREFERENCE_MODELS))]  # fmt: skip
    packages = sorted({config.__module__.partition(".")[0] for config in classes} - {"pilotage"})
    versions = installed(_PACKAGES.get(kind, ("numpy", "scipy", "cmaes")))
    return digest([versions, *_digests((*sources, *map(_folder_of, packages)))])


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    origin = Path((spec.origin if spec else None) or package)
    return origin.parent if origin.name == "__init__.py" else origin


@lru_cache(maxsize=64)  # a command reads its sources once
def _digests(sources: tuple[Path, ...]) -> list[str]:
    files = [file for source in sources for file in (sorted(source.rglob("*.py")) if source.is_dir() else [source])]
    return [sha256_hex(_meaning(file.read_text()).encode()) for file in files]


def _meaning(source: str) -> str:
    """What a module does: comments, layout and docstrings aside."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def _line(value: object) -> bytes:
    return b"\n" + json.dumps(value).encode()  # first the end of a line: one that a crash cut off stays alone


def _outcomes(path: Path) -> list[Outcome]:
    return [_OUTCOME.validate_python(value) for value in _lines(path) if "seed" in value]


def _lines(path: Path) -> list[dict[str, Any]]:
    """Those that can be read."""
    values = []
    for line in path.read_text().splitlines():
        try:
            values.append(json.loads(line))
        except ValueError:
            continue
    return values
