"""Reading: what steering does to the probability of given answers. Nothing is drawn by chance here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pilotage.core.progress import CancelToken
from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Sides
from pilotage.models.language.requests import Direction, Exchange, Message, Positions

if TYPE_CHECKING:
    from pilotage.models.language import LanguageModel

Setting = Mapping[str, float]  # pushes by direction
Tokens = NDArray[np.float32]
_TOGETHER = 8  # settings in one call; between calls somebody may stop it


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
        read = self._in_turns(self.model.log_probs, exchanges, settings)
        return np.array([[float(tokens.mean(dtype=np.float64)) for tokens in row] for row in read]).reshape(
            len(settings), len(exchanges)
        )

    def gaps(self, sides: Sides, settings: Sequence[Setting]) -> Gaps:
        """How much likelier positive answers are than negative ones, under each setting."""
        both = self.likelihoods((*sides.positive, *sides.negative), settings)
        n = len(sides.positive)
        return Gaps(both[:, :n], both[:, n:], sides.paired)

    def divergence(self, exchanges: Sequence[Exchange], settings: Sequence[Setting]) -> Array:
        """(S,) KL(unsteered || steered) of the next token, nats, over all tokens of the answers."""
        read = self._in_turns(self.model.divergences, exchanges, settings)
        return np.array([float(np.concatenate(row).mean(dtype=np.float64)) for row in read])

    def _in_turns(
        self, read: Callable[..., list[Tokens]], exchanges: Sequence[Exchange], settings: Sequence[Setting]
    ) -> list[list[Tokens]]:
        """What `read` finds under each setting: some at a time, since prompts are read once a call."""
        found: list[list[Tokens]] = []
        for begin in range(0, len(settings), _TOGETHER):
            if self.cancel is not None:
                self.cancel.check()
            some = settings[begin : begin + _TOGETHER]
            pushes = [setting for setting in some for _ in exchanges]
            rows = read([*exchanges] * len(some), pushes=pushes, directions=self.directions, positions=self.positions)
            found += [rows[first : first + len(exchanges)] for first in range(0, len(rows), len(exchanges))]
        return found


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
