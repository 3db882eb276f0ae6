"""StableSteering's thirteen samplers, to compare against: fixed patterns of steps about a running state.

Source: StableSteering (2026), `app/samplers` and the round assembly of `app/engine/orchestrator.py`; the steps
    stand in `pilotage.samplers.predecessor_patterns`.
Differs: lengths are divided by its trust radius, so that its ball about the origin is the unit ball; the first
    round, which it widens to 1.3 trust radii, is clipped to that ball like all others; what would repeat a place is
    drawn anew. The state is where the posterior puts the ideal: exactly the predecessor's own with its updaters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from pydantic import ConfigDict, Field

from pilotage.core.shapes import Array
from pilotage.core.strategies import Entry, config_of_kind
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View, distance_to_nearest
from pilotage.samplers.pool import MIN_GAP
from pilotage.samplers.predecessor_patterns import LAST_TURN, PATTERNS, Pattern, Scene, Step, spread
from pilotage.samplers.reasons import proposals


class PatternConfig(SamplerConfig):
    """Fixed steps about a running state, within a ball about the prompt."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"tier": "baseline"})

    trust_radius: float = Field(0.55, gt=0, le=1, description="What the pattern's lengths are divided by.")


class PatternSampler(Sampler):
    """One row of the table: its steps, widened in the first round."""

    def __init__(self, config: PatternConfig, pattern: Pattern) -> None:
        self.config, self.pattern = config, pattern

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """The pattern's first `n` steps; where one would repeat a place, any place of the region."""
        radius = self.config.trust_radius
        ideal = view.region.clip(view.posterior.ideal()[0][None])[0]
        scene = Scene(radius * ideal, radius, n, min(view.round - 1, LAST_TURN), rng)
        steps = self.pattern.steps(scene)
        z = np.array([_place(step, scene) for step in steps])
        if view.round == 1:
            z = np.array([_widened(i, step, z[i], radius) for i, step in enumerate(steps)])
        u, fresh = _apart(z / radius, view, rng)
        roles = ["explore" if new else step.role for step, new in zip(steps, fresh, strict=True)]
        facts = [{"step": "anywhere" if new else step.name} for step, new in zip(steps, fresh, strict=True)]
        state = {"distance_from_anchor": float(np.linalg.norm(scene.z) / radius), "widened": view.round == 1}
        return proposals(view, u, roles=roles, facts=facts, state=state)


def _place(step: Step, scene: Scene) -> Array:
    noise = scene.rng.uniform(-step.jitter, step.jitter, size=len(scene.z))
    place = step.keep * scene.z + step.offset + noise
    return _between(place, step.least, scene.radius if step.most is None else step.most)


def _between(place: Array, least: float, most: float) -> Array:
    """`place` with its norm brought within the limits."""
    length = max(float(np.linalg.norm(place)), 1e-12)
    return place * float(np.clip(length, least, most)) / length


def _widened(i: int, step: Step, place: Array, radius: float) -> Array:
    """The first round's place: an exploit stays close, all others go far along a direction of their own."""
    if step.name == "exploit":
        return _between(place, 0.0, float(np.clip(0.35 * radius, 0.12, 0.24)))
    far = float(np.clip(1.55 * radius, 0.34, 0.72))
    least = min(max(0.95 * radius, 0.24), far)
    return _between(0.35 * place + far * spread(i, len(place), (0.55, 0.3, 0.22)), least, far)


def _apart(u: Array, view: View, rng: np.random.Generator) -> tuple[Array, list[bool]]:
    """`u` inside the region and free of repeats, and which rows were drawn anew for that."""
    places, fresh = list(view.region.clip(u)), [False] * len(u)
    for i in range(len(places)):
        while distance_to_nearest(places[i][None], [*view.shown, *places[:i]])[0] <= MIN_GAP:
            places[i], fresh[i] = view.region.sample(1, rng=rng)[0], True
    return np.array(places), fresh


PREDECESSORS: Mapping[str, Entry[Sampler]] = {
    kind: Entry(config_of_kind(PatternConfig, kind, pattern.summary), partial(PatternSampler, pattern=pattern))
    for kind, pattern in PATTERNS.items()
}
