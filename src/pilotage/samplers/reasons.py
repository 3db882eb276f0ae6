"""What a proposal says about itself: a sentence for the person who chooses, numbers for the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pilotage.core.shapes import Array
from pilotage.samplers.base import Proposals, View, distance_to_nearest

CLOSE = 0.25  # unit coordinates: nearer than this reads as "close"
ALONG = 0.35  # cosine: more than this is "the same way"

_SENTENCES = {
    "explore": "Somewhere not yet seen, to learn what else you may like.",
    "challenger": "The strongest rival of your best, by what you have chosen so far.",
    "safe": "A sure step: hardly ever worse than your best, by what you have chosen so far.",
    "bold": "A leap: little is known there, and it may well beat your best.",
    "alternative": "What you may like better, should the strongest rival not please you.",
    "guess": "What you would like best if one of several guesses about your taste is right.",
    "promising": "It may turn out very good: what you liked is near, or much is still open there.",
    "variety": "A better one of its own kind, unlike the others of this round.",
    "heeded": "Near your best, changed the way your remarks ask for.",
    "map": "One place on the map around your best; choose it to look closer there.",
    "question": "Which of these you take tells most about what you want.",
    "line": "One place on a line through your best; choose it to look closer there.",
}
_FIRST = "A first step away from the prompt as it is, in a direction of its own."


def proposals(
    view: View, u: Array, *, roles: Sequence[str], state: Mapping[str, Any] | None = None,
    facts: Sequence[Mapping[str, Any]] | None = None,
) -> Proposals:  # fmt: skip
    """Proposals at (n, d) `u` with their reasons and metadata, `facts` of the family's own among them.

    A number seen before the choice would sway it, so forecasts stand in the metadata only, not in the sentences.
    """
    travelled = _last_move(view)
    why = tuple(_why(view, place, role, travelled) for place, role in zip(u, roles, strict=True))
    own = facts or ({},) * len(u)
    metadata = tuple({**common, **more} for common, more in zip(_metadata(view, u), own, strict=True))
    return Proposals(u, tuple(roles), why, metadata, dict(state or {}))


def _why(view: View, place: Array, role: str, travelled: Array) -> str:
    if view.incumbent is None and role != "question":
        return _FIRST
    if role != "refine":
        return _SENTENCES[role]
    step = place - view.centre
    length = float(np.linalg.norm(step))
    where = "Close to your best" if length < CLOSE else "A fair step from your best"
    cosine = float(step @ travelled) / max(length * float(np.linalg.norm(travelled)), 1e-12)
    if cosine > ALONG:
        return f"{where}, a little further along what you liked."
    if cosine < -ALONG:
        return f"{where}, a little back from where you came."
    return f"{where}, in a direction that is new."


def _last_move(view: View) -> Array:
    """(d,) from the favourite before to the present one; 0 if there was none."""
    for past in range(len(view.history) - 1, -1, -1):
        before = View(view.region, view.posterior, view.history[:past], view.round).centre
        if (before != view.centre).any():
            return view.centre - before
    return np.zeros(view.region.dim)


def _metadata(view: View, u: Array) -> list[dict[str, float]]:
    mean, cov = view.posterior.mean_cov(u)
    columns = {
        "mean": mean,
        "sd": np.sqrt(np.maximum(np.diag(cov), 0.0)),
        "p_best": view.posterior.p_best(np.vstack([u, view.centre]))[: len(u)],  # the incumbent is shown, too
        "p_beats_incumbent": view.posterior.p_beats_incumbent(u),
        "distance_to_incumbent": np.linalg.norm(u - view.centre, axis=1),
        "distance_to_nearest_shown": distance_to_nearest(u, view.shown),
    }
    return [{name: float(values[i]) for name, values in columns.items()} for i in range(len(u))]
