from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `asking`, a helper of these tests alone

from pilotage.models.language import Direction, LanguageModel
from pilotage.testing import tiny_language


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama."""
    return tiny_language.save("llama", tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="session")
def fresh(folder: Path) -> Callable[[], LanguageModel]:
    """The tiny Llama, loaded anew at each call."""

    def build() -> LanguageModel:
        model = LanguageModel("tiny", folder, device="cpu")
        model.load()
        return model

    build()
    gc.freeze()  # torch and transformers, which are there now, are not searched for garbage where memory runs out
    return build


@pytest.fixture(scope="session")
def tiny(fresh: Callable[[], LanguageModel]) -> LanguageModel:
    """The tiny Llama, one for all tests that leave it as it was."""
    return fresh()


@pytest.fixture(scope="session")
def directions() -> dict[str, Direction]:
    """Two directions at one block, one at another, about as long as the hidden states there."""
    rng = np.random.default_rng(1)
    return {
        name: Direction(layer, rng.standard_normal(32).astype(np.float32) * 4)
        for name, layer in (("formal", 1), ("warm", 1), ("brief", 2))
    }
