"""Answers as other packages take them: what was put before what, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from pilotage.core.shapes import Array, require_vector
from pilotage.elicitation import THRESHOLD, TIE, Judgement, Ratings, Stage, incumbent, stages

BAR = 0  # the row of what is only just acceptable; the places follow

Pick = tuple[int, tuple[int, ...]]  # a row, and the rows that it was chosen over


@dataclass(frozen=True, slots=True)
class Reading:
    """A log of answers about places; a place shown again is the same item.

    Attributes:
        places: (m, d) in the order of their first round; place i has row i + 1.
        picks: of each judgement, as far as it puts one thing before others.
        reference: (d,) the incumbent's place, or the anchor.
    """

    places: Array
    picks: tuple[tuple[Pick, ...], ...]
    reference: Array


def read(judgements: Sequence[Judgement], dim: int) -> Reading:
    """What the answers put first; what equals, slopes and confidence say is lost.

    Raises:
        ShapeError: an item's coordinates do not have `dim` numbers.
    """
    rows, best = dict[tuple[float, ...], int](), incumbent(judgements)
    for item in (item for judgement in judgements for item in judgement.items):
        require_vector(item.candidate, item.u, dim)
        rows.setdefault(item.u, len(rows) + 1)
    picks = []
    for index, judgement in enumerate(judgements):
        row = {item.candidate: rows[item.u] for item in judgement.items} | {THRESHOLD: BAR}
        told = [(row[one], tuple(row[name] for name in rest)) for one, rest in _named(judgement, index)]
        apart = [(one, tuple(other for other in rest if other != one)) for one, rest in told]
        picks.append(tuple(pick for pick in apart if pick[1]))
    places = np.array(list(rows), dtype=np.float64).reshape(-1, dim)
    return Reading(places, tuple(picks), np.zeros(dim) if best is None else np.array(best.u, dtype=np.float64))


def duels(picks: Sequence[Pick]) -> list[tuple[int, int]]:
    """(better, worse) rows of one judgement, places alone: what is acceptable is before what is not."""
    pairs = [(one, other) for one, rest in picks for other in rest]
    good = [one for one, other in pairs if other == BAR]
    bad = [other for one, other in pairs if one == BAR]
    return [pair for pair in pairs if BAR not in pair] + [(one, other) for one in good for other in bad]


def _named(judgement: Judgement, index: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(judgement.answer, Ratings):
        stars = judgement.answer.stars
        yield from ((one, (other,)) for one, other in permutations(stars, 2) if stars[one] > stars[other])
        return
    for stage in stages(judgement, index):
        yield from _chosen(stage)


def _chosen(stage: Stage) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Those of the form that won before all that are in none but others; the choice of a worst turned round."""
    named = [{name: w for name, w in form.weights if isinstance(name, str) and name != TIE} for form in stage.forms]
    won = named[stage.winner]
    rest = tuple(dict.fromkeys(name for names in named for name in names if name not in won))
    if min(won.values(), default=1.0) < 0.0:
        yield from ((name, tuple(won)) for name in rest)
    else:
        yield from ((name, rest) for name in won)
