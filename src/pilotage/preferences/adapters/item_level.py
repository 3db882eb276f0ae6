"""Luce's model of items, by choix, as a preference model: what was shown has a worth, and nothing else is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from pilotage.core.shapes import Array
from pilotage.core.versions import require
from pilotage.elicitation import Judgement
from pilotage.preferences.adapters.laplace import LaplaceBelief, removed
from pilotage.preferences.adapters.readings import Pick, read
from pilotage.preferences.base import PreferenceModel, PreferenceModelConfig
from pilotage.preferences.mixture import MixturePosterior
from pilotage.spaces import Region

N_POOL = 128
TOLERANCE = 1e-10


class ItemLevelConfig(PreferenceModelConfig):
    """Worths of the places shown, each for itself: it learns which was best, and nothing of new ones; needs choix."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"tier": "baseline"})

    kind: Literal["item_level"] = "item_level"
    spread: float = Field(2.0, gt=0, le=100, description="Sd of a place's utility before any answer, in noise units.")


@dataclass(frozen=True, slots=True)
class Apart:
    """`variance` of a place with itself, 0 with any other."""

    variance: float

    def __call__(self, u: Array, v: Array) -> Array:
        """(n, m) covariance at (n, d) and (m, d) places."""
        return self.variance * (u[:, None] == v).all(axis=2)


class ItemLevel(PreferenceModel):
    """Source: Luce 1959 with a Gaussian prior, by `choix.opt_top1`; what is just acceptable is an item of its own."""

    def __init__(self, config: ItemLevelConfig) -> None:
        """Of a config.

        Raises:
            ModelUnavailableError: choix is not installed.
        """
        require("choix", extra="bench", field="preference_model")
        self.config = config

    def fold(self, region: Region, judgements: Sequence[Judgement]) -> MixturePosterior:
        """The posterior after `judgements`, oldest first; with none, the prior.

        Raises:
            ShapeError: an item's coordinates do not have the region's dimension.
        """
        import choix  # noqa: PLC0415

        reading, variance = read(judgements, region.dim), self.config.spread**2
        n, picks = 1 + len(reading.places), [pick for one in reading.picks for pick in one]
        worth = choix.opt_top1(n, picks, alpha=0.5 / variance, tol=TOLERANCE) if picks else np.zeros(n)
        shares = np.array([-_slopes(one).gradient(worth) for one in reading.picks]).reshape(-1, n)
        gone = removed(variance * np.eye(n), _slopes(picks).hessian(worth))
        pool = reading.places if len(reading.places) else region.sobol(N_POOL, rng=np.random.default_rng(0))
        belief = LaplaceBelief(
            Apart(variance), reading.places, shares[:, 1:], gone[1:, 1:], pool, 2.0 * self.config.spread
        )
        return MixturePosterior(region, reading.reference, (belief,), np.ones(1))


def _slopes(picks: Sequence[Pick]) -> Any:
    """The negative log-likelihood of picks, without the prior, as choix differentiates it."""
    from choix.opt import Top1Fcts  # noqa: PLC0415

    return Top1Fcts(list(picks), 0.0)
