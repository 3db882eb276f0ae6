"""Outcomes on disk: one file a trial, one line a seed, so that a run which was stopped goes on."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pilotage.core.hashing import digest


class Seeded(Protocol):
    """An outcome: a dataclass that says of which seed it is."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def seed(self) -> int:
        """The seed."""


T = TypeVar("T", bound=BaseModel)
Out = TypeVar("Out", bound=Seeded)


class Ledger(ABC, Generic[T, Out]):
    """A folder of outcomes. A file's name holds the trial's digest, and that of the code which ran it."""

    trial: ClassVar[type[Any]]
    outcome: ClassVar[TypeAdapter[Any]]

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @abstractmethod
    def name_of(self, trial: T) -> str:
        """What a trial's file begins with."""

    @abstractmethod
    def code_of(self, trial: T) -> str:
        """The digest of what an outcome depends on besides the trial and the seed."""

    def read(self, trial: T) -> dict[int, Out]:
        """Seed -> outcome of what this very code has run; a line cut off by a crash does not count."""
        path = self._path(trial)
        return {outcome.seed: outcome for outcome in self._outcomes(path)} if path.exists() else {}

    def add(self, trial: T, outcome: Out) -> None:
        """Keep one seed's outcome. One process writes."""
        path = self._path(trial)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            if file.tell() == 0:
                file.write(_line({"trial": trial.model_dump(mode="json")}))
            file.write(_line(asdict(outcome)))

    def trials(self) -> list[tuple[T, list[Out]]]:
        """Every trial in the folder with its outcomes, by the code that ran last; other forms are left out."""
        newest: dict[str, tuple[T, list[Out]]] = {}
        for path in sorted(self._folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime):
            try:
                trial, outcomes = self.trial.model_validate(_lines(path)[0]["trial"]), self._outcomes(path)
            except (ValidationError, LookupError):
                continue
            newest[trial.model_dump_json()] = (trial, sorted(outcomes, key=lambda outcome: outcome.seed))
        return [pair for pair in newest.values() if pair[1]]

    def _path(self, trial: T) -> Path:
        key = digest({"trial": trial.model_dump(mode="json"), "code": self.code_of(trial)})
        return self._folder / f"{self.name_of(trial)}-{key[:16]}.jsonl"

    def _outcomes(self, path: Path) -> list[Out]:
        return [self.outcome.validate_python(value) for value in _lines(path) if "seed" in value]


def _line(value: object) -> bytes:
    return b"\n" + json.dumps(value).encode()  # first the end of a line: one that a crash cut off stays alone


def _lines(path: Path) -> list[dict[str, Any]]:
    """Those that can be read."""
    values = []
    for line in path.read_text().splitlines():
        try:
            values.append(json.loads(line))
        except ValueError:
            continue
    return values
