"""Choosing layer and method: by what they do to answers that no vector was made of, less what they damage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.errors import InvalidInputError
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.making import Extractor, Method
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.study import Study

METHODS: tuple[Method, ...] = ("mean_difference", "last_token", "pca", "logistic_probe")
PROBE = 0.2  # of the residual norm: about where budgets end, since at some layers the effect turns back before
COARSE = 3  # every third layer is looked at first
SPAN = (0.25, 0.85)  # of the depth: before and after, states are words coming in and going out
LOOKS = 4  # everyday answers that a glance at damage takes


@dataclass(frozen=True, slots=True)
class Cell:
    """One method at one layer.

    Attributes:
        effect: nats a token between pushes of +0.2 and -0.2, on answers set apart for choosing.
        damage: KL divergence on everyday answers under the same pushes, mean of both, nats a token.
        score: the largest effect less damage that any strength reaches, if effect grows with strength and damage
            with its square: effect² / 4 damage.
    """

    method: str
    layer: int
    effect: float
    damage: float

    @property
    def score(self) -> float:
        """As the class says; negative where the effect is."""
        return self.effect * abs(self.effect) / (4 * max(self.damage, 1e-9))


@dataclass(frozen=True, slots=True)
class Choice:
    """The pack with its layer chosen, and all that was looked at."""

    pack: VectorPack
    cells: tuple[Cell, ...]


def choose(study: Study, axis: Axis, *, methods: Sequence[Method] = METHODS) -> Choice:
    """Extract an axis' vectors, and choose method and layer: coarsely with the first method, then finely with the best.

    Args:
        study: the model, and how it is steered.
        axis: what is extracted.
        methods: the first is looked at on every third layer, the others at the best of them.
    """
    extractor = Extractor(study, axis)
    packs = [extractor.make(method) for method in methods]
    scan = _Scan(study, axis)
    scan.look((packs[0], layer) for layer in coarse_layers(packs[0].card.model.layers))
    found = scan.best[0].layer
    scan.look((pack, found) for pack in packs[1:])
    pack = scan.best[1]
    scan.look((pack, layer) for layer in (found - 1, found + 1) if 0 <= layer < pack.card.model.layers)
    return scan.choice


def choose_layer(study: Study, axis: Axis, pack: VectorPack) -> Choice:
    """Choose the layer of vectors that are there already, such as imported ones, among the layers that have one.

    Args:
        study: the pack's own model, and how it is steered.
        axis: what the vectors are said to be of.
        pack: the layer that it may have is kept.

    Raises:
        InvalidInputError: all of its vectors are 0.
    """
    if pack.card.layer is not None:
        return Choice(pack, ())
    there = np.flatnonzero(np.linalg.norm(pack.vectors, axis=1)).tolist()
    if not there:
        raise InvalidInputError(f"the vectors of {axis.name} are all 0", field="pack")
    scan = _Scan(study, axis)
    coarse = coarse_layers(pack.card.model.layers)
    scan.look((pack, layer) for layer in [one for one in there if one in coarse] or there)
    found = scan.best[0].layer
    scan.look((pack, layer) for layer in (found - 1, found + 1) if layer in there and layer not in scan.layers)
    return scan.choice


def coarse_layers(layers: int) -> range:
    """The blocks that are looked at first: every third of the middle."""
    first = int(SPAN[0] * layers) + 1
    return range(min(first, layers - 1), max(int(SPAN[1] * layers), first) + 1, COARSE)


class _Scan:
    """Cells as they are measured, and the packs that they are of."""

    def __init__(self, study: Study, axis: Axis) -> None:
        self._looked: list[tuple[Cell, VectorPack]] = []
        self._study, self._sides = study, axis.sides("choose")

    @property
    def layers(self) -> set[int]:
        return {cell.layer for cell, _ in self._looked}

    @property
    def best(self) -> tuple[Cell, VectorPack]:
        """Two settings of one method are two packs."""
        return max(self._looked, key=lambda looked: looked[0].score)

    @property
    def choice(self) -> Choice:
        cell, pack = self.best
        chosen = VectorPack(pack.card.model_copy(update={"layer": cell.layer}), pack.vectors)
        return Choice(chosen, tuple(cell for cell, _ in self._looked))

    def look(self, places: Iterable[tuple[VectorPack, int]]) -> None:
        wanted = list(places)
        for done, (pack, layer) in enumerate(wanted):
            self._study.at("comparing", done, len(wanted))
            reader = self._study.reader({"probe": pack.at(layer)})
            settings = [{"probe": PROBE}, {"probe": -PROBE}]
            gap = reader.gaps(self._sides, settings).mean
            damage = reader.divergence(self._study.everyday()[:LOOKS], settings).mean()
            self._looked.append((Cell(pack.card.method, layer, float(gap[0] - gap[1]), float(damage)), pack))
