"""`pilotage bench axes`: what axes of language do and damage, on held-out answers, beside chance and plain asking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pilotage.bench.rows import Row
from pilotage.bench.statistics import paired_interval
from pilotage.core.progress import Progress, silent
from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.doses import directions_of, pushes_of
from pilotage.labs.language.evaluation import RANDOMS, evaluate
from pilotage.labs.language.meaning import Embed
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import EVALUATION, FURTHER
from pilotage.labs.language.study import Study

if TYPE_CHECKING:
    from pilotage.models.language import LanguageModel

EFFECT_BARS: Mapping[str, float] = {"formality": 3.0, "sentiment": 2.0}  # nats a token, on the default model
FLOOR_BAR, PERPLEXITY_BAR, MONOTONE_BAR = 0.5, 2.0, 0.95
SEED = 2  # packs are made with 0 and judged with 1 when they are made
QUICK_PROMPTS = 4
ASKED = "asked in the prompt"


@dataclass(frozen=True, slots=True)
class Measured:
    """An axis' report, with what its means are of.

    Attributes:
        effects: (n,) effect between doses -1 and 1 on each held-out pair; (0,) without pairs.
    """

    report: AxisReport
    effects: Array


def measure(
    model: LanguageModel, axes: Sequence[Axis], packs: Mapping[str, VectorPack], *, seed: int = SEED,
    quick: bool = False, embed: Embed | None = None, progress: Progress = silent,
) -> list[Measured]:  # fmt: skip
    """Every axis anew, by its calibrated pack.

    Args:
        model: whose packs these are.
        axes: with held-out answers.
        packs: by axis.
        seed: of the noise that texts are written with.
        quick: few random directions and few prompts.
        embed: a sentence encoder for a second opinion.
        progress: told of each phase.
    """
    study = Study(model, seed=seed, progress=progress)
    prompts = EVALUATION[:QUICK_PROMPTS] if quick else EVALUATION
    found = []
    for axis in axes:
        pack = packs[axis.name]
        report = evaluate(study, axis, pack, randoms=3 if quick else RANDOMS, prompts=prompts,
                          further=() if quick else FURTHER, embed=embed)  # fmt: skip
        found.append(Measured(report, _effects(study, axis, pack)))
    return found


def rows_of(found: Sequence[Measured], *, judged: bool = True) -> list[Row]:
    """A case an axis; bars are of the default model, and say nothing of a quick run."""
    rows = [row for one in found for row in _rows(one)]
    return rows if judged else [replace(row, bar=None, holds=None) for row in rows]


def _effects(study: Study, axis: Axis, pack: VectorPack) -> Array:
    """Pair by pair, under the positions that the pack was calibrated for."""
    packs, sides = {axis.name: pack}, axis.sides("held_out")
    if not sides.paired:
        return np.empty(0)
    reader = Study(study.model, pack.card.positions).reader(directions_of(packs))
    gaps = reader.gaps(sides, [pushes_of({axis.name: dose}, packs) for dose in (-1.0, 1.0)])
    low, high = gaps.positive - gaps.negative
    return np.asarray(high - low)


def _rows(one: Measured) -> Iterator[Row]:
    report, case = one.report, one.report.axis
    ends = (report.doses.index(-1.0), report.doses.index(1.0))
    bar = EFFECT_BARS.get(case)
    yield Row(case, "effect", report.effect, ASKED, report.instructed,
              report.effect / report.instructed if report.instructed > 0 else None, bar,
              None if bar is None else report.effect >= bar, report.answers,
              paired_interval(one.effects) if len(one.effects) else None)  # fmt: skip
    floor = float(np.mean(np.abs(report.floor)))
    yield Row(case, "floor", floor, bar=FLOOR_BAR, holds=floor <= FLOOR_BAR, n=len(report.floor))
    worse = max((0, 1), key=lambda end: report.damage[ends[end]].perplexity)
    damage, asked = report.damage[ends[worse]].perplexity, max(report.instructed_perplexity)
    yield Row(case, "damage", damage, ASKED, asked, damage / asked, PERPLEXITY_BAR, damage <= PERPLEXITY_BAR,
              report.texts, report.spread[worse] if report.spread else None)  # fmt: skip
    yield Row(case, "kl", max(report.damage[end].kl for end in ends), n=len(report.samples))
    yield Row(case, "distinct", min(report.damage[end].distinct for end in ends), n=report.texts)
    more = max(report.refusals[end] for end in ends) - report.refusals[report.doses.index(0.0)]
    yield Row(case, "refusals added", more, n=report.texts)
    yield Row(case, "monotone", report.monotone, bar=MONOTONE_BAR, holds=report.monotone >= MONOTONE_BAR,
              n=len(report.doses))  # fmt: skip
    if report.won is not None:
        yield Row(case, "pairs won", report.won, n=report.answers)
