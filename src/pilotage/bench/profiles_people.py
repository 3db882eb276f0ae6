"""Simulated people who chat: a hidden ideal dose on each axis, prompts on which doses show differently, and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit, logit

from pilotage.core.seeds import stream
from pilotage.core.shapes import Array

AXES = ("detail_level", "formality")
NEUTRAL = dict.fromkeys(AXES, 0.0)
UNSURE: Mapping[str, float] = MappingProxyType({})
QUARTER = 0.5  # of the range, which is 2
ACTS: Mapping[str, Mapping[bool, Mapping[str, float]]] = {
    "mixed": {
        True: {"thumbs_up": 1 / 3, "copied": 1 / 3, "nothing": 1 / 3},
        False: {"thumbs_down": 0.2, "regenerated": 0.2, "remarked": 0.2, "edited": 0.2, "nothing": 0.2},
    },
    "thumbs": {True: {"thumbs_up": 1.0}, False: {"thumbs_down": 1.0}},
    "remarks": {True: {"nothing": 1.0}, False: {"remarked": 1.0}},
}
"""What those do who are content with an answer, and who are not, and how often; of the mixed, each as often."""


class PersonConfig(BaseModel):
    """How people are drawn, and how they err."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    shape: Literal["distance", "squared"] = Field("distance", description="How liking falls with the way to the ideal.")
    error: float = Field(0.2, gt=0, lt=0.5, description="Of choices between the ideal and a quarter of the range off.")
    prompts: int = Field(5, ge=1, le=100, description="On which they ask, in turn.")
    prompt_sd: float = Field(0.2, ge=0, le=1, description="How differently a dose shows on each prompt, in doses.")
    tolerance: float = Field(QUARTER, ge=0, le=2, description="How far off an answer may be that is just good enough.")
    acts: Literal["mixed", "thumbs", "remarks"] = Field("mixed", description="What they do with answers.")
    scorer_sd: float = Field(0.25, ge=0, le=1, description="Error of the scores of a text that they edited, in doses.")

    @property
    def slope(self) -> float:
        """Choice noise per dose of distance."""
        return float(logit(1.0 - self.error)) / QUARTER

    def worth(self, far: Array) -> Array:
        """(n,) how answers so (n,) far from the ideal are liked, in units of choice noise; the ideal is 0."""
        return -self.slope * (far**2 / QUARTER if self.shape == "squared" else far)


class Person:
    """One of them. Asked in the same order, they answer the same."""

    def __init__(self, config: PersonConfig, seed: int) -> None:
        self.config = config
        who = stream(seed, "person")
        self.target: Array = who.uniform(-1.0, 1.0, len(AXES))
        self._shown = config.prompt_sd * who.standard_normal((config.prompts, len(AXES)))
        self._rng = stream(seed, "answers")

    def utility(self, doses: Mapping[str, float], turn: int) -> float:
        """How an answer on the prompt of `turn` is liked."""
        return float(self.config.worth(np.asarray(np.linalg.norm(self._off(doses, turn)))))

    def best(self, options: Sequence[Mapping[str, float]], turn: int) -> int:
        """The option picked: a softmax choice (Yellott 1977)."""
        seen = np.array([self.utility(doses, turn) for doses in options])
        return int((seen + self._rng.gumbel(size=len(options))).argmax())

    def act(self, doses: Mapping[str, float], turn: int) -> dict[str, Any] | None:
        """The signal that an answer gets; None if nothing is done with it."""
        lead = self.utility(doses, turn) - float(self.config.worth(np.array(self.config.tolerance)))
        content = bool(self._rng.random() < expit(lead))
        acts = ACTS[self.config.acts][content]
        act = str(self._rng.choice(list(acts), p=list(acts.values())))
        if act == "nothing":
            return None
        if act == "edited":
            return self._edited(doses, turn)
        if act == "remarked":
            return self._remarked(doses, turn)
        return {"kind": "reaction", "reaction": act, "doses": dict(doses)}

    def _edited(self, doses: Mapping[str, float], turn: int) -> dict[str, Any]:
        """Half of the way to what they want, as a scorer sees both texts."""
        before = np.array([doses.get(axis, 0.0) for axis in AXES])
        after = before - 0.5 * self._off(doses, turn)
        noise = self.config.scorer_sd * self._rng.standard_normal((2, len(AXES)))
        return {"kind": "edited", "doses": dict(doses), "before": self._at(before + noise[0]),
                "after": self._at(after + noise[1])}  # fmt: skip

    def _remarked(self, doses: Mapping[str, float], turn: int) -> dict[str, Any]:
        """Of the axis that is off, the farther the likelier; the side is mistaken as often as a choice is."""
        off = self._off(doses, turn)
        axis = int(self._rng.choice(len(AXES), p=np.abs(off) / np.abs(off).sum()))
        right = self._rng.random() < expit(self.config.slope * abs(off[axis]))
        wish = -int(np.sign(off[axis])) * (1 if right else -1)
        return {"kind": "remarked", "doses": dict(doses), "axis": AXES[axis], "wish": wish}

    def _off(self, doses: Mapping[str, float], turn: int) -> Array:
        shown = np.array([doses.get(axis, 0.0) for axis in AXES]) + self._shown[turn % self.config.prompts]
        return shown - self.target

    def _at(self, place: Array) -> dict[str, float]:
        return {axis: float(value) for axis, value in zip(AXES, np.clip(place, -1.0, 1.0), strict=True)}
