"""The contract of samplers: `propose(view, n, rng) -> Proposals`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from pilotage.core.errors import ShapeError
from pilotage.core.shapes import Array
from pilotage.core.strategies import StrategyConfig
from pilotage.elicitation import Item, Judgement, incumbent
from pilotage.preferences import Posterior
from pilotage.spaces import Region


class SamplerConfig(StrategyConfig, frozen=True):
    """Base of every sampler's config."""


@dataclass(frozen=True, slots=True)
class View:
    """All that a sampler may know, frozen.

    Attributes:
        region: where proposals must lie.
        posterior: what is believed, relative to the incumbent.
        history: the judgements so far; a sampler's memory is its own pure fold of them.
        round: 1 for the first round that is proposed.
        descriptors: sample -> numbers that say what its picture looks like; empty unless the sampler asks for them.
    """

    region: Region
    posterior: Posterior
    history: tuple[Judgement, ...]
    round: int
    descriptors: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def incumbent(self) -> Item | None:
        """The item that the answers so far put first."""
        return incumbent(self.history)

    @property
    def centre(self) -> Array:
        """(d,) the incumbent's place, or the anchor before there is one."""
        best = self.incumbent
        return np.zeros(self.region.dim) if best is None else np.array(best.u)

    @property
    def shown(self) -> Array:
        """(n, d) every place that was shown, and the centre; the places not to repeat."""
        places = [item.u for judgement in self.history for item in judgement.items]
        return np.array([*places, tuple(self.centre)], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What to show in the free slots.

    Attributes:
        u: (n, d) places in the region.
        roles: one word each: explore, refine, challenger, safe, bold.
        why: one plain sentence each, for the person who chooses.
        metadata: numbers about each proposal; what is unknown is absent.
        state: numbers about the sampler itself (radius, counters, the reason of a change); `fallback` names what
            was done instead, and `reason` why, when a family cannot act yet.
    """

    u: Array
    roles: tuple[str, ...]
    why: tuple[str, ...]
    metadata: tuple[Mapping[str, Any], ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.u)
        if not (len(self.roles) == len(self.why) == n and len(self.metadata) in (0, n)):
            raise ShapeError(f"{n} proposals, {len(self.roles)} roles, {len(self.why)} reasons")


class Sampler(ABC):
    """Proposes candidates. Pure: the same view and the same `rng` state give the same proposals.

    Attributes:
        needs_descriptors: whether it looks at what the pictures look like; else the view has no descriptors.
        beside_best: whether the best so far, at first the unsteered one, is shown beside its proposals; else they are
            all that is shown, but for what is pinned.
    """

    needs_descriptors: ClassVar[bool] = False
    beside_best: ClassVar[bool] = True

    @abstractmethod
    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Exactly `n` >= 1 distinct places inside the region, none of them shown before."""


def distance_to_nearest(u: Array, others: Sequence[Any] | Array) -> Array:
    """(n,) Euclidean distance of each of (n, d) to the nearest of (m, d)."""
    rest = np.asarray(others, dtype=np.float64).reshape(-1, u.shape[1])
    return np.linalg.norm(u[:, None, :] - rest[None, :, :], axis=2).min(axis=1)
