"""Choosing layer and method: by what they do to answers that no vector was made of, less what they damage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pilotage.labs.language.axes import Axis
from pilotage.labs.language.making import Extractor, Method
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.study import Study

METHODS: tuple[Method, ...] = ("mean_difference", "last_token", "pca", "logistic_probe")
PROBE = 0.1  # of the residual norm: small enough for effect to be linear and damage quadratic
COARSE = 3  # every third layer is looked at first
EDGES = 0.1  # share of the layers at either end that are not: their states are words going in and coming out


@dataclass(frozen=True, slots=True)
class Cell:
    """One method at one layer.

    Attributes:
        effect: nats a token between pushes of +0.1 and -0.1, on answers set apart for choosing.
        damage: KL divergence on everyday answers under the same pushes, mean of both, nats a token.
        score: the largest effect less damage that any strength reaches, if effect grows with strength and damage
            with its square: effect² / 4 damage. It does not depend on how strongly one looked.
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
        methods: the first is looked at on every third layer, the others at that one's two best.
    """
    extractor = Extractor(study, axis)
    packs = [extractor.make(method) for method in methods]
    scan = _Scan(study, axis)
    scan.look((packs[0], layer) for layer in coarse_layers(packs[0].card.model.layers))
    best_two = [cell.layer for cell in sorted(scan.cells, key=lambda cell: -cell.score)[:2]]
    scan.look((pack, layer) for pack in packs[1:] for layer in best_two)
    best = max(scan.cells, key=lambda cell: cell.score)
    pack = next(pack for pack in packs if pack.card.method == best.method)
    near = range(max(0, best.layer - COARSE + 1), min(pack.card.model.layers, best.layer + COARSE))
    scan.look((pack, layer) for layer in near if layer != best.layer)
    best = max((cell for cell in scan.cells if cell.method == best.method), key=lambda cell: cell.score)
    return Choice(VectorPack(pack.card.model_copy(update={"layer": best.layer}), pack.vectors), tuple(scan.cells))


def coarse_layers(layers: int) -> range:
    """The blocks that are looked at first."""
    edge = round(EDGES * layers)
    return range(min(edge, layers - 1), max(layers - edge, edge + 1), COARSE)


class _Scan:
    """Cells as they are measured."""

    def __init__(self, study: Study, axis: Axis) -> None:
        self.cells: list[Cell] = []
        self._study, self._sides = study, axis.sides("choose")

    def look(self, places: Iterable[tuple[VectorPack, int]]) -> None:
        wanted = list(places)
        for done, (pack, layer) in enumerate(wanted):
            self._study.at("comparing", done, len(wanted))
            reader = self._study.reader({"probe": pack.at(layer)})
            settings = [{"probe": PROBE}, {"probe": -PROBE}]
            gap = reader.gaps(self._sides, settings).mean
            damage = reader.divergence(self._study.everyday(), settings).mean()
            self.cells.append(Cell(pack.card.method, layer, float(gap[0] - gap[1]), float(damage)))
