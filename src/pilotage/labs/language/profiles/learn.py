"""LEARN: which doses to answer with next, so that what the person does with the answer tells something."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pilotage.core.seeds import stream
from pilotage.labs.language.profiles.belief import Belief
from pilotage.labs.language.profiles.profile import Profile

REACH = 0.25  # how far from the profile's doses an answer may be made, to learn


def next_doses(
    profile: Profile, *, axes: Sequence[str] = (), explore: bool = True, seed: int = 0, belief: Belief | None = None
) -> dict[str, float]:
    """Axis -> the dose of the next answer; to be stored with whatever signal the answer gets.

    With `explore`, the best doses of one plausible person, no farther than `REACH` from the profile's, so that a
    profile can leave zero; without it, or without consent to learn, the profile's own.

    Args:
        profile: of the person.
        axes: to learn about; those of `Profile.to_learn` if none is given.
        explore: whether to try something.
        seed: equal arguments give equal doses.
        belief: the profile's about these axes, if it is at hand.

    Raises:
        InvalidInputError: an axis that is not the profile's, or more of them than may be active.

    Source: Thompson 1933; the reach keeps an answer near what the person has come to expect.
    """
    state = profile.state
    if not (explore and state.consent):
        return profile.doses(belief)
    learned = profile.to_learn(axes)
    if not learned:
        return {}
    belief = belief or profile.belief(learned)
    present = {axis: 0.0 for axis in learned} | (profile.doses(belief) if state.spoken_of else {})
    mean, covariance = belief.posterior.ideal()
    rng = stream(seed, profile.id, "explore", profile.revision)
    ideal = rng.multivariate_normal(mean, 0.5 * (covariance + covariance.T), check_valid="ignore")
    tried = {axis: ideal[belief.axes.index(axis)] for axis in learned}
    return {axis: _near(tried[axis], dose) if axis in tried else dose for axis, dose in sorted(present.items())}


def _near(wanted: float, present: float) -> float:
    return float(np.clip(round(wanted, 3), max(-1.0, present - REACH), min(1.0, present + REACH)))
