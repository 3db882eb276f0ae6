"""Space filling: a scrambled Sobol set over the whole region, no model."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.pool import distinct
from pilotage.samplers.reasons import proposals


class SobolConfig(SamplerConfig, frozen=True):
    """Every round spread evenly over the whole space; it learns from no answer."""

    kind: Literal["sobol"] = "sobol"


class SobolSampler(Sampler):
    """Spreads every round evenly over the region; scrambled anew each round.

    Source: Sobol 1967; scrambling of Owen 1998.
    """

    def __init__(self, config: SobolConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """The first `n` points of the set that were not shown before."""
        u = distinct(view.region.sobol(2 * n, rng=rng), view, n=n, rng=rng)
        return proposals(view, u, roles=("explore",) * n)
