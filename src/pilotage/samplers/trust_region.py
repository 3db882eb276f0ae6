"""Greedy E[max] inside a trust region about the best place known; the default sampler.

Source: TuRBO (Eriksson et al. 2019, arXiv 1910.01739) for the region, qEUBO (arXiv 2303.15746) for the set.
Differs: the region is a ball about one centre, and the first rounds step locally around the prompt.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.core.shapes import Array
from pilotage.samplers.acquisition import best_set
from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.pool import distinct, shell
from pilotage.samplers.radius import RadiusRule, fold_radius
from pilotage.samplers.reasons import proposals


class TrustRegionSettings(SamplerConfig, frozen=True):
    """The settings of a trust region, whatever its kind is called. Lengths are in unit coordinates."""

    radius: float = Field(1.0, gt=0, le=2, description="Radius of the trust region at the start.")
    shrink: float = Field(0.9, gt=0, lt=1, description="Factor on the radius when the favourite stays.")
    grow: float = Field(1.2, ge=1, le=3, description="Factor on the radius when a new favourite is found.")
    least: float = Field(0.1, gt=0, description="The radius never falls below this.")
    local_rounds: int = Field(1, ge=0, le=5, description="Rounds that step around the prompt, without the model.")
    first_step: float = Field(0.5, gt=0, le=2, description="Length of those steps.")
    n_pool: int = Field(256, ge=32, le=4096, description="Places scored per round.")
    n_draws: int = Field(256, ge=16, le=2048, description="Plausible judges that score them.")


class TrustRegionConfig(TrustRegionSettings, frozen=True):
    """The set whose best member is expected to be worth most, near the best place known; wins widen the search.

    Lengths are in unit coordinates.
    """

    kind: Literal["trust_region"] = "trust_region"


class TrustRegionSampler(Sampler):
    """Proposes the set whose best member is worth most, near the best place known."""

    def __init__(self, config: TrustRegionSettings) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """Local steps in the first rounds, then the best set inside the region of trust."""
        config = self.config
        state = fold_radius(view.history, self._rule())
        if view.round <= config.local_rounds or view.incumbent is None:
            steps = shell(view.centre, config.first_step, n, rng=rng)
            u = distinct(steps, view, n=n, rng=rng)
            return proposals(view, u, roles=("explore",) * n, state=state.as_state())
        picks, gains = best_set(
            view, self._centre(view), state.radius, n, n_pool=config.n_pool, n_draws=config.n_draws, rng=rng
        )
        u = distinct(picks, view, n=n, rng=rng)
        return proposals(view, u, roles=_roles(view, u), state={**state.as_state(), "gains": gains})

    def _rule(self) -> RadiusRule:
        config = self.config
        return RadiusRule(config.radius, config.least, max(1.0, config.radius), config.grow, config.shrink)

    def _centre(self, view: View) -> Array:
        """(d,) the shown place of highest posterior mean."""
        mean, _ = view.posterior.mean_cov(view.shown)
        return view.shown[int(mean.argmax())]


def _roles(view: View, u: Array) -> tuple[str, ...]:
    """Challenger: likelier than not to beat the best. Refine: close to it. Explore: the rest."""
    p = view.posterior.p_beats_incumbent(u)
    far = np.linalg.norm(u - view.centre, axis=1)
    top = int(p.argmax())
    return tuple("challenger" if i == top else "refine" if far[i] < 0.35 else "explore" for i in range(len(u)))
