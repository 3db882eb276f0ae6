"""The contract of preference models: `fold(region, judgements) -> Posterior`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.elicitation import Judgement
from pilotage.spaces import Region


class PreferenceModelConfig(StrategyConfig, frozen=True):
    """Base of every preference model's config."""


class Posterior(ABC):
    """What is believed about utility. A frozen value: the same judgements give the same bytes.

    Utilities are in units of choice noise (a gap of 1.0 is a 73 % choice) and relative to the
    incumbent, whose own utility is 0 with sd 0; before there is one, relative to u = 0.
    Points are unit coordinates (n, d).

    Attributes:
        foresight: nats by which the answers so far, each forecast from those before it, were better forecast than by
            even guesses; None where the model cannot tell.
    """

    foresight: float | None = None

    @abstractmethod
    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """(n,) means and (n, n) covariance of the utility at `u` relative to the incumbent."""

    @abstractmethod
    def draw(self, u: Array, n: int, *, rng: np.random.Generator) -> Array:
        """(n, len(u)) joint draws: each row is one plausible judge's utilities, relative to the incumbent."""

    @abstractmethod
    def p_best(self, u: Array) -> Array:
        """(n,) the probability that a person picks each of the shown `u`; sums to 1."""

    @abstractmethod
    def p_beats_incumbent(self, u: Array) -> Array:
        """(n,) the probability that each is picked over the incumbent, choice noise included."""

    @abstractmethod
    def p_event(self, judgement: Judgement) -> float:
        """The probability, before it was given, of all that `judgement` says of its items, slips included.

        Raises:
            ShapeError: an item's coordinates do not have the region's dimension.
        """

    @abstractmethod
    def explain(self, u: Array) -> Array:
        """(n_judgements, n) how much each judgement raises the mean utility at `u`.

        They sum to the mean less what it would be if nothing had been said, hyperparameters left as they are now.
        """

    @abstractmethod
    def ideal(self) -> tuple[Array, Array]:
        """(d,) mean and (d, d) covariance of where the person's ideal lies; it may lie outside the region."""

    @abstractmethod
    def expected_regret(self) -> float:
        """How much utility the best point of the region is expected to have over the incumbent, >= 0."""


class PreferenceModel(ABC):
    """Turns judgements into a posterior. Pure: no clock, no global random state, no disk."""

    @abstractmethod
    def fold(self, region: Region, judgements: Sequence[Judgement]) -> Posterior:
        """The posterior after `judgements`, oldest first; with none, the prior.

        Raises:
            ShapeError: an item's coordinates do not have the region's dimension.
        """
