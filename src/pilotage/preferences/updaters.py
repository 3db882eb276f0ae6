"""StableSteering's twelve updaters as preference models, to compare against: a running state instead of a belief.

Source: StableSteering (2026); the formulas stand in `pilotage.preferences.formulas`.
Differs: the state is stated as a belief about an ideal point with a fixed spread, so that any sampler can use it;
    lengths are divided by its trust radius, so that its ball about the origin is the unit ball; all rows are
    clipped to the region (there, three are not); an answer that chooses nothing leaves the state where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from pydantic import ConfigDict, Field

from pilotage.core.shapes import Array, require_vector
from pilotage.core.strategies import Entry, config_of_kind
from pilotage.elicitation import Judgement
from pilotage.preferences.base import PreferenceModel, PreferenceModelConfig
from pilotage.preferences.beliefs import Belief
from pilotage.preferences.formulas import FORMULAS, Formula, read
from pilotage.preferences.mixture import MixturePosterior
from pilotage.spaces import Region


class UpdaterConfig(PreferenceModelConfig):
    """A running state that each answer moves by a fixed formula."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"tier": "baseline"})

    trust_radius: float = Field(0.55, gt=0, le=1, description="What the formula's lengths are divided by.")
    sharpness: float = Field(16.0, gt=0, description="Twice the utility lost at distance 1 from the ideal.")
    spread: float = Field(0.3, gt=0, le=2, description="How far the ideal may lie from there, per coordinate.")


class WinnerAverageConfig(UpdaterConfig, frozen=True):
    """A running average of the places that were chosen; simple, with one fixed spread."""

    kind: Literal["winner_average"] = "winner_average"
    step: float = Field(0.5, gt=0, le=1, description="Share of the way to the chosen place, per answer.")


@dataclass(frozen=True, slots=True)
class IdealPointBelief(Belief):
    """`f(u) = c (a.u - |u|^2 / 2)` with the ideal a about N(centre, spread^2 I).

    Attributes:
        moves: (n_judgements, d) how far each judgement moved the centre; they sum to it.
        sharpness: c.
        spread: sd of the ideal, per coordinate.
    """

    moves: Array
    sharpness: float
    spread: float

    @property
    def centre(self) -> Array:
        """(d,) where the ideal is thought to lie."""
        return self.moves.sum(axis=0)

    def mean_cov(self, u: Array) -> tuple[Array, Array]:
        """Exact: f is linear in the ideal point."""
        mean = self.sharpness * (u @ self.centre - 0.5 * (u * u).sum(axis=1))
        return mean, (self.sharpness * self.spread) ** 2 * (u @ u.T)

    def explain(self, u: Array) -> Array:
        """Exact: the mean is linear in the moves."""
        return self.sharpness * (self.moves @ u.T)

    def ideal(self) -> tuple[Array, Array]:
        """The state itself."""
        return self.centre, self.spread**2 * np.eye(self.moves.shape[1])


class Updater(PreferenceModel):
    """Folds one formula over the answers; all that is remembered is the state."""

    def __init__(self, config: UpdaterConfig, formula: Formula) -> None:
        self.config, self.formula = config, formula

    def fold(self, region: Region, judgements: Sequence[Judgement]) -> MixturePosterior:
        """The belief about the state after all answers."""
        state, best, moves = np.zeros(region.dim), None, np.zeros((len(judgements), region.dim))
        for index, judgement in enumerate(judgements):
            for item in judgement.items:
                require_vector(item.candidate, item.u, region.dim)
            evidence = read(judgement, best.sample if best else None)
            if evidence is not None:
                best = judgement.items[evidence.winner]
                places = np.array([item.u for item in judgement.items], dtype=np.float64)
                radius = self.config.trust_radius
                moved = self.formula.move(radius * state, radius * places, evidence).round(6) / radius
                moved = region.clip(moved[None])[0]
                moves[index], state = moved - state, moved
        reference = np.zeros(region.dim) if best is None else np.array(best.u, dtype=np.float64)
        belief = IdealPointBelief(moves, self.config.sharpness, self.config.spread)
        return MixturePosterior(region, reference, (belief,), np.ones(1))


def winner_average(config: WinnerAverageConfig) -> Updater:
    """The one row whose share of the way can be set."""
    return Updater(config, replace(FORMULAS["winner_average"], winner=config.step))


def _entry(kind: str, formula: Formula) -> Entry[PreferenceModel]:
    if kind == "winner_average":
        return Entry(WinnerAverageConfig, winner_average)
    summary = f"{formula.summary} {formula.fault}".strip()
    return Entry(config_of_kind(UpdaterConfig, kind, summary), partial(Updater, formula=formula))


UPDATERS: Mapping[str, Entry[PreferenceModel]] = {kind: _entry(kind, formula) for kind, formula in FORMULAS.items()}
