"""CMA-ES on ranks: a Gaussian that moves and turns towards what was put first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.feedback import scores
from pilotage.samplers.pool import distinct
from pilotage.samplers.reasons import proposals

if TYPE_CHECKING:
    from cmaes import CMA

WINNER_ONLY = "only first places were told: the rest is ordered by how near to the first it lies"


class CmaConfig(SamplerConfig, frozen=True):
    """An evolution strategy on ranks; it needs the first two places of a round, better a full ranking."""

    kind: Literal["cma"] = "cma"
    first_step: float = Field(0.5, gt=0, le=2, description="Length of a typical first step, in unit coordinates.")


@dataclass(frozen=True, slots=True)
class Generations:
    """What of a history CMA-ES was told: (λ, d) places, best first, by judgement; and what was not.

    Attributes:
        places: one array per judgement that ranks λ items.
        skipped: judgements that rank nothing, or another number of items.
        ranked: of those told, how many told more than one place.
    """

    places: tuple[Array, ...]
    skipped: int
    ranked: int


class CmaSampler(Sampler):
    """CMA-ES whose generations are the judgements, incumbent included; its state is folded from them each time.

    Source: Hansen 2016 (arXiv 1604.00772), as in the package `cmaes`; injected points, Hansen 2011 (arXiv 1110.4181).
    Differs: places outside the region are moved to its border, and are told as they were shown.
    """

    def __init__(self, config: CmaConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """`n` samples of the Gaussian as the ranks so far have shaped it."""
        told = generations(view.history)
        seed = int(rng.integers(2**31))
        search = fold(told, view.region.dim, self.config.first_step, n + 1, seed=seed)
        u = distinct(np.array([search.ask() for _ in range(n)]), view, n=n, rng=rng)
        role = "explore" if view.incumbent is None else "refine"
        return proposals(view, u, roles=(role,) * n, state=_state(search, told))


def generations(history: Sequence[Judgement]) -> Generations:
    """The judgements that rank as many items as the last one that ranks any."""
    ranked = [(judgement, scores(judgement, index)) for index, judgement in enumerate(history)]
    telling = [(judgement, score) for judgement, score in ranked if np.ptp(score) > 0]
    size = len(telling[-1][1]) if telling else 0
    told = [(judgement, score) for judgement, score in telling if len(score) == size]
    return Generations(
        tuple(_best_first(judgement, score) for judgement, score in told),
        len(history) - len(told),
        sum(len(np.unique(score.round(9))) > 2 for _, score in told),
    )


def fold(told: Generations, dim: int, first_step: float, size: int, *, seed: int) -> CMA:
    """`cmaes.CMA` after all generations; `size` is its population before there is one."""
    from cmaes import CMA  # noqa: PLC0415  (0.6 s that others need not pay)

    size = len(told.places[0]) if told.places else size
    with np.errstate(divide="ignore"):  # below four to a generation a bound on its weights is infinite, as it should be
        search = CMA(mean=np.zeros(dim), sigma=first_step / np.sqrt(dim), population_size=max(2, size), seed=seed)
    for places in told.places:
        search.tell([(place, float(rank)) for rank, place in enumerate(places)])
    return search


def _best_first(judgement: Judgement, score: Array) -> Array:
    places = np.array([item.u for item in judgement.items])
    away = np.linalg.norm(places - places[int(score.argmax())], axis=1)
    return places[np.lexsort((away, -score.round(9)))]


def _state(search: CMA, told: Generations) -> dict[str, Any]:
    _, lengths = search._eigen_decomposition()
    winner_only = bool(told.places) and told.ranked < len(told.places)
    return {
        "sigma": float(search._sigma),
        "condition_number": float((lengths.max() / lengths.min()) ** 2),
        "generations": len(told.places),
        "skipped": told.skipped,
        "feedback": "winner only" if winner_only else "ranks" if told.places else "none",
        "reason": WINNER_ONLY if winner_only else "",
    }
