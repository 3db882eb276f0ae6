"""Calibration: dose 1 is as far as an axis can be pushed within a budget of damage, either way on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.cards import Damage, Reach
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import CALIBRATION
from pilotage.labs.language.speaking import speak
from pilotage.labs.language.study import Study
from pilotage.spaces.monotone import rising

STRENGTHS = (0.04, 0.08, 0.12, 0.16, 0.2, 0.26, 0.34, 0.45)  # of the layer's median residual norm
Limit = Literal["perplexity", "kl", "distinct"]


class Budget(BaseModel):
    """What dose 1 may cost at most."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    perplexity: float = Field(2.0, gt=1, description="Of steered texts under the unsteered model, over unsteered ones.")
    kl: float = Field(2.0, gt=0, description="Divergence of the next token on everyday answers, nats.")
    distinct: float = Field(0.8, gt=0, lt=1, description="Distinct-2 of steered texts over that of unsteered ones.")


@dataclass(frozen=True, slots=True)
class Course:
    """What was measured going one way along an axis.

    Attributes:
        strengths: (k,) rising, above 0.
        effects: (k,) nats a token from strength 0, counted in this direction.
        perplexity: (k,) ratio to unsteered texts; `doubt` the standard error of its logarithm.
        kl: (k,) nats a token.
        distinct: (k,) ratio to unsteered texts.
    """

    strengths: Array
    effects: Array
    perplexity: Array
    doubt: Array
    kl: Array
    distinct: Array

    def reach(self, budget: Budget) -> Reach:
        """Up to where the budget holds, and no farther than the effect grows.

        Damage is made to rise with strength; perplexity must hold with a standard error to spare, since what is
        measured on a few texts is only near what it is.
        """
        far = np.array([0.0, *self.strengths])
        costs: dict[Limit, tuple[Array, float]] = {
            "perplexity": (_rise(np.log(self.perplexity) + self.doubt), float(np.log(budget.perplexity))),
            "kl": (_rise(self.kl), budget.kl),
            "distinct": (_rise(1 - self.distinct), 1 - budget.distinct),
        }
        ends: dict[Limit | Literal["effect", "range"], float] = {"range": float(far[-1])}
        ends |= {name: end for name, cost in costs.items() if (end := _crossing(far, *cost)) is not None}
        if self.effects.argmax() < len(self.effects) - 1:
            ends["effect"] = float(self.strengths[self.effects.argmax()])
        ended_by = min(ends, key=lambda name: ends[name])
        end = ends[ended_by]
        kept = [0.0, *(float(one) for one in self.strengths if one < 0.999 * end), end]
        seen = np.interp(kept, far, _rise(self.effects))
        damage = Damage(
            perplexity=float(np.exp(np.interp(end, far, _rise(np.log(self.perplexity))))),
            kl=float(np.interp(end, far, _rise(self.kl))),
            distinct=float(1 - np.interp(end, far, _rise(1 - self.distinct))),
        )
        return Reach(
            strengths=tuple(kept), effects=tuple(np.maximum(seen, 0.0).tolist()), ended_by=ended_by, damage=damage
        )


def calibrate(
    study: Study, axis: Axis, pack: VectorPack, *, budget: Budget | None = None, strengths: Sequence[float] = STRENGTHS
) -> VectorPack:
    """The pack with the reach of both directions.

    Effects are read on the answers set apart for choosing, so that the held-out ones stay unseen.

    Args:
        study: the pack's own model, and how it is steered.
        axis: what the effect is measured on.
        pack: with a layer.
        budget: what dose 1 may cost.
        strengths: that are tried, rising, as shares of the residual norm.

    Raises:
        ConflictError: no layer is chosen.
        UnsupportedInputError: the pack is another model's.
    """
    pack.require(study.model.info)
    reader = study.reader({axis.name: pack.direction})
    settings = [{axis.name: sign * one} for sign in (1.0, -1.0) for one in strengths]
    study.at("generating", 0, 3)
    spoken = speak(reader, CALIBRATION, [{}, *settings], tokens=study.tokens, seed=study.seed)
    study.at("reading", 1, 3)
    gap = reader.gaps(axis.sides("choose"), [{}, *settings]).mean
    study.at("comparing", 2, 3)
    kl = reader.divergence(study.everyday(), settings)
    (ratio, doubt), distinct = spoken.perplexity_ratio(0), spoken.distinct_ratio(0)

    def reach(sign: int, part: slice) -> Reach:
        effects = sign * (gap[1:][part] - gap[0])
        cost = (ratio[1:][part], doubt[1:][part], kl[part], distinct[1:][part])
        return Course(np.array(strengths), effects, *cost).reach(budget or Budget())

    half = len(strengths)
    found = {"positive": reach(1, slice(0, half)), "negative": reach(-1, slice(half, None))}
    made = {"positions": study.positions, "seed": study.seed}
    return VectorPack(pack.card.model_copy(update=found | made), pack.vectors)


def _rise(values: Array) -> Array:
    """0 and (k,) values, made to rise; what is unknown counts as endless."""
    known = np.nan_to_num(values, nan=1e3, posinf=1e3)
    return rising(np.array([0.0, *known]), np.array([1e6, *np.ones(len(values))]))


def _crossing(far: Array, cost: Array, limit: float) -> float | None:
    """Where a rising cost passes its limit; None if it does not."""
    over = np.flatnonzero(cost > limit)
    if not len(over):
        return None
    after = int(over[0])
    share = (limit - cost[after - 1]) / (cost[after] - cost[after - 1])
    return float(max(far[after - 1] + share * (far[after] - far[after - 1]), 0.05 * far[1]))
