"""Calibration: dose 1 is as far as an axis can be pushed within a budget of damage, either way on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.cards import Damage, Reach
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import CALIBRATION, DECISION
from pilotage.labs.language.reading import Reader
from pilotage.labs.language.speaking import speak
from pilotage.labs.language.study import Study
from pilotage.spaces.monotone import rising

STRENGTHS = (0.1, 0.2, 0.32, 0.48)  # of the layer's median residual norm, that are searched
NEAR = (0.8, 1.1)  # of where a first search saw the budget end: there it is decided
SPARE = 8**0.5  # standard errors, two of a difference: who measures as many texts anew is to find the budget kept
STEPS = 4  # places up to dose 1 where effects are read
SIGNS = (1.0, -1.0)
End = Literal["perplexity", "kl", "distinct", "effect", "range"]


class Budget(BaseModel):
    """What dose 1 may cost at most."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    perplexity: float = Field(2.0, gt=1, description="Of steered texts under the unsteered model, over unsteered ones.")
    kl: float = Field(2.0, gt=0, description="Divergence of the next token on everyday answers, nats.")
    distinct: float = Field(0.8, gt=0, lt=1, description="Distinct-2 of steered texts over that of unsteered ones.")


@dataclass(frozen=True, slots=True)
class Toll:
    """What texts cost going one way along an axis.

    Attributes:
        strengths: (k,) rising, above 0.
        perplexity: (k,) ratio to unsteered texts; `doubt` the standard error of its logarithm.
        distinct: (k,) distinct-2, ratio to unsteered texts.
        beyond: what is known to end it soon after the last strength.
    """

    strengths: Array
    perplexity: Array
    doubt: Array
    distinct: Array
    beyond: End = "range"

    def end(self, budget: Budget, *, spare: float = SPARE) -> tuple[float, End]:
        """How far the budget goes, and what ends it.

        Costs are made to rise with strength. Perplexity must hold with standard errors to spare, since what is
        measured on some prompts is only near what others will show.
        """
        surprise = _rise(np.log(self.perplexity) + spare * self.doubt)
        ends: dict[End, float | None] = {
            "perplexity": _crossing(self._far, surprise, float(np.log(budget.perplexity))),
            "distinct": _crossing(self._far, _rise(1 - self.distinct), 1 - budget.distinct),
        }
        return _first(ends, float(self.strengths[-1]), self.beyond)

    def at(self, strength: float) -> tuple[float, float]:
        """Perplexity and distinct-2 ratios at a strength."""
        surprise, lost = _rise(np.log(self.perplexity)), _rise(1 - self.distinct)
        return (float(np.exp(np.interp(strength, self._far, surprise))),
                float(1 - np.interp(strength, self._far, lost)))  # fmt: skip

    @property
    def _far(self) -> Array:
        return np.array([0.0, *self.strengths])


def reach_of(toll: Toll, strengths: Array, effects: Array, kl: Array, budget: Budget) -> Reach:
    """One direction's curve: up to where the budget holds, and no farther than the effect grows.

    Args:
        toll: what texts cost.
        strengths: (k,) rising, above 0; the last is where `toll` ends.
        effects: (k,) nats a token from strength 0, counted in this direction.
        kl: (k,) divergence on everyday answers, nats a token.
        budget: what dose 1 may cost.
    """
    far, best = np.array([0.0, *strengths]), int(effects.argmax())
    ends: dict[End, float | None] = {
        toll.end(budget)[1]: float(strengths[-1]),
        "kl": _crossing(far, _rise(kl), budget.kl),
        "effect": float(strengths[best]) if best < len(effects) - 1 else None,
    }
    end, ended_by = _first(ends, float(strengths[-1]))
    kept = [*(one for one in far.tolist() if one < 0.999 * end), end]
    seen = np.maximum(np.interp(kept, far, _rise(effects)), 0.0)
    perplexity, distinct = toll.at(end)
    damage = Damage(perplexity=perplexity, kl=float(np.interp(end, far, _rise(kl))), distinct=distinct)
    return Reach(strengths=tuple(kept), effects=tuple(seen.tolist()), ended_by=ended_by, damage=damage)


def calibrate(
    study: Study, axis: Axis, pack: VectorPack, *, budget: Budget | None = None, strengths: Sequence[float] = STRENGTHS
) -> VectorPack:
    """The pack with the reach of both directions.

    Where the budget ends is looked for with few texts at many strengths, and decided with many texts near there,
    on other prompts. Effects are read on the answers set apart for choosing, so that the held-out ones stay unseen.

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
    limits, reader = budget or Budget(), study.reader({axis.name: pack.direction})
    study.at("generating", 0, 3)
    search = _tolls(study, reader, CALIBRATION, [np.array(strengths)] * len(SIGNS))
    found = [toll.end(limits, spare=0) for toll in search]
    study.at("generating", 1, 3)
    near = _tolls(study, reader, DECISION, [end * np.array(NEAR) for end, _ in found])
    tolls = [replace(toll, beyond=why) for toll, (_, why) in zip(near, found, strict=True)]
    study.at("reading", 2, 3)
    steps = [toll.end(limits)[0] * np.arange(1, STEPS + 1) / STEPS for toll in tolls]
    settings = _both_ways(axis.name, steps)
    gap = reader.gaps(axis.sides("choose"), [{}, *settings]).mean
    change = (gap[1:] - gap[0]).reshape(len(SIGNS), STEPS) * np.array(SIGNS)[:, None]
    kl = reader.divergence(study.everyday(), settings).reshape(len(SIGNS), STEPS)
    positive, negative = (reach_of(*read, limits) for read in zip(tolls, steps, change, kl, strict=True))
    reach = {"positive": positive, "negative": negative, "positions": study.positions, "seed": study.seed}
    return VectorPack(pack.card.model_copy(update=reach), pack.vectors)


def _tolls(study: Study, reader: Reader, prompts: Sequence[str], strengths: Sequence[Array]) -> list[Toll]:
    """What texts cost at as many strengths either way."""
    (name,) = reader.directions
    spoken = speak(reader, prompts, [{}, *_both_ways(name, strengths)], tokens=study.tokens, seed=study.seed)
    (ratio, doubt), distinct = spoken.perplexity_ratio(0), spoken.distinct_ratio(0)
    ways = [column[1:].reshape(len(SIGNS), -1) for column in (ratio, doubt, distinct)]
    return [Toll(*found) for found in zip(strengths, *ways, strict=True)]


def _both_ways(name: str, strengths: Sequence[Array]) -> list[dict[str, float]]:
    return [{name: sign * one} for sign, side in zip(SIGNS, strengths, strict=True) for one in side.tolist()]


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


def _first(ends: Mapping[End, float | None], farthest: float, beyond: End = "range") -> tuple[float, End]:
    """The nearest end and what it is; the farthest place where nothing ended it before, and what comes beyond."""
    known = [(end, name) for name, end in ends.items() if end is not None]
    return min(known, default=(farthest, beyond))
