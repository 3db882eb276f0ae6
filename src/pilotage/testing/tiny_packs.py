"""Packs of made-up vectors for a tiny language model: calibrated, as if somebody had measured them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.labs.language.axes import Poles
from pilotage.labs.language.cards import Card, Damage, Reach
from pilotage.labs.language.making import model_of
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageModel


def pack(model: LanguageModel, axis: str = "formality", *, seed: int = 0, **changes: Any) -> VectorPack:
    """A pack of a loaded model, with random vectors at its middle block.

    Args:
        model: whose blocks are pushed.
        axis: what it is called.
        seed: of the vectors.
        changes: over the card.
    """
    told = model_of(model.info)
    damage = Damage(perplexity=1.5, kl=0.5, distinct=0.9)
    card: dict[str, Any] = {
        "axis": axis, "poles": Poles(negative="casual", positive="formal"), "model": told,
        "method": "mean_difference", "layer": told.layers // 2, "norms": (20.0,) * told.layers, "effect": 3.0,
        "positive": Reach(strengths=(0, 0.5, 1.0), effects=(0, 1.5, 2), ended_by="perplexity", damage=damage),
        "negative": Reach(strengths=(0, 0.5, 1.5), effects=(0, 0.5, 2), ended_by="kl", damage=damage),
    }  # fmt: skip
    drawn = np.random.default_rng(seed).standard_normal((told.layers, told.hidden))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return VectorPack(Card.model_validate(card | changes), drawn.astype(np.float32))
