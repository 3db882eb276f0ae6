"""What these tests share: packs of made-up vectors, and an axis of a few pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pilotage.labs.language.axes import Axis, Poles
from pilotage.labs.language.cards import Card, Damage, PackModel, Reach
from pilotage.labs.language.packs import VectorPack
from pilotage.models.language import LanguageInfo

LAYERS, HIDDEN = 4, 8
FINGERPRINT = "f" * 64


@pytest.fixture
def info() -> LanguageInfo:
    return LanguageInfo(
        ref="tiny", name="tiny", family="llama", fingerprint=FINGERPRINT, n_layers=LAYERS, hidden=HIDDEN
    )


@pytest.fixture
def small_axis() -> Axis:
    pairs = [
        {
            "prompt": f"Question {i}?",
            "positive": f"Indeed, number {i}.",
            "negative": f"Yeah, number {i}.",
            "split": split,
        }
        for i, split in enumerate(["train"] * 8 + ["held_out"] * 4)
    ]
    return Axis.of({"name": "formality", "poles": {"negative": "casual", "positive": "formal"}, "pairs": pairs})


@pytest.fixture
def make_pack() -> Callable[..., VectorPack]:
    """A pack with random vectors; fields of its card may be given."""

    def make(name: str = "formality", *, seed: int = 0, vectors: Any = None, **changes: Any) -> VectorPack:
        drawn = np.random.default_rng(seed).standard_normal((LAYERS, HIDDEN)) if vectors is None else np.array(vectors)
        drawn = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        damage = Damage(perplexity=1.5, kl=0.5, distinct=0.9)
        card: dict[str, Any] = {
            "axis": name,
            "poles": Poles(negative="casual", positive="formal"),
            "model": PackModel(name="tiny", fingerprint=FINGERPRINT, layers=LAYERS, hidden=HIDDEN),
            "method": "mean_difference",
            "layer": 2,
            "norms": (2.0, 3.0, 5.0, 7.0),
            "positive": Reach(strengths=(0, 0.1, 0.2), effects=(0, 1.5, 2), ended_by="perplexity", damage=damage),
            "negative": Reach(strengths=(0, 0.1, 0.3), effects=(0, 0.5, 2), ended_by="kl", damage=damage),
        }
        return VectorPack(Card.model_validate(card | changes), drawn.astype(np.float32))

    return make
