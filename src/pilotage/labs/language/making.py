"""Making: an axis and a model in, a pack with a vector a layer out. Not calibrated yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from pilotage.core.errors import ModelUnavailableError
from pilotage.core.strategies import StrategyConfig
from pilotage.labs.language.axes import Axis, Sides
from pilotage.labs.language.cards import Card, PackModel
from pilotage.labs.language.extraction import EXTRACTIONS
from pilotage.labs.language.packs import VectorPack
from pilotage.labs.language.states import Pooling, States
from pilotage.labs.language.study import Study

if TYPE_CHECKING:
    from pilotage.models.language import LanguageInfo

_NORMED = 12  # answers that norms are measured on
Method = Mapping[str, Any] | StrategyConfig | str


class Extractor:
    """Makes packs of one axis by any method; what the model does is read once a pooling, whatever the methods."""

    def __init__(self, study: Study, axis: Axis) -> None:
        self._study, self._axis = study, axis
        self._sides: Sides = axis.sides("train")
        self._states: dict[Pooling, tuple[States, States]] = {}
        self._norms: tuple[float, ...] = ()

    def make(self, method: Method = "mean_difference") -> VectorPack:
        """A vector a layer, by one method.

        Raises:
            InvalidInputError: an unknown method, or a setting of it out of range.
        """
        config = EXTRACTIONS.parse(method)
        strategy = EXTRACTIONS.build(config)
        positive, negative = self._read(strategy.pooling)
        vectors = strategy.directions(positive, negative, paired=self._sides.paired)
        return VectorPack(self._card(config.kind, strategy.pooling), vectors)

    def _read(self, pooling: Pooling) -> tuple[States, States]:
        if pooling not in self._states:
            self._study.at("reading", len(self._states), len(self._states) + 1)
            exchanges, n = (*self._sides.positive, *self._sides.negative), len(self._sides.positive)
            states = self._study.model.activations(exchanges, pooling=pooling)
            self._states[pooling] = states[:n], states[n:]
            if not self._norms:
                some = exchanges[:: max(1, len(exchanges) // _NORMED)]
                self._norms = tuple(round(float(norm), 4) for norm in self._study.model.residual_norms(some))
        return self._states[pooling]

    def _card(self, kind: str, pooling: Pooling) -> Card:
        axis = self._axis
        splits = {split: len(axis.sides(split).positive) for split in ("train", "choose")}
        return Card(
            axis=axis.name, poles=axis.poles, description=axis.description, licence=axis.licence,
            model=model_of(self._study.model.info), method=kind, pooling=pooling, norms=self._norms, splits=splits,
            data=axis.fingerprint(),
        )  # fmt: skip


def model_of(info: LanguageInfo) -> PackModel:
    """What a pack says of its model.

    Raises:
        ModelUnavailableError: the model is not loaded, so that this is not known.
    """
    if info.fingerprint is None or info.n_layers is None or info.hidden is None:
        raise ModelUnavailableError(f"{info.name} is not loaded yet", field="model", hint="Load it first.")
    return PackModel(name=info.name, fingerprint=info.fingerprint, layers=info.n_layers, hidden=info.hidden)


def random_pack(pack: VectorPack, rng: np.random.Generator) -> VectorPack:
    """The same pack with vectors that mean nothing: what any push of that strength does."""
    drawn = rng.standard_normal(pack.vectors.shape)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return VectorPack(pack.card.model_copy(update={"method": "random"}), drawn.astype(np.float32))
