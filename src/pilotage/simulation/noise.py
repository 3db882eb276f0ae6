"""How a judge errs, as numbers: they can be chosen, and they can be fitted to traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.shapes import Array
from pilotage.elicitation import THRESHOLD, TIE, Form, drift


class NoiseConfig(BaseModel):
    """Errors of choice. All but the first are in noise units or are probabilities; at 0 they are absent.

    Source: temperature, mistakes and skipping as in B-Pref (Lee et al. 2021, arXiv 2111.03026).
    Differs: equal things are called a tie by Davidson's odds, not below a fixed gap; tiredness, bias of position and
        of habit, and drifting stars are added.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    temperature: float = Field(1.0, gt=0, description="Utility that is one unit of noise.")
    fatigue: float = Field(0.0, ge=0, le=1, description="Share by which the temperature grows with each answer.")
    tie: float = Field(-1.0, description="Log-odds of calling two equals equal rather than picking one of them.")
    threshold: float = Field(0.0, description="The utility of what is just acceptable.")
    lapse: float = Field(0.0, ge=0, le=1, description="Share of answers that are given blindly.")
    reversal: float = Field(0.0, ge=0, le=1, description="Share of repeated sets whose two best change places.")
    position: float = Field(0.0, description="How much better the first slot looks than the last.")
    habit: float = Field(0.0, description="How much better the favourite so far looks.")
    drift: float = Field(0.0, ge=0, description="Sd, from answer to answer, of how mild the stars are.")
    skip: float = Field(0.0, ge=0, le=1, description="Share of answers that are refused.")


@dataclass(frozen=True, slots=True)
class Mood:
    """What a judge feels at one query: the value of every latent, in noise units.

    Attributes:
        felt: candidate id or session scalar -> its value.
        blind: whether the answer is given without looking: every alternative is as good.
    """

    felt: Mapping[str, float]
    blind: bool = False

    def logits(self, forms: Sequence[Form]) -> Array:
        """(n,) the value of each alternative of a choice."""
        if self.blind:
            return np.zeros(len(forms))
        return np.array([self._value(form) for form in forms])

    def _value(self, form: Form) -> float:
        return form.offset + sum(weight * self.felt[str(latent)] for latent, weight in form.weights)


def feelings(
    noise: NoiseConfig, utilities: Mapping[str, float], *, index: int, favourite: str | None = None,
    mildness: float = 0.0,
) -> dict[str, float]:  # fmt: skip
    """Every latent of one query, in noise units.

    Args:
        noise: how the judge errs.
        utilities: candidate id -> utility, in the order of the slots.
        index: of the query in the log: tiredness grows with it.
        favourite: the candidate that shows the favourite so far.
        mildness: this answer's own, in noise units.
    """
    temperature = noise.temperature * (1.0 + noise.fatigue * index)
    lean = np.linspace(0.5, -0.5, len(utilities)) if len(utilities) > 1 else np.zeros(1)
    felt = {
        name: utility / temperature + noise.position * float(lean[slot]) + noise.habit * (name == favourite)
        for slot, (name, utility) in enumerate(utilities.items())
    }
    return {**felt, THRESHOLD: noise.threshold / temperature, TIE: noise.tie, drift(index): mildness}
