"""A real session as traces, for its own answers, the repeated ones above all, to tell the errors of who gave them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pilotage.elicitation import Judgement, incumbent
from pilotage.preferences import Posterior
from pilotage.simulation.fitting import Trace


def traces_of(judgements: Sequence[Judgement], posterior: Posterior) -> list[Trace]:
    """The session's answers for `fitting.fit`, oldest first.

    Utilities are what is believed after all of them, in units of choice noise: a temperature near 1 says that the
    belief expects the errors that were made.

    Args:
        judgements: of a session; those of sets that came again are known by their samples.
        posterior: what was folded from them.
    """
    traces = []
    for index, judgement in enumerate(judgements):
        mean, _ = posterior.mean_cov(np.array([item.u for item in judgement.items]))
        utilities = {item.candidate: float(value) for item, value in zip(judgement.items, mean, strict=True)}
        best = incumbent(judgements[:index])
        traces.append(Trace(judgement, utilities, best.sample if best else None))
    return traces
