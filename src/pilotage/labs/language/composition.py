"""Composition: what an axis does while another one steers too, read off the axis' own held-out answers.

Source: E3 of Bo et al. 2025, Steerable Chatbots (arXiv 2505.04260).
Differs: effect is read off held-out answers, not off embeddings of written ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_report import Composition
from pilotage.labs.language.doses import directions_of, gram, pushes_of
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.study import Study

DOSE = 0.7  # of each axis, within what both allow together


def composed(study: Study, axis: Axis, pack: VectorPack, other: VectorPack) -> Composition:
    """What an axis does alone and beside another, between doses -0.7 and 0.7.

    Args:
        study: the model of both packs.
        axis: whose held-out answers are read.
        pack: its vectors, calibrated.
        other: another axis' vectors, calibrated.
    """
    packs, own, beside = {axis.name: pack, other.card.axis: other}, axis.name, other.card.axis
    signs = [(own_sign, other_sign) for other_sign in (0, 1, -1) for own_sign in (1, -1)] + [(0, 1), (0, -1)]
    settings = [pushes_of({own: DOSE * one, beside: DOSE * two}, packs) for one, two in signs]
    reader = replace(study, positions=pack.card.positions).reader(directions_of(packs))
    gap = reader.gaps(axis.sides("held_out"), settings).mean
    alone, *both, spilled = (float(one) for one in gap[::2] - gap[1::2])
    return Composition(other=beside, cosine=float(gram([pack, other])[0, 1]), dose=DOSE, alone=alone,
                       together=sum(both) / len(both), spilled=spilled)  # fmt: skip


def most_alike(pack: VectorPack, packs: Mapping[str, VectorPack]) -> VectorPack | None:
    """The calibrated pack of another axis that points most the same or the opposite way: what disturbs an axis most."""
    others = [one for name, one in packs.items() if name != pack.card.axis and one.card.calibrated
              and one.card.positions == pack.card.positions]  # fmt: skip
    return max(others, key=lambda other: abs(float(gram([pack, other])[0, 1])), default=None)
