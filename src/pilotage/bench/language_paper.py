"""`pilotage bench paper`: what can be repeated of the paper on steerable chatbots without people, beside what it says.

E1: effect is linear in the dose. E2: asking and steering add. E3: two axes combine. E4: hidden wishes are found.

Source: Bo et al. 2025, Steerable Chatbots (arXiv 2505.04260).
Differs: effect is read off held-out answers, not off embeddings of written ones; people are simulated, as in
    `pilotage bench profiles`, so its figures on people stand beside ours and are not the same work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pilotage.bench.profiles import Searches, directions, errors
from pilotage.bench.rows import Row
from pilotage.bench.statistics import paired_interval
from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import Composition
from pilotage.labs.language.composition import composed
from pilotage.labs.language.doses import directions_of, gram, pushes_of
from pilotage.labs.language.evaluation import DOSES, INSTRUCTION, straightness
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.reading import instructed
from pilotage.labs.language.study import Study

if TYPE_CHECKING:
    from pilotage.models.language import LanguageModel

PAPER = "the paper's 14 people"
PAPER_ERROR, PAPER_DIRECTION = 0.414, 0.57  # CALIBRATE: share of its scale of 100; LEARN: share found
_ENDS = (-1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Line:
    """E1 and E2 of one axis, in nats a token.

    Attributes:
        gaps: (9,) at doses -1 to 1.
        asked: effect of asking for either pole in words, unsteered.
        both: effect of asking and steering at once, of either pole.
    """

    axis: str
    gaps: Array
    asked: float
    both: float

    @property
    def effect(self) -> float:
        """Of steering alone."""
        return float(self.gaps[-1] - self.gaps[0])


def lines_of(model: LanguageModel, axes: Sequence[Axis], packs: Mapping[str, VectorPack]) -> list[Line]:
    """E1 and E2, read off the held-out answers of each axis."""
    return [_line(Study(model, packs[axis.name].card.positions), axis, packs[axis.name]) for axis in axes]


def pair_of(model: LanguageModel, axes: Sequence[Axis], packs: Mapping[str, VectorPack]) -> dict[str, Composition]:
    """E3, of the two axes that are least alike: each beside the other; none of a single axis."""
    if len(axes) < 2:
        return {}
    cosines = gram([packs[axis.name] for axis in axes])
    upper = [(abs(float(cosines[i, j])), i, j) for i in range(len(axes)) for j in range(i + 1, len(axes))]
    _, i, j = min(upper)
    study = Study(model)
    return {one.name: composed(study, one, packs[one.name], packs[other.name])
            for one, other in ((axes[i], axes[j]), (axes[j], axes[i]))}  # fmt: skip


def rows_of(lines: Sequence[Line], pair: Mapping[str, Composition], found: Searches, case: str) -> list[Row]:
    """The table; `found` and `case` are of `pilotage bench profiles`."""
    return [*_straight(lines), *_added(lines), *_combined(pair), *_found(found, case)]


def _line(study: Study, axis: Axis, pack: VectorPack) -> Line:
    packs, sides = {axis.name: pack}, axis.sides("held_out")
    reader = study.reader(directions_of(packs))
    pushes = {dose: pushes_of({axis.name: dose}, packs) for dose in DOSES}
    poles = dict(zip(_ENDS, (axis.poles.negative, axis.poles.positive), strict=True))
    told = {dose: instructed(sides, INSTRUCTION.format(pole)) for dose, pole in poles.items()}
    low, high = (reader.gaps(told[dose], [{}, pushes[dose]]).mean for dose in _ENDS)
    asked, both = high - low
    return Line(axis.name, reader.gaps(sides, list(pushes.values())).mean, float(asked), float(both))


def _straight(lines: Sequence[Line]) -> Iterator[Row]:
    for line in lines:
        yield Row(f"E1 {line.axis}", "share that a line over the doses explains",
                  straightness(np.array(DOSES), line.gaps), n=len(DOSES))  # fmt: skip


def _added(lines: Sequence[Line]) -> Iterator[Row]:
    for line in lines:
        yield Row(f"E2 {line.axis}", "effect of asking and steering", line.both, "the sum of both alone",
                  line.asked + line.effect, line.both / (line.asked + line.effect))  # fmt: skip


def _combined(pair: Mapping[str, Composition]) -> Iterator[Row]:
    case = f"E3 {' + '.join(pair)}"
    yield from (Row(case, "cosine", found.cosine) for found in list(pair.values())[:1])
    for name, found in pair.items():
        yield Row(case, f"effect of {name} with {found.other}", found.together, "alone", found.alone,
                  found.together / found.alone)  # fmt: skip
        yield Row(case, f"effect of {found.other} on {name}'s answers", found.spilled, name, found.alone,
                  found.spilled / found.alone)  # fmt: skip


def _found(found: Searches, case: str) -> Iterator[Row]:
    error = errors(found[case, "calibrate"])
    yield _beside("E4 calibrate, 8 pairs", "mean error, share of the range", error, PAPER_ERROR)
    right = directions(found[case, "learn"], 0.0)
    yield _beside("E4 learn, 12 turns", "direction right", right, PAPER_DIRECTION)


def _beside(case: str, metric: str, ours: Array, theirs: float) -> Row:
    value = float(ours.mean())
    return Row(case, metric, value, PAPER, theirs, value / theirs, n=len(ours), spread=paired_interval(ours))
