"""Judgements: an answer together with what it was given about; the fold's only input."""

from __future__ import annotations

from dataclasses import dataclass

from pilotage.elicitation.answers import Answer
from pilotage.elicitation.critiques import Critique


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that was judged: `sample` names the picture (a carried incumbent keeps its sample), `u` its place."""

    candidate: str
    sample: str
    u: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answered query.

    Attributes:
        items: what was shown, in the order of the slots.
        answer: what was said.
        confidence: 1 (a guess), 2, or 3 (certain); None if the person did not say.
        critiques: tags on single candidates.
        ties_offered: whether "about equal" could have been said: then a strict pick is evidence against it.
        temperature: how many times as noisy as usual all of it is, > 0: what is old or was only noticed counts less.
    """

    items: tuple[Item, ...]
    answer: Answer
    confidence: int | None = None
    critiques: tuple[Critique, ...] = ()
    ties_offered: bool = False
    temperature: float = 1.0

    @property
    def shown(self) -> tuple[str, ...]:
        """The candidates, in the order of their slots."""
        return tuple(item.candidate for item in self.items)

    def sample_of(self, candidate: str) -> Item:
        """The item of a candidate id."""
        return next(item for item in self.items if item.candidate == candidate)
