"""Evaluation: what an axis does and what it damages, on answers and prompts that nothing was chosen by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pilotage.core.seeds import stream
from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Axis, Sides
from pilotage.labs.language.axis_report import AxisReport, Meaning, Sample
from pilotage.labs.language.cards import Damage
from pilotage.labs.language.composition import composed
from pilotage.labs.language.doses import directions_of, pushes_of
from pilotage.labs.language.making import random_pack
from pilotage.labs.language.meaning import Embed, PoleScore
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.prompts import EVALUATION, FURTHER
from pilotage.labs.language.reading import Reader, Setting, instructed
from pilotage.labs.language.speaking import Spoken, speak
from pilotage.labs.language.study import Study
from pilotage.spaces.monotone import spearman

DOSES = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
RANDOMS = 10  # directions: three can all be weak
INSTRUCTION = "Answer in a way that is {}."
_ZERO = DOSES.index(0.0)
_ENDS = (0, _ZERO, len(DOSES) - 1)


def evaluate(
    study: Study, axis: Axis, pack: VectorPack, *, randoms: int = RANDOMS,
    prompts: Sequence[str] = EVALUATION, further: Sequence[str] = FURTHER, embed: Embed | None = None,
    beside: VectorPack | None = None,
) -> AxisReport:  # fmt: skip
    """Measure a calibrated pack, under the positions that it was calibrated for.

    Args:
        study: the pack's own model; with another seed than its calibration had.
        axis: whose held-out answers are read.
        pack: calibrated.
        randoms: random directions to compare with.
        prompts: what texts are written to at every dose.
        further: and at doses -1, 0 and 1, so that what the ends cost is better known.
        embed: a sentence encoder that gives a second opinion on them: `installed_encoder()`.
        beside: another axis' vectors to be combined with, for instance the `most_alike`.

    Raises:
        ConflictError: the pack is not calibrated.
        UnsupportedInputError: it is another model's.
        InvalidInputError: the axis holds nothing out.
    """
    pack.require(study.model.info)
    study = replace(study, positions=pack.card.positions)
    packs, sides = {axis.name: pack}, axis.sides("held_out")
    settings = [pushes_of({axis.name: dose}, packs) for dose in DOSES]
    reader = study.reader(directions_of(packs))
    study.at("reading", 0, 4)
    gaps = reader.gaps(sides, settings)
    gap, doses = gaps.mean, np.array(DOSES)
    study.at("comparing", 1, 4)
    floor = _floor(study, pack, sides, randoms)
    study.at("generating", 2, 4)
    spoken = speak(reader, prompts, settings, tokens=study.tokens, seed=study.seed)
    told = _instructed(study, axis, sides, spoken)
    ends = _at_the_ends(study, reader, spoken, settings, further)
    study.at("reading", 3, 4)
    kl = reader.divergence(study.everyday(prompts), settings)
    return AxisReport(
        axis=axis.name, poles=axis.poles, model=pack.card.model, layer=pack.direction.layer, method=pack.card.method,
        positions=study.positions, doses=DOSES, strengths=tuple(setting.get(axis.name, 0.0) for setting in settings),
        gaps=_floats(gap), effect=float(gap[-1] - gap[0]), won=gaps.won(0, -1), monotone=spearman(doses, gap),
        straight=straightness(doses, gap), floor=floor, instructed=told[0], instructed_perplexity=told[1],
        damage=_damage(spoken, ends, kl), texts=len(ends.prompts), spread=_spread(ends),
        refusals=_floats(_both(spoken.refusals, ends.refusals)), samples=_samples(spoken),
        composition=composed(study, axis, pack, beside) if beside is not None else None,
        meaning=_meaning(axis, spoken, embed) if embed is not None else None,
        answers=len(sides.positive),
    )  # fmt: skip


def measured(pack: VectorPack, report: AxisReport, axis: Axis) -> VectorPack:
    """The pack with what its evaluation on an axis found on its card."""
    facts = {
        "effect": report.effect, "floor": float(np.mean(np.abs(report.floor))) if report.floor else None,
        "instructed": report.instructed, "monotone": report.monotone, "won": report.won,
        "splits": {**pack.card.splits, "held_out": report.answers},
        "measured_on": axis.fingerprint("held_out"),
    }  # fmt: skip
    return VectorPack(pack.card.model_copy(update=facts), pack.vectors)


def straightness(x: Array, y: Array) -> float:
    """The share of y's variance that a line over x explains; 0 if y is constant."""
    spread = float(((y - y.mean()) ** 2).sum())
    slope, offset = np.polyfit(x, y, 1)
    return 1 - float(((y - slope * x - offset) ** 2).sum()) / spread if spread > 0 else 0.0


