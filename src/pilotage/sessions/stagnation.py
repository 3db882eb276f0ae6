"""When the favourite has stood for long and more may lie elsewhere, a round looks there, and says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from pydantic import BaseModel, ConfigDict

from pilotage.core.shapes import Array
from pilotage.elicitation import Judgement
from pilotage.preferences import PREFERENCE_MODELS, Posterior
from pilotage.preferences.stopping import doubting
from pilotage.samplers import Proposals, View
from pilotage.samplers.acquisition import greedy_emax
from pilotage.samplers.base import distance_to_nearest
from pilotage.samplers.reasons import proposals
from pilotage.sessions.history import region_of
from pilotage.sessions.verdicts import WORTH, rounds_unbeaten
from pilotage.store import SessionRow

PATIENCE = 4
ROLE = "elsewhere"
WHY = "Your best has stood for a while: this one lies far from it, where something better may still hide."
SHEETS = ("map", "line")  # places on a figure of their own: none of them can be another's
N_POOL, N_DRAWS = 256, 256
FAR = 0.5  # of the typical distance between two places of the region, from all that was shown


class Escape(BaseModel):
    """Why a round looked elsewhere, or did not, when the favourite had stood for long; `gain` in shares of the way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stood: int
    gain: float
    widened: bool
    reason: str


def doubts_of(session: SessionRow, judgements: Sequence[Judgement]) -> Posterior:
    """The belief after `judgements` by a model that also holds rougher tastes possible."""
    return doubting(PREFERENCE_MODELS.build(session.config["preference_model"])).fold(region_of(session), judgements)


def widened(
    view: View, proposed: Proposals, *, patience: int, doubt: Callable[[], Posterior], rng: np.random.Generator
) -> Proposals:
    """`proposed`, or the same with one place in three elsewhere.

    That is when the favourite has stood `patience` rounds (0: never) and a belief that doubts it, `doubt`, expects the
    places far from all that was shown to hold a gain that is worth a round. The state then has the `escape`.
    """
    stood = rounds_unbeaten(view.history)
    if not 0 < patience <= stood or any(role in SHEETS for role in proposed.roles):
        return proposed
    n = max(1, len(proposed.u) // 3)
    u, gain = _elsewhere(view, doubt(), n, rng)
    if gain < WORTH:
        reason = f"your best stood {stood} rounds, and nothing better is expected elsewhere"
        return _told(proposed, Escape(stood=stood, gain=gain, widened=False, reason=reason))
    new = proposals(view, u, roles=("explore",) * n)
    kept = len(proposed.u) - n
    joined = Proposals(
        np.vstack([proposed.u[:kept], u]), (*proposed.roles[:kept], *(ROLE,) * n), (*proposed.why[:kept], *(WHY,) * n),
        (*proposed.metadata[:kept], *new.metadata) if proposed.metadata else (), proposed.state,
    )  # fmt: skip
    reason = f"your best stood {stood} rounds, and more may be gained elsewhere: looking wider"
    return _told(joined, Escape(stood=stood, gain=gain, widened=True, reason=reason))


def _told(proposed: Proposals, escape: Escape) -> Proposals:
    return replace(proposed, state={**proposed.state, "escape": escape.model_dump()})


def _elsewhere(view: View, doubts: Posterior, n: int, rng: np.random.Generator) -> tuple[Array, float]:
    """(n, d) the far places that promise most together, and their expected gain; none and 0 if there aren't as many."""
    pool = view.region.sobol(N_POOL, rng=rng)
    over = doubts.draw(pool, N_DRAWS, rng=rng)
    far = FAR * float(np.linalg.norm(pool - pool[rng.permutation(N_POOL)], axis=1).mean())
    unknown = np.flatnonzero(distance_to_nearest(pool, view.shown) >= far)
    if len(unknown) < n:
        return np.empty((0, view.region.dim)), 0.0
    picks, gains = greedy_emax(over[:, unknown], n, banned=np.zeros(len(unknown)))
    way = np.maximum(np.maximum(over.max(axis=1), 0.0) - over.mean(axis=1), 1e-12)
    return pool[unknown[picks]], float(sum(gains) / way.mean())
