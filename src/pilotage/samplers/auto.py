"""The default: a trust region while the belief foresees answers, local steps while it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field

from pilotage.samplers.base import Proposals, Sampler, View
from pilotage.samplers.local import LocalConfig, LocalSampler
from pilotage.samplers.trust_region import TrustRegionSampler, TrustRegionSettings

NOT_FORESEEN = "your answers so far were foreseen no better than by guessing: steps about the favourite instead"


class AutoConfig(TrustRegionSettings, frozen=True):
    """Steps around the prompt first, then the trust region; steps again while your answers cannot be foreseen."""

    kind: Literal["auto"] = "auto"
    doubt: float = Field(
        2.0, ge=0, description="How much worse than by even guesses answers may be foreseen, in nats, before it steps."
    )


class AutoSampler(Sampler):
    """A trust region, unless the answers so far speak against the belief that it steers by.

    What tells is the log-likelihood of all answers, each forecast from those before it. It costs nothing: it is the
    belief's evidence.
    """

    def __init__(self, config: AutoConfig) -> None:
        self.config = config
        self._region = TrustRegionSampler(config)
        self._steps = LocalSampler(LocalConfig())

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """As the family that is chosen does; its name is told with it."""
        foresight = view.posterior.foresight
        if foresight is not None and foresight < -self.config.doubt:
            found = self._steps.propose(view, n=n, rng=rng)
            return replace(found, state={**found.state, "fallback": "local", "reason": NOT_FORESEEN})
        return self._region.propose(view, n=n, rng=rng)
