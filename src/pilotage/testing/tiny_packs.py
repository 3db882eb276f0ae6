"""Vector packs of tiny language models: a direction of chance that is taken for calibrated."""

from __future__ import annotations

from typing import Any

import numpy as np

from pilotage.labs.language.axes import Poles
from pilotage.labs.language.cards import Card, Damage, PackModel, Reach
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageModel


def tiny_pack(model: LanguageModel, axis: str, *, strength: float = 2.0, seed: int = 0, **changes: Any) -> VectorPack:
    """A pack of `axis` for a model; dose 1 moves its middle block by `strength` times a random direction of length 8.

    Args:
        model: whose fingerprint and shape count; loaded if need be.
        axis: name of the axis, whose poles are "less" and "more" of it.
        strength: of dose 1.
        seed: of the direction.
        changes: over the card.
    """
    model.load()
    info = model.info
    layers, hidden = info.n_layers or 1, info.hidden or 1
    vectors = np.random.default_rng(seed).standard_normal((layers, hidden))
    reach = Reach(
        strengths=(0.0, strength), effects=(0.0, 1.0), ended_by="range",
        damage=Damage(perplexity=1.0, kl=0.0, distinct=1.0),
    )  # fmt: skip
    card = Card(
        axis=axis, poles=Poles(negative=f"less {axis}", positive=f"more {axis}"), method="imported",
        model=PackModel(name=info.name, fingerprint=str(info.fingerprint), layers=layers, hidden=hidden),
        layer=layers // 2, norms=(8.0,) * layers, negative=reach, positive=reach,
    )  # fmt: skip
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return VectorPack(card.model_copy(update=changes), unit.astype(np.float32))
