"""What a simulated judge is asked, and the contract of its taste."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.elicitation import Item

Objective = Literal["converge", "neighbourhood", "multi-centre"]


@dataclass(frozen=True, slots=True)
class Thing:
    """One item as a judge sees it.

    Attributes:
        item: candidate, sample and place.
        features: what is measured of its picture, by the features' names; empty without a picture.
        embedding: its picture in the space that texts are embedded in; empty where that is unknown.
    """

    item: Item
    features: Mapping[str, float] = field(default_factory=dict)
    embedding: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked.

    Attributes:
        things: in the order of their slots; two for `pairwise`.
        kind: of the answer that is asked for, one of elicitation's.
        index: position of the query in the log, from 0.
        incumbent: the sample that is the favourite so far; `versus` is about it, and it must be among the things.
        depth: how many places a ranking asks for; None for all of them.
        ties_offered: whether "about equal" can be said.
    """

    things: tuple[Thing, ...]
    kind: str = "ranking"
    index: int = 0
    incumbent: str | None = None
    depth: int | None = None
    ties_offered: bool = False


class TasteConfig(StrategyConfig, frozen=True):
    """Base of every taste's config."""

    version: Literal[1] = 1

    @property
    def objective(self) -> Objective:
        """What a session of such a judge is after: one place, anywhere about it, or several."""
        return "converge"


class Taste(ABC):
    """What is liked. Pure."""

    @abstractmethod
    def utility(self, things: Sequence[Thing], kept: Sequence[Thing]) -> Array:
        """(n,) how much each thing is liked, beside those that were kept before.

        Raises:
            InvalidInputError: the things lack what the taste looks at.
        """

    def wishes(self, thing: Thing) -> Mapping[str, float]:
        """Feature -> how much utility a small step up of it is worth, per unit; empty where none is looked at."""
        return {}
