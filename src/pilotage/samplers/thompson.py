"""Thompson sampling: each proposal is the best place for one plausible judge."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.samplers.acquisition import own_best
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.fallback import NO_CHOICE, steps_instead
from pilotage.samplers.pool import everywhere
from pilotage.samplers.reasons import proposals


class ThompsonConfig(SamplerConfig, frozen=True):
    """Each proposal is what one plausible judge of your taste would like best, near or far."""

    kind: Literal["thompson"] = "thompson"
    n_pool: int = Field(512, ge=32, le=4096, description="Places scored per round, over the whole space.")


class ThompsonSampler(Sampler):
    """As many draws of the belief as proposals; each proposal maximises its own."""

    def __init__(self, config: ThompsonConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """The best places of `n` draws; each tells the number of its draw and the utility drawn there."""
        if view.incumbent is None:
            return steps_instead(view, n, because=NO_CHOICE, rng=rng)
        pool = everywhere(view, max(self.config.n_pool, 8 * n), rng=rng)
        draws = view.posterior.draw(pool, n, rng=rng)
        picks = own_best(draws)
        facts = [
            {"draw": row, "drawn_utility": float(draws[row, pick]), "pool_size": len(pool)}
            for row, pick in enumerate(picks)
        ]
        return proposals(view, pool[picks], roles=("guess",) * n, state={"draws": n}, facts=facts)
