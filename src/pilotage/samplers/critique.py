"""Critique: steps from the best so far, tilted the way that the person's remarks ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.elicitation import TAGS, Critique, Judgement
from pilotage.samplers.acquisition import greedy_emax
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.fallback import steps_instead
from pilotage.samplers.pool import unseen
from pilotage.samplers.reasons import proposals
from pilotage.spaces.region import unit_directions

NO_REMARK = "no remark of the last rounds says which way to go"
CANCELLED = "the remarks ask for opposite things"
NO_ROOM = "the space ends where the remarks ask to go"


class CritiqueConfig(SamplerConfig, frozen=True):
    """Steps from the best so far, tilted the way that your remarks ask for ("too dark": brighter)."""

    kind: Literal["critique"] = "critique"
    memory: int = Field(2, ge=1, le=10, description="Answers whose remarks count, each half as much as the next.")
    radius: float = Field(0.6, gt=0, le=2, description="Length of the longest steps, in unit coordinates.")
    spread: float = Field(60.0, gt=0, le=180, description="Largest angle between a step and what is asked, degrees.")
    n_pool: int = Field(256, ge=32, le=4096, description="Places scored per round.")
    n_draws: int = Field(256, ge=16, le=2048, description="Plausible judges that score them.")


@dataclass(frozen=True, slots=True)
class Wish:
    """One remark as a direction: a (d,) unit vector in unit coordinates, and how much it counts."""

    tag: str
    direction: Array
    weight: float


class CritiqueSampler(Sampler):
    """The greedy E[max] set among steps within a cone about the sum of the wishes."""

    def __init__(self, config: CritiqueConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Each tells its angle to the wish, and how far it goes along it, in all and by tag."""
        config = self.config
        asked = wishes(view, config.memory)
        if not asked:
            return steps_instead(view, n, because=NO_REMARK, rng=rng)
        total = np.sum([wish.weight * wish.direction for wish in asked], axis=0)
        if np.linalg.norm(total) < 1e-3:
            return steps_instead(view, n, because=CANCELLED, rng=rng)
        goal = total / np.linalg.norm(total)
        pool = self._cone(view, goal, max(config.n_pool, 8 * n), rng)
        if len(pool) < n:
            return steps_instead(view, n, because=NO_ROOM, rng=rng)
        draws = view.posterior.draw(pool, config.n_draws, rng=rng)
        picks, gains = greedy_emax(draws, n, banned=np.zeros(len(pool), dtype=bool))
        steps = pool[picks] - view.centre
        facts = [
            {
                "angle": _angle(step, goal), "expected_change": float(step @ goal), "marginal_gain": gain,
                "changes": {wish.tag: float(step @ wish.direction) for wish in asked}, "pool_size": len(pool),
            }
            for step, gain in zip(steps, gains, strict=True)
        ]  # fmt: skip
        state = {"tags": [wish.tag for wish in asked], "direction": goal.tolist()}
        return proposals(view, pool[picks], roles=("heeded",) * n, state=state, facts=facts)

    def _cone(self, view: View, goal: Array, size: int, rng: np.random.Generator) -> Array:
        """(about size, d) steps of log-uniform length within the cone; those that leave the region are left out."""
        config, dim = self.config, view.region.dim
        across = unit_directions(size, dim, rng=rng)
        across -= np.outer(across @ goal, goal)
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
        angles = np.radians(config.spread) * (rng.random((size, 1)) if dim > 1 else np.zeros((size, 1)))
        lengths = config.radius * 10 ** rng.uniform(-1.5, 0.0, size=(size, 1))
        places = view.centre + lengths * (np.cos(angles) * goal + np.sin(angles) * across)
        return unseen(view, places[view.region.size(places) <= 1.0])


def wishes(view: View, memory: int) -> list[Wish]:
    """The remarks of the last `memory` judgements as directions, newest first, halving in weight with age."""
    newest_first = view.history[: -memory - 1 : -1]
    found = [
        Wish(critique.tag, direction, 0.5**age)
        for age, judgement in enumerate(newest_first)
        for critique in judgement.critiques
        if (direction := _direction(view, judgement, critique)) is not None
    ]
    return found


def _direction(view: View, judgement: Judgement, critique: Critique) -> Array | None:
    """Along the tag's measured attribute; without one, towards what is praised or away from what is not."""
    tag = TAGS.get(critique.tag)
    if tag is None:
        return None
    if critique.direction is not None and tag.wish:
        return tag.wish * np.array(critique.direction)
    step = np.array(judgement.sample_of(critique.candidate).u) - view.centre
    length = float(np.linalg.norm(step))
    return None if length < 1e-9 else (1 if tag.good else -1) * step / length


def _angle(step: Array, goal: Array) -> float:
    """Degrees between them."""
    cosine = float(step @ goal) / max(float(np.linalg.norm(step)), 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
