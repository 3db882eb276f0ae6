"""Style calibration: an optional round 0, in which a person keeps what they like of probes from all over the space.

It is a round like any other: proposed, rendered, answered by one shortlist, folded with all other answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.core.shapes import Array
from pilotage.elicitation import Answer, Shortlist
from pilotage.samplers import Proposals, Sampler, View
from pilotage.samplers.base import distance_to_nearest
from pilotage.store import SessionRow

STYLE_ROUND = 0
REACH = 0.8  # of the region: pictures clearly differ there, and what the prompt names is still to be seen
_KINDS = ("shortlist", "undecided")
_POOL = 1024
_WHY = "One of a spread over the whole space, to learn what you like at all."


class StyleProbes(Sampler):
    """Places far from each other and from the prompt: each the farthest, among many, from those before it.

    Source: Gonzalez 1985, Clustering to minimize the maximum intercluster distance (farthest-first traversal).
    """

    def propose(self, view: View, *, n: int, rng: np.random.Generator) -> Proposals:
        """`n` probes within `REACH` of the anchor."""
        pool = REACH * view.region.sobol(max(_POOL, 8 * n), rng=rng)
        away = distance_to_nearest(pool, view.shown)
        chosen: list[Array] = []
        for _ in range(n):
            chosen.append(pool[int(away.argmax())])
            away = np.minimum(away, np.linalg.norm(pool - chosen[-1], axis=1))
        return Proposals(np.array(chosen), ("probe",) * n, (_WHY,) * n, state={"reach": REACH})


def probes_of(config: Mapping[str, Any]) -> int:
    """How many probes a session's style calibration has; 0 if it has none."""
    return int(config.get("style_probes", 0))


def first_index(session: SessionRow) -> int:
    """The index of a session's first round."""
    return STYLE_ROUND if probes_of(session.config) else 1


def kinds_in(session: SessionRow, index: int) -> Sequence[str]:
    """The ways of answering that round `index` takes."""
    return _KINDS if index == STYLE_ROUND else session.query_kinds


def require_choice(answer: Answer, shown: Sequence[str]) -> None:
    """Refuse a shortlist of probes that tells none from another.

    Raises:
        InvalidInputError: none or all of them are kept.
    """
    if isinstance(answer, Shortlist) and len(answer.kept) in (0, len(shown)):
        raise InvalidInputError(
            f"keep 1 to {len(shown) - 1} of the {len(shown)}", field="answer.kept",
            hint="If none is any good or all are, say that you can't decide, and why.",
        )  # fmt: skip
