"""CALIBRATE: which texts to compare next, and on which prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.seeds import stream, stream_seed
from pilotage.core.shapes import Array
from pilotage.labs.language.profiles.belief import PEOPLE, Belief
from pilotage.labs.language.profiles.compared import Compared
from pilotage.labs.language.profiles.profile import Profile
from pilotage.samplers.informative import most_informative

N_POOL, N_DRAWS = 48, 384
MOST = 8  # texts in one question


@dataclass(frozen=True, slots=True)
class Question:
    """Texts to be compared.

    Attributes:
        prompt: the person's own, the next in turn.
        options: the doses of each text.
        sampling_seed: the same for all of them, so that they differ in their doses alone.
        information: nats about the person that the answer is expected to give.
    """

    prompt: str
    options: tuple[dict[str, float], ...]
    sampling_seed: int
    information: float


def next_question(
    profile: Profile, prompts: Sequence[str], *, axes: Sequence[str] = (), n: int = 2, seed: int = 0,
    belief: Belief | None = None,
) -> Question:  # fmt: skip
    """The question that is expected to tell most about the person.

    Args:
        profile: of the person.
        prompts: their own; each question is on the next one, since many answers on one prompt measure the prompt.
        axes: along which the texts differ; those of `Profile.to_learn` if none is given. Active ones that are left out
            keep their doses.
        n: how many texts.
        seed: of the candidates and of the texts; equal arguments give equal questions.
        belief: the profile's about these axes, if it is at hand.

    Raises:
        InvalidInputError: no prompt, no axis, an axis that is not the profile's, more of them than may be active, or
            too few or many texts.
    """
    asked = profile.to_learn(axes)
    _require(prompts, asked, n)
    number = sum(isinstance(event, Compared) for event in profile.events)
    belief = belief or profile.belief(asked)
    pool = _pool(profile, belief, asked, stream(seed, profile.id, "pool", number))
    draws = belief.posterior.draw(pool, N_DRAWS, rng=stream(seed, profile.id, "draws", number))
    picks, information = most_informative(draws, n, lapse=PEOPLE.lapse)
    steered = [belief.axes.index(axis) for axis in sorted({*asked, *profile.state.active})]
    options = tuple({belief.axes[i]: round(float(pool[pick, i]), 3) for i in steered} for pick in picks)
    return Question(prompts[number % len(prompts)], options, stream_seed(seed, profile.id, "text", number), information)


def _require(prompts: Sequence[str], axes: Sequence[str], n: int) -> None:
    if not axes:
        raise InvalidInputError("every axis was removed", field="axes", hint="Name those to calibrate.")
    if not prompts:
        raise InvalidInputError("a question needs a prompt", field="prompts")
    if not 2 <= n <= MOST:
        raise InvalidInputError(f"a question compares 2 to {MOST} texts", field="n")


def _pool(profile: Profile, belief: Belief, asked: Sequence[str], rng: np.random.Generator) -> Array:
    """(N_POOL, d) places: all over the box along the axes asked about, at the present doses along the others."""
    present = belief.place(profile.doses(belief)) if profile.state.spoken_of else np.zeros(len(belief.axes))
    pool = np.tile(present, (N_POOL, 1))
    varied = [belief.axes.index(axis) for axis in dict.fromkeys(asked)]
    pool[:, varied] = belief.region.sobol(N_POOL, rng=rng)[:, varied]
    return pool
