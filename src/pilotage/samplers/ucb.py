"""Upper confidence bounds: the places that may turn out best, each as if those before it had been judged."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.samplers.acquisition import optimistic_set
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.fallback import NO_CHOICE, steps_instead
from pilotage.samplers.pool import everywhere
from pilotage.samplers.reasons import proposals

CHOICE_VARIANCE = np.pi**2 / 3  # of the difference of two Gumbel noises: what one choice tells of a utility


class UcbConfig(SamplerConfig, frozen=True):
    """The places that may turn out best: expected liking plus `beta` times how unsure it is, anywhere."""

    kind: Literal["ucb"] = "ucb"
    beta: float = Field(1.5, ge=0, le=5, description="How many sd above its mean a place is judged by.")
    n_pool: int = Field(512, ge=32, le=2048, description="Places scored per round, over the whole space.")


class UcbSampler(Sampler):
    """A batch of upper confidence bounds that keeps its members apart."""

    def __init__(self, config: UcbConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Highest bound first; each tells its bound, and the beta that made it."""
        if view.incumbent is None:
            return steps_instead(view, n, because=NO_CHOICE, rng=rng)
        beta = self.config.beta
        pool = everywhere(view, max(self.config.n_pool, 8 * n), rng=rng)
        mean, cov = view.posterior.mean_cov(pool)
        picks, bounds = optimistic_set(mean, cov, n, beta=beta, noise=CHOICE_VARIANCE)
        facts = [{"beta": beta, "upper_bound": bound, "pool_size": len(pool)} for bound in bounds]
        return proposals(view, pool[picks], roles=("promising",) * n, state={"beta": beta}, facts=facts)
