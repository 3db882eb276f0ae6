"""Whether another question of CALIBRATE is worth it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from pilotage.elicitation import Item
from pilotage.labs.language.profiles.belief import Belief
from pilotage.labs.language.profiles.compared import Compared
from pilotage.labs.language.profiles.profile import Profile
from pilotage.preferences.stopping import doubting, outlook_of

FIRST = 4  # answers, before stopping is advised
NEAR_ENOUGH = 0.1  # of the range: so small an error is hardly seen in a text
ABSOLUTE = np.sqrt(2 / np.pi)  # mean absolute error of a Gaussian, in its sd
TOO_SURE = 1.2  # people err in other ways than a belief thinks: by so much were errors larger where that was measured


@dataclass(frozen=True, slots=True)
class Advice:
    """Whether to go on asking.

    Attributes:
        stop: whether to stop is advised.
        error: axis -> how far off the dose is expected to be, as a share of the range.
        left, low, high: between the present doses and the best there are, as a share of the way from random ones: its
            mean and its 90 % band; None before the first answer.
        answers: how many comparisons there are.
        why: one sentence.
    """

    stop: bool
    error: dict[str, float]
    left: float | None
    low: float | None
    high: float | None
    answers: int
    why: str


def advice(profile: Profile, belief: Belief | None = None) -> Advice:
    """Whether another question is worth it, with the numbers that say so; `belief` is the profile's, if at hand."""
    state = profile.state
    if not state.spoken_of:
        return Advice(False, {}, None, None, None, 0, "Nothing has been said yet.")
    belief, answers = belief or profile.belief(), sum(isinstance(said.event, Compared) for said in state.said)
    error = {axis: expected_error(belief.sd[axis]) for axis in state.active}
    if not belief.judgements:
        return Advice(False, error, None, None, None, answers, "Nothing has been compared yet.")
    held = Item("profile", "profile", tuple(belief.place(profile.doses(belief))))
    posterior = doubting(belief.model).fold(belief.region, belief.judgements)
    ahead = outlook_of(posterior, belief.region, belief.judgements, held)
    stop = enough(error.values(), answers)
    return Advice(stop, error, ahead.left, ahead.low, ahead.high, answers, _why(stop, error, answers))


def enough(errors: Collection[float], answers: int) -> bool:
    """Whether doses are as sure as is needed; `errors` are those expected of each axis, after so many comparisons."""
    return answers >= FIRST and max(errors, default=0.0) <= NEAR_ENOUGH


def expected_error(sd: float) -> float:
    """Of a dose that is believed to be so sure, as a share of the range."""
    return float(TOO_SURE * ABSOLUTE * sd / 2)


def _why(stop: bool, error: Mapping[str, float], answers: int) -> str:
    if stop:
        return f"Every dose is expected to be right to {max(error.values(), default=0.0):.0%} of the range."
    if answers < FIRST:
        return f"{answers} of at least {FIRST} questions answered."
    axis = max(error, key=lambda name: error[name])
    return f"{axis} may still be off by {error[axis]:.0%} of the range; another answer helps."
