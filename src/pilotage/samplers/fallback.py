"""What a family does that cannot act yet: steps around the best so far, and a word about why."""

from __future__ import annotations

import numpy as np

from pilotage.samplers.base import Proposals, View
from pilotage.samplers.pool import distinct, shell
from pilotage.samplers.reasons import proposals

FIRST_STEP = 0.5
NO_CHOICE = "nothing has been chosen yet"


def steps_instead(view: View, n: int, *, because: str, rng: np.random.Generator) -> Proposals:
    """`n` near-orthogonal steps of length 0.5 around the incumbent, or the anchor before there is one."""
    u = distinct(shell(view.centre, FIRST_STEP, n, rng=rng), view, n=n, rng=rng)
    state = {"fallback": "steps", "reason": because}
    return proposals(view, u, roles=("explore",) * n, state=state, facts=({"fallback": "steps"},) * n)
