"""Ways to find a person's doses, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pilotage.bench.profiles_knowing import Knowing
from pilotage.bench.profiles_people import AXES, NEUTRAL, UNSURE, Person, PersonConfig
from pilotage.bench.profiles_steerlab import DiagonalBisection, Multiplying
from pilotage.labs.language.profiles import Profile, next_doses, next_question

PROMPTS = ("a", "b", "c", "d", "e")


class Finder(Protocol):
    """Asks or watches one person, a turn at a time; `sd` is how sure the doses are, empty where it cannot tell."""

    @property
    def sd(self) -> Mapping[str, float]:
        """Of each axis."""

    def turn(self, person: Person, turn: int) -> None:
        """One question, or one answer and what is done with it; `turn` counts from 0."""

    def doses(self) -> Mapping[str, float]:
        """What is found so far."""


class Nothing:
    """Never learns."""

    sd = UNSURE

    def turn(self, person: Person, turn: int) -> None:
        """Nothing happens."""

    def doses(self) -> Mapping[str, float]:
        """Unsteered."""
        return NEUTRAL


class _Ours:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.profile = Profile(id=f"person{seed}", axes=AXES).record({"kind": "consent", "given": True})
        self.belief = self.profile.belief(AXES)

    def hear(self, event: Mapping[str, Any]) -> None:
        """The next revision, and what is believed then."""
        self.profile = self.profile.record(event)
        self.belief = self.profile.belief(AXES)

    def doses(self) -> Mapping[str, float]:
        """What is believed best."""
        return {**NEUTRAL, **self.profile.doses(self.belief)}

    @property
    def sd(self) -> Mapping[str, float]:
        """As believed."""
        return self.belief.sd


class Calibrate(_Ours):
    """One pair a turn."""

    def turn(self, person: Person, turn: int) -> None:
        """Asks the pair that tells most; about equal cannot be said."""
        asked = next_question(self.profile, PROMPTS, axes=AXES, seed=self.seed, belief=self.belief)
        best = person.best(asked.options, turn)
        self.hear({"kind": "compared", "options": asked.options, "best": best, "ties_offered": False})


class Learn(_Ours):
    """One answer a turn."""

    def turn(self, person: Person, turn: int) -> None:
        """Answers near the profile, and hears what is done with it."""
        doses = next_doses(self.profile, axes=AXES, seed=self.seed, belief=self.belief)
        signal = person.act(doses, turn)
        if signal is not None:
            self.hear(signal)


METHODS: Mapping[str, Callable[[PersonConfig, int], Finder]] = {
    "calibrate": lambda _, seed: Calibrate(seed),
    "learn": lambda _, seed: Learn(seed),
    "knowing": Knowing,
    "steerlab_calibrate": lambda *_: DiagonalBisection(),
    "steerlab_learn": lambda *_: Multiplying(),
    "nothing": lambda *_: Nothing(),
}
