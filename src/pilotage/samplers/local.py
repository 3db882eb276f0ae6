"""Local search: steps around the incumbent whose length wins and losses adapt; no model.

Source: the (1+lambda) evolution strategy with success-based step sizes (Rechenberg 1973).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.samplers.base import Proposals, Sampler, SamplerConfig, View
from pilotage.samplers.pool import distinct, shell
from pilotage.samplers.radius import RadiusRule, fold_radius
from pilotage.samplers.reasons import proposals


class LocalConfig(SamplerConfig, frozen=True):
    """Steps around the best so far, longer after a win, shorter after a loss; no model.

    Lengths are in unit coordinates.
    """

    kind: Literal["local"] = "local"
    radius: float = Field(0.6, gt=0, le=2, description="Length of the first steps.")
    shrink: float = Field(0.6, gt=0, lt=1, description="Factor on the radius when the favourite stays.")
    grow: float = Field(1.0, ge=1, le=3, description="Factor on the radius when a new favourite is found.")
    least: float = Field(0.02, gt=0, description="The radius never falls below this.")


class LocalSampler(Sampler):
    """The incumbent plus steps in near-orthogonal directions."""

    def __init__(self, config: LocalConfig) -> None:
        self.config = config

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """`n` steps of the present radius from the incumbent, or from the anchor before there is one."""
        config = self.config
        rule = RadiusRule(config.radius, config.least, max(1.0, config.radius), config.grow, config.shrink)
        state = fold_radius(view.history, rule)
        u = distinct(shell(view.centre, state.radius, n, rng=rng), view, n=n, rng=rng)
        role = "explore" if view.incumbent is None else "refine"
        return proposals(view, u, roles=(role,) * n, state=state.as_state())