def _floor(study: Study, pack: VectorPack, sides: Sides, randoms: int) -> tuple[float, ...]:
    drawn = {f"random {place}": random_pack(pack, stream(study.seed, "random direction", place)).direction
             for place in range(randoms)}  # fmt: skip
    settings = [{name: pack.push(dose)} for dose in (1.0, -1.0) for name in drawn]
    gap = study.reader(drawn).gaps(sides, settings).mean
    return _floats(gap[:randoms] - gap[randoms:])


def _instructed(study: Study, axis: Axis, sides: Sides, spoken: Spoken) -> tuple[float, tuple[float, float]]:
    """Effect of asking for the poles in words, and perplexity ratios of what is then written, negative first."""
    reader, asked = study.reader({}), [INSTRUCTION.format(pole) for pole in (axis.poles.negative, axis.poles.positive)]
    gap = [float(reader.gaps(instructed(sides, words), [{}]).mean[0]) for words in asked]
    low, high = (
        speak(reader, spoken.prompts, [{}], tokens=study.tokens, seed=study.seed, system=words).surprise[0]
        for words in asked
    )
    plain = spoken.surprise[_ZERO]
    return gap[1] - gap[0], (float(np.exp(np.nanmean(low - plain))), float(np.exp(np.nanmean(high - plain))))


def _at_the_ends(
    study: Study, reader: Reader, spoken: Spoken, settings: Sequence[Setting], further: Sequence[str]
) -> Spoken:
    """The texts at `_ENDS`, with those on further prompts."""
    there = spoken.under(_ENDS)
    if not further:
        return there
    some = [settings[place] for place in _ENDS]
    return there.beside(speak(reader, further, some, tokens=study.tokens, seed=study.seed))


def _both(everywhere: Array, ends: Array) -> Array:
    """(doses,) what was read off fewer texts, and at the ends off more."""
    found = everywhere.copy()
    found[list(_ENDS)] = ends
    return found


def _spread(ends: Spoken) -> tuple[tuple[float, float], ...]:
    """Of the perplexity ratio at either end; nothing where too few texts say anything."""
    ratio, doubt = ends.perplexity_ratio(1)
    wide = np.exp(1.96 * doubt)
    found = tuple((float(ratio[end] / wide[end]), float(ratio[end] * wide[end])) for end in (0, -1))
    return found if np.isfinite(found).all() else ()


def _damage(spoken: Spoken, ends: Spoken, kl: Array) -> tuple[Damage, ...]:
    ratio = _both(spoken.perplexity_ratio(_ZERO)[0], ends.perplexity_ratio(1)[0])
    distinct = _both(spoken.distinct_ratio(_ZERO), ends.distinct_ratio(1))
    return tuple(Damage(perplexity=float(min(one, 1e6)), kl=float(two), distinct=float(three))
                 for one, two, three in zip(ratio, kl, distinct, strict=True))  # fmt: skip


def _meaning(axis: Axis, spoken: Spoken, embed: Embed) -> Meaning:
    score = PoleScore.of(axis, embed)
    return Meaning(scores=_floats(np.array([score(row).mean() for row in spoken.texts])), told_apart=score.told_apart)


def _samples(spoken: Spoken) -> tuple[Sample, ...]:
    return tuple(Sample(prompt=prompt, texts=tuple(row[place] for row in spoken.texts))
                 for place, prompt in enumerate(spoken.prompts))  # fmt: skip


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
