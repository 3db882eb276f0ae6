"""One sure step, one leap, and the best set between: safe, bold and challengers against the incumbent."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.samplers.acquisition import best_set
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.pool import around, distinct, shell
from pilotage.samplers.reasons import proposals


class IncumbentChallengerConfig(SamplerConfig, frozen=True):
    """Against the best so far: one sure step, one leap, and the set between whose best is expected to be best."""

    kind: Literal["incumbent_challenger"] = "incumbent_challenger"
    beta: float = Field(1.0, ge=0, le=5, description="How many sd a safe proposal's lower bound lies below its mean.")
    p_bold: float = Field(0.4, ge=0, le=1, description="A bold proposal must beat the favourite at least this often.")
    radius: float = Field(1.0, gt=0, le=2, description="How far from the favourite to look, in unit coordinates.")
    first_step: float = Field(0.5, gt=0, le=2, description="Length of the first round's steps.")
    n_pool: int = Field(256, ge=32, le=4096, description="Places scored per round.")
    n_draws: int = Field(256, ge=16, le=2048, description="Plausible judges that score them.")


class IncumbentChallengerSampler(Sampler):
    """Safe: highest lower bound. Bold: least known place that may still win. The rest: greedy E[max]."""

    def __init__(self, config: IncumbentChallengerConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Challengers first; from two proposals on one is safe, from three on one is bold."""
        config = self.config
        if view.incumbent is None:
            u = distinct(shell(view.centre, config.first_step, n, rng=rng), view, n=n, rng=rng)
            return proposals(view, u, roles=("explore",) * n)
        size = max(config.n_pool, 8 * n)
        places = around(view, view.centre, config.radius, size, rng=rng)
        pool = distinct(places, view, n=size, rng=rng)
        ends = self._safe_and_bold(view, pool)[: max(0, n - 1)]
        rivals, _ = best_set(view, view.centre, config.radius, n, n_pool=size, n_draws=config.n_draws, rng=rng)
        u = distinct(np.vstack([pool[ends], rivals]), view, n=n, rng=rng)
        roles = (("safe", "bold")[: len(ends)] + ("challenger",) * n)[:n]
        return proposals(view, u, roles=roles)

    def _safe_and_bold(self, view: View, pool: Array) -> list[int]:
        mean, cov = view.posterior.mean_cov(pool)
        sd = np.sqrt(np.maximum(np.diag(cov), 0.0))
        safe = int((mean - self.config.beta * sd).argmax())
        p = view.posterior.p_beats_incumbent(pool)
        hopeful = p >= min(self.config.p_bold, float(p.max()))
        hopeful[safe] = False
        return [safe, int(np.where(hopeful, sd, -np.inf).argmax())]
