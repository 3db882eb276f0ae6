"""One person's search for their doses, by one method; and a folder of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

import pilotage
from pilotage.bench.ledger import Ledger
from pilotage.bench.profiles_methods import METHODS
from pilotage.bench.profiles_people import AXES, Person, PersonConfig
from pilotage.bench.sources import digests
from pilotage.core.threads import one_blas_thread


class ProfileTrial(BaseModel):
    """One way to find doses, with one kind of people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: PersonConfig = PersonConfig()
    method: Literal["calibrate", "learn", "knowing", "steerlab_calibrate", "steerlab_learn", "nothing"]
    turns: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one person's search came to.

    Attributes:
        target: the ideal doses.
        doses: after each turn, an axis each.
        sd: how sure these were; () where the method cannot tell.
    """

    seed: int
    target: tuple[float, ...]
    doses: tuple[tuple[float, ...], ...]
    sd: tuple[tuple[float, ...], ...] = ()


class Finds(Ledger[ProfileTrial, Found]):
    """A folder of searches."""

    trial: ClassVar[type[Any]] = ProfileTrial
    outcome: ClassVar[TypeAdapter[Any]] = TypeAdapter(Found)

    def name_of(self, trial: ProfileTrial) -> str:
        """By method."""
        return f"profiles-{trial.method}"

    def code_of(self, trial: ProfileTrial) -> str:
        """Of the rooms that a belief depends on, and of these modules."""
        root = Path(pilotage.__file__).parent
        rooms = (root / room for room in ("elicitation", "preferences", "spaces", "labs/language/profiles"))
        return "".join(digests((*sorted(Path(__file__).parent.glob("profiles*.py")), *rooms)))


def find(trial: ProfileTrial, seed: int) -> Found:
    """One person's search; the same person meets every method."""
    with one_blas_thread():
        person, finder = Person(trial.person, seed), METHODS[trial.method](trial.person, seed)
        doses, sds = [], []
        for turn in range(trial.turns):
            finder.turn(person, turn)
            doses.append(_listed(finder.doses()))
            sds.append(_listed(finder.sd))
        return Found(seed, tuple(map(float, person.target)), tuple(doses), tuple(sd for sd in sds if sd))


def _listed(values: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(float(values[axis]) for axis in AXES if values)
