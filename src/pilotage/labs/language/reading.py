"""Reading: what steering does to the probability of given answers. Nothing is drawn by chance here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilotage.core.progress import CancelToken
from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Sides
from pilotage.models.language.requests import Direction, Exchange, Message, Positions

if TYPE_CHECKING:
    from pilotage.models.language import LanguageModel

Setting = Mapping[str, float]  # pushes by direction


@dataclass(frozen=True, slots=True)
class Reader:
    """A model that reads answers while it is steered.

    Attributes:
        directions: what settings go along.
        positions: which tokens are steered.
        cancel: asked between settings.
    """

    model: LanguageModel
    directions: Mapping[str, Direction]
    positions: Positions = "answer"
    cancel: CancelToken | None = None

    def likelihoods(self, exchanges: Sequence[Exchange], settings: Sequence[Setting]) -> Array:
        """(S, n) mean log-probability of a token of each answer under each setting, nats."""
        rows = []
        for setting in settings:
            self._check()
            read = self.model.log_probs(exchanges, pushes=[setting] * len(exchanges), directions=self.directions,
                                        positions=self.positions)  # fmt: skip
            rows.append([float(tokens.mean(dtype=np.float64)) for tokens in read])
        return np.array(rows).reshape(len(settings), len(exchanges))

    def gaps(self, sides: Sides, settings: Sequence[Setting]) -> Gaps:
        """How much likelier positive answers are than negative ones, under each setting."""
        both = self.likelihoods((*sides.positive, *sides.negative), settings)
        n = len(sides.positive)
        return Gaps(both[:, :n], both[:, n:], sides.paired)

    def divergence(self, exchanges: Sequence[Exchange], settings: Sequence[Setting]) -> Array:
        """(S,) KL(unsteered || steered) of the next token, nats, over all tokens of the answers."""
        found = []
        for setting in settings:
            self._check()
            read = self.model.divergences(exchanges, pushes=[setting] * len(exchanges), directions=self.directions,
                                          positions=self.positions)  # fmt: skip
            found.append(float(np.concatenate(read).mean(dtype=np.float64)))
        return np.array(found)

    def _check(self) -> None:
        if self.cancel is not None:
            self.cancel.check()


@dataclass(frozen=True, slots=True)
class Gaps:
    """(S, n) and (S, m) mean log-probabilities a token of the answers of either pole, under S settings."""

    positive: Array
    negative: Array
    paired: bool

    @property
    def mean(self) -> Array:
        """(S,) nats a token by which positive answers are likelier."""
        return np.asarray(self.positive.mean(axis=1) - self.negative.mean(axis=1))

    def won(self, low: int, high: int) -> float | None:
        """The share of pairs whose gap is larger under setting `high` than under `low`; None without pairs."""
        if not self.paired:
            return None
        gap = self.positive - self.negative
        return float((gap[high] > gap[low]).mean())


def instructed(sides: Sides, instruction: str) -> Sides:
    """The same answers to the same prompts, after a system message that says how to answer."""
    told = Message(role="system", content=instruction)

    def after(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
        return tuple(Exchange((told, *one.messages), one.answer) for one in exchanges)

    return Sides(after(sides.positive), after(sides.negative), sides.paired)
