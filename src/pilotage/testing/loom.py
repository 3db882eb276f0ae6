"""Loom: a text model without weights, whose pictures follow from its conditioning alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.core.seeds import stream
from pilotage.models import Capabilities, GenerationRequest, Model, ModelInfo, Output, Row
from pilotage.spaces import Conditioning, TextEmbedding, Vocabulary

TOKENS, WIDTH = 8, 16


class Loom(Model):
    """Weaves a carpet out of its words, louder along red and blue."""

    info = ModelInfo(
        ref="loom", name="Loom", family="loom", fingerprint="loom-1",
        capabilities=Capabilities(guidance=False, min_steps=1, max_steps=50, default_steps=4),
        vocabulary=Vocabulary(
            objects=("fox", "cat", "tree", "ship"),
            attributes={"colour": ("red", "blue", "green"), "place": ("at night", "in a forest", "by the sea")},
        ),
    )  # fmt: skip
    loaded = True

    def load(self, *, progress: Progress = silent) -> None:
        """Nothing to bring in."""

    def embed(self, captions: Sequence[str]) -> tuple[TextEmbedding, ...]:
        """A row of noise a word, the same wherever the word stands."""
        found = []
        for caption in captions:
            words = re.findall(r"\w+", caption)[:TOKENS]
            rows = np.zeros((TOKENS, WIDTH))
            for place, word in enumerate(words):
                rows[place] = stream(0, word).normal(size=WIDTH)
            found.append(TextEmbedding(Conditioning({"prompt_embeds": rows}), np.arange(TOKENS) < len(words)))
        return tuple(found)

    def encode(self, request: GenerationRequest) -> Conditioning:
        """The prompt's rows."""
        return self.embed([request.prompt])[0].conditioning

    def generate(
        self, request: GenerationRequest, rows: Sequence[Row], *, progress: Progress = silent,
        cancel: CancelToken | None = None,
    ) -> tuple[Output, ...]:  # fmt: skip
        """The rows as pixels, with a little dirt by the seed."""
        loud = stream(0, "red").normal(size=WIDTH) - stream(0, "blue").normal(size=WIDTH)
        loud /= np.linalg.norm(loud)
        woven = []
        for row in rows:
            cloth = row.conditioning["prompt_embeds"].astype(float)
            cloth = cloth + 3.0 * np.outer(cloth @ loud, loud) + 0.1 * stream(row.seed, "dirt").normal(size=cloth.shape)
            woven.append(np.clip(128 + 10 * cloth, 0, 255).astype(np.uint8))
        return tuple(Output(Media.from_pixels(np.repeat(carpet[..., None], 3, axis=2))) for carpet in woven)
