"""Expected utility of the best option: the set, from anywhere, whose best member is expected to be worth most."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.samplers.acquisition import greedy_emax
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.fallback import NO_CHOICE, steps_instead
from pilotage.samplers.pool import everywhere, unseen
from pilotage.samplers.reasons import proposals
from pilotage.spaces.region import unit_directions


class EuboConfig(SamplerConfig, frozen=True):
    """The set, from the whole space, whose best member is expected to be worth most beside the best so far."""

    kind: Literal["eubo"] = "eubo"
    n_pool: int = Field(384, ge=32, le=4096, description="Places scored per round, over the whole space.")
    n_draws: int = Field(256, ge=16, le=2048, description="Plausible judges that score them.")


class EuboSampler(Sampler):
    """Greedy E[max] over the whole region; the incumbent counts as the first of the set.

    Source: qEUBO, Astudillo et al. 2023 (arXiv 2303.15746).
    Differs: a pool, sharpened once about its first picks, instead of gradient ascent.
    """

    def __init__(self, config: EuboConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """The set in the order of its picks; each tells what it added to the expected maximum."""
        if view.incumbent is None:
            return steps_instead(view, n, because=NO_CHOICE, rng=rng)
        size = max(self.config.n_pool, 8 * n)
        wide = everywhere(view, size, rng=rng)
        first, _ = self._set(view, wide, n, rng)
        scales = 10 ** rng.uniform(-2.3, -0.7, size=(size, 1))
        finer = first[rng.integers(n, size=size)] + scales * unit_directions(size, view.region.dim, rng=rng)
        u, gains = self._set(view, unseen(view, np.vstack([first, finer])), n, rng)
        facts = [{"marginal_gain": gain, "pool_size": len(wide) + size} for gain in gains]
        roles = ("challenger", *("alternative",) * (n - 1))
        return proposals(view, u, roles=roles, state={"expected_best": float(sum(gains))}, facts=facts)

    def _set(self, view: View, pool: Array, n: int, rng: np.random.Generator) -> tuple[Array, list[float]]:
        draws = view.posterior.draw(pool, self.config.n_draws, rng=rng)
        picks, gains = greedy_emax(draws, n, banned=np.zeros(len(pool), dtype=bool))
        return pool[picks], gains
