"""What is believed of each axis, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pilotage.core.shapes import Array
from pilotage.labs.language.profiles.belief import Belief
from pilotage.labs.language.profiles.profile import Profile
from pilotage.labs.language.profiles.signals import Reaction

STEP = 0.5  # of dose: what an event is worth on an axis is how much it raises this step up against the step down


@dataclass(frozen=True, slots=True)
class Ground:
    """One event, and which way it moved the belief about an axis.

    Attributes:
        event: its place in the profile.
        kind: of it.
        pull: utility, in units of choice noise, that it adds to more of the positive pole; negative: to less.
    """

    event: int
    kind: str
    pull: float


@dataclass(frozen=True, slots=True)
class Believed:
    """What is believed of an axis.

    Attributes:
        axis: its name.
        dose: that is steered by.
        best, sd: where the ideal is believed to be, and how far off that may be.
        p_positive: the probability that more of the positive pole is wanted than of the negative one.
        by_hand: the place of the event that set it by hand; None if none did.
        grounds: what else it rests on, the strongest first.
    """

    axis: str
    dose: float
    best: float
    sd: float
    p_positive: float
    by_hand: int | None
    grounds: tuple[Ground, ...]


def explain(profile: Profile, belief: Belief | None = None) -> tuple[Believed, ...]:
    """Each active axis, in the order of their names; `belief` is the profile's, if it is at hand."""
    if not profile.state.active:
        return ()
    belief = belief or profile.belief()
    doses = profile.doses(belief)
    return tuple(_believed(profile, belief, axis, doses) for axis in profile.state.active)


def _believed(profile: Profile, belief: Belief, axis: str, doses: dict[str, float]) -> Believed:
    pulls = _pulls(belief, axis, doses)
    grounds = [
        Ground(event, _kind(profile, event), float(pull)) for event, pull in zip(belief.sources, pulls, strict=True)
    ]
    hand = belief.by_hand.get(axis)
    return Believed(
        axis, doses[axis], belief.ideal[axis], belief.sd[axis], belief.p_positive[axis],
        hand.event if hand else None, tuple(sorted(grounds, key=lambda ground: -abs(ground.pull))),
    )  # fmt: skip


def _pulls(belief: Belief, axis: str, doses: dict[str, float]) -> Array:
    """(n_judgements,) how much each raises a step up the axis from the present doses over a step down."""
    here = belief.place(doses)
    step = np.where(np.array(belief.axes) == axis, STEP, 0.0)
    up, down = belief.posterior.explain(np.vstack([here + step, here - step])).T
    return np.asarray(up - down)


def _kind(profile: Profile, event: int) -> str:
    found = profile.events[event]
    return found.reaction if isinstance(found, Reaction) else found.kind
