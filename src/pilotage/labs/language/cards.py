"""What a vector pack says of itself: of which model it is, how it was made, how far it reaches, what it damages."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pilotage.labs.language.axes import Poles

FORMAT = 1
MAX_DOSE = 1.5  # beyond 1 the damage budget is left
_FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Damage(BaseModel):
    """What steering costs a text that has nothing to do with the axis.

    Attributes:
        perplexity: of steered texts under the unsteered model, over that of unsteered texts; 1 is none.
        kl: Kullback-Leibler divergence of the steered next token from the unsteered, nats a token.
        distinct: distinct-2 of steered texts over that of unsteered ones; below 1 they repeat themselves.
    """

    model_config = _FROZEN

    perplexity: float
    kl: float
    distinct: float


class Reach(BaseModel):
    """One direction of an axis: how effect grows with strength, up to dose 1.

    Attributes:
        strengths: (k,) from 0 to that of dose 1, as shares of the layer's median residual norm.
        effects: (k,) rising, nats a token from 0.
        ended_by: what forbade more: a part of the damage budget, or `effect`, which grew no further.
        damage: at dose 1.
    """

    model_config = _FROZEN

    strengths: tuple[float, ...] = Field(min_length=2)
    effects: tuple[float, ...]
    ended_by: Literal["perplexity", "kl", "distinct", "effect", "range"]
    damage: Damage

    @model_validator(mode="after")
    def _rises(self) -> Reach:
        if len(self.strengths) != len(self.effects) or self.strengths[0] != 0 or self.effects[0] != 0:
            raise ValueError("strengths and effects must begin with 0 and be as many")
        if any(b <= a for a, b in pairwise(self.strengths)) or any(b < a for a, b in pairwise(self.effects)):
            raise ValueError("strengths and effects must rise")
        return self

    def strength(self, dose: float) -> float:
        """The strength whose effect is `dose` times that of dose 1; in proportion beyond 1.

        Equal steps of dose are equal steps of effect. Where the measured curve is flat, its far end counts, and so
        much slope is taken for granted that a small dose is a small strength.
        """
        if dose >= 1:
            return self.strengths[-1] * dose
        line = np.array(self.strengths) / self.strengths[-1]
        seen = np.array(self.effects) / self.effects[-1] if self.effects[-1] > 0 else line
        return float(np.interp(dose, 0.98 * seen + 0.02 * line, self.strengths))


class PackModel(BaseModel):
    """The model that a pack belongs to."""

    model_config = _FROZEN

    name: str
    fingerprint: str
    layers: int = Field(ge=1)
    hidden: int = Field(ge=1)


class Card(BaseModel):
    """A pack's metadata.

    Attributes:
        layer: 0-based block whose output is moved; None until one is chosen.
        norms: (layers,) median norm of each block's output over answer tokens.
        negative, positive: reach of either direction; None until calibrated.
        positions: which tokens the reach was measured on: `answer`, or `all`.
        method: how the vectors were made; `imported` where that is not known.
        pooling: which answer tokens they were made from.
        splits: answers a pole in each split.
        data: fingerprint of the answers that it was made and chosen by.
        measured_on: fingerprint of those that what follows was measured on; empty until then.
        effect: nats a token between dose -1 and 1, on held-out answers.
        floor: the same of random directions, mean size.
        instructed: the same of asking for either pole in the system prompt.
        monotone: Spearman's correlation of dose and effect over the slider.
        won: share of held-out pairs whose gap moves the right way; None if nothing is paired.
    """

    model_config = _FROZEN

    format: Literal[1] = 1
    axis: str = Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")
    poles: Poles
    description: str = ""
    licence: str = "unknown"
    model: PackModel
    template: Literal["chat", "none"] = "chat"
    method: str
    pooling: Literal["mean", "last", "unknown"] = "unknown"
    layer: int | None = Field(None, ge=0)
    norms: tuple[float, ...] = ()
    positions: Literal["answer", "all"] = "answer"
    negative: Reach | None = None
    positive: Reach | None = None
    splits: dict[str, int] = {}
    data: str = ""
    seed: int = 0
    measured_on: str = ""
    effect: float | None = None
    floor: float | None = None
    instructed: float | None = None
    monotone: float | None = None
    won: float | None = None

    @property
    def calibrated(self) -> bool:
        """Whether doses mean something."""
        return self.layer is not None and self.negative is not None and self.positive is not None
