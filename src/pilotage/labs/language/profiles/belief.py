"""One posterior over a person's ideal doses, from three observation models.

SELECT: a dose set by hand is where the ideal is believed to be, less surely with all that is said since.
CALIBRATE: a choice among texts is a softmax choice of utilities; about equal is a tie; too much, or too little, of an
axis is the sign of the utility's slope along it.
LEARN: a thumb, a copy, a wish for another answer and the time spent hold one answer against what is just acceptable;
an edit is a pair; a remark is the sign of a slope. What is old counts less, since tastes change.

Source: Bo et al. 2025, Steerable Chatbots (arXiv 2505.04260), for the three modes.
Differs: there they are three interfaces with a state each, and none has a belief.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.labs.language.profiles.observing import heard
from pilotage.labs.language.profiles.state import ByHand, State
from pilotage.preferences import Posterior
from pilotage.preferences.laplace_gp import LaplaceGP, LaplaceGPConfig, Taste
from pilotage.spaces import Region

BY_HAND_SD = 0.05  # of the ideal about a dose that was set by hand just now
WANDERING = 0.07  # sd that is added with each thing said since, as of a random walk
UNKNOWN_SD = 3**-0.5  # of a dose that nothing is known of: any in the box is as likely
# Few settings, to be quick. At 6, a text that fits is picked 4 times in 5 over one that is a third of the range off;
# two texts of the same doses differ by as much as a tenth of the range does on the way there.
PEOPLE = LaplaceGPConfig(sharpness=(2.0, 6.0, 18.0), typical_sharpness=6.0, remainders=((1.0, 0.1),), seed_noise=0.6)


@dataclass(frozen=True, slots=True)
class Belief:
    """Where a person's ideal doses lie, and why.

    Attributes:
        axes: those that something was said of.
        region: the box of their doses.
        model: of preference.
        posterior: of utility over the box.
        judgements: what was said, as the preference engine reads it.
        sources: the event of each of these, by its place in the profile.
        by_hand: axis -> the dose set by hand.
    """

    axes: tuple[str, ...]
    region: Region
    model: LaplaceGP
    posterior: Posterior
    judgements: tuple[Judgement, ...]
    sources: tuple[int, ...]
    by_hand: Mapping[str, ByHand]

    @property
    def ideal(self) -> dict[str, float]:
        """Axis -> the dose that is believed best, in the box."""
        mean, _ = self.posterior.ideal()
        return {axis: float(value) for axis, value in zip(self.axes, np.clip(mean, -1.0, 1.0), strict=True)}

    @property
    def sd(self) -> dict[str, float]:
        """Axis -> how far, typically, the ideal may lie from there."""
        _, covariance = self.posterior.ideal()
        return {axis: float(value) for axis, value in zip(self.axes, np.sqrt(np.diag(covariance)), strict=True)}

    @property
    def p_positive(self) -> dict[str, float]:
        """Axis -> the probability that the person wants more of its positive pole than of the negative one."""
        mean, covariance = self.posterior.ideal()
        return {axis: float(p) for axis, p in zip(self.axes, ndtr(mean / np.sqrt(np.diag(covariance))), strict=True)}

    def place(self, doses: Mapping[str, float]) -> Array:
        """(d,) the doses as a place; axes that are left out are at 0."""
        return np.array([doses.get(axis, 0.0) for axis in self.axes])


def belief_of(state: State, *, axes: Sequence[str] = (), config: LaplaceGPConfig = PEOPLE) -> Belief:
    """What is believed after all that counts in `state`.

    Args:
        state: of a profile.
        axes: further ones that are to be believed about, though nothing was said of them yet; there must be one.
        config: of the preference model; its `taste` is replaced by what was set by hand.
    """
    names = tuple(sorted({*state.spoken_of, *axes}))
    told = [(said.index, heard(said, names, age=state.age(said))) for said in state.said]
    judgements = tuple(judgement for _, judgement in told if judgement)
    region = Region(len(names), "box")
    model = LaplaceGP(config.model_copy(update={"taste": _taste(state, names)}), taste_holds=1.0)
    posterior = model.fold(region, judgements)
    return Belief(
        names, region, model, posterior, judgements, tuple(i for i, judgement in told if judgement), state.by_hand
    )


def _taste(state: State, axes: Sequence[str]) -> Taste:
    hand = state.by_hand
    return Taste(
        mean=tuple(hand[axis].dose if axis in hand else 0.0 for axis in axes),
        sd=tuple(_sd(state.age(hand[axis])) if axis in hand else UNKNOWN_SD for axis in axes),
    )


def _sd(age: int) -> float:
    return min(float(np.hypot(BY_HAND_SD, WANDERING * np.sqrt(age))), UNKNOWN_SD)
