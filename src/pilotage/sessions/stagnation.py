"""When the favourite has stood for long and more may lie elsewhere, a round looks there, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pilotage.core.shapes import Array
from pilotage.preferences import Posterior
from pilotage.samplers import Proposals, View
from pilotage.samplers.acquisition import greedy_emax
from pilotage.samplers.base import distance_to_nearest
from pilotage.samplers.reasons import proposals
from pilotage.sessions.verdicts import WORTH, rounds_unbeaten

PATIENCE = 4
ROLE = "elsewhere"
WHY = "Your best has stood for a while: this one lies far from it, where something better may still hide."
SHEETS = ("map", "line")  # places on a figure of their own: none of them can be another's
N_POOL, N_DRAWS = 256, 256
FAR = 0.5  # of the typical distance between two places of the region, from all that was shown


def widened(
    view: View, proposed: Proposals, *, patience: int, doubt: Callable[[], Posterior], rng: np.random.Generator
) -> Proposals:
    """`proposed`, or the same with one place in three elsewhere.

    That is when the favourite has stood `patience` rounds (0: never) and a belief that doubts it, `doubt`, expects the
    places far from all that was shown to hold a gain that is worth a round. The state then has, as `escape`, how long
    the favourite stood, the gain in shares of the way (`preferences.stopping`), and the reason in words.
    """
    stood = rounds_unbeaten(view.history)
    if not 0 < patience <= stood or any(role in SHEETS for role in proposed.roles):
        return proposed
    n = max(1, len(proposed.u) // 3)
    u, gain = _elsewhere(view, doubt(), n, rng)
    escape = {"stood": stood, "gain": gain, "widened": gain >= WORTH and len(u) == n}
    if not escape["widened"]:
        return _told(proposed, escape, f"your best stood {stood} rounds, and nothing better is expected elsewhere")
    new = proposals(view, u, roles=("explore",) * n)
    kept = len(proposed.u) - n
    joined = Proposals(
        np.vstack([proposed.u[:kept], u]), (*proposed.roles[:kept], *(ROLE,) * n), (*proposed.why[:kept], *(WHY,) * n),
        (*proposed.metadata[:kept], *new.metadata) if proposed.metadata else (), proposed.state,
    )  # fmt: skip
    return _told(joined, escape, f"your best stood {stood} rounds, and more may be gained elsewhere: looking wider")


def _told(proposed: Proposals, escape: Mapping[str, Any], reason: str) -> Proposals:
    return replace(proposed, state={**proposed.state, "escape": {**escape, "reason": reason}})


def _elsewhere(view: View, doubts: Posterior, n: int, rng: np.random.Generator) -> tuple[Array, float]:
    """(m <= n, d) the far places that promise most together, and their expected gain in shares of the way."""
    pool = view.region.sobol(N_POOL, rng=rng)
    over = doubts.draw(pool, N_DRAWS, rng=rng)
    far = FAR * float(np.linalg.norm(pool - pool[rng.permutation(N_POOL)], axis=1).mean())
    unknown = np.flatnonzero(distance_to_nearest(pool, view.shown) >= far)
    if len(unknown) < n:
        return np.empty((0, view.region.dim)), 0.0
    picks, gains = greedy_emax(over[:, unknown], n, banned=np.zeros(len(unknown)))
    way = np.maximum(np.maximum(over.max(axis=1), 0.0) - over.mean(axis=1), 1e-12)
    return pool[unknown[picks]], float(sum(gains) / way.mean())
