"""A workspace with three made-up icons and the smallest networks: every stage in a second or two."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from training.starter import data, tokenizer
from training.starter.paths import Workspace
from training.starter.recipe import read_profile
from training.starter.vocabulary import read_vocabulary

THINGS = ("fox", "house", "tulip")
STYLES = ("noto", "twemoji", "fluent")


def workspace(root: Path, icons: np.ndarray) -> Workspace:
    """Drawings, pictures and tokenizer, without any package."""
    space = Workspace(read_profile("smoke"), root)
    rgba = np.concatenate([icons[:3], icons[3:], icons[1:4]])
    facts = {
        "things": THINGS * 3, "styles": [style for style in STYLES for _ in THINGS], "stranger": [False] * 9,
    }  # fmt: skip
    np.savez_compressed(space.of("data") / "icons.npz", rgba=rgba)
    (space.of("data") / "icons.json").write_text(json.dumps(facts))
    space.finish("data")
    data.paint(space)
    words = tokenizer.corpus(read_vocabulary(space.profile.data.vocabulary), [])
    tokenizer.fit(words, space.profile.words.vocabulary_size, space.of("tokenizer"))
    space.finish("tokenizer")
    return space
