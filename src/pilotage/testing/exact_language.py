"""A language model that can be worked out by hand: each word is drawn on its own, and a push tilts the odds.

Each block's output is the word's own vector, times the block's size. Pushing a block's output tilts the logit of each
word by the product of its vector with the push, relative to the block's size; and blocks leak: beside the tilt that
was meant, a push adds `leak` times a tilt that has nothing to do with it. So all blocks have the same effect for the
same push, and the one that leaks least does the least damage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pilotage.core.progress import CancelToken, Progress, silent
from pilotage.core.shapes import Array
from pilotage.models.language import Direction, Exchange, LanguageInfo, TextOutput, TextRequest
from pilotage.models.language.requests import Positions

Floats = NDArray[np.float32]
Pushes = Sequence[Mapping[str, float]]
Directions = Mapping[str, Direction]
FORMAL = tuple(["indeed", "certainly", "shall", "regards", "kindly", "pleased", "therefore", "sincerely"])
CASUAL = tuple(["yeah", "kinda", "gonna", "dude", "cool", "stuff", "lol", "nope"])
PLAIN = (
    "the", "a", "number", "we", "they", "see", "go", "day", "house", "river", "tree", "bread", "walk", "talk", "read",
    "one", "two", "three", "four", "five",
)  # fmt: skip
WORDS = (*FORMAL, *CASUAL, *PLAIN)
SIZES = (2.0, 5.0, 9.0, 20.0, 40.0)
LEAKS = (0.9, 0.5, 0.1, 0.5, 0.9)
HIDDEN = 12


class ExactModel:
    """Does what `LanguageModel` does, exactly and at once."""

    def __init__(self, *, gain: float = 40.0, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.vectors = 0.3 * rng.standard_normal((len(WORDS), HIDDEN))
        self.vectors[: len(FORMAL), 0] += 1.0
        self.vectors[len(FORMAL) : len(FORMAL) + len(CASUAL), 0] -= 1.0
        self.vectors[-len(PLAIN) : -len(PLAIN) // 2, 1] += 1.0
        self.vectors[-len(PLAIN) // 2 :, 1] -= 1.0
        self.base = np.log(np.array([1.0] * (len(FORMAL) + len(CASUAL)) + [6.0] * len(PLAIN)))
        self._stray, self._gain = rng.standard_normal((len(WORDS), HIDDEN)), gain
        self.info = LanguageInfo(ref="exact", name="exact", family="exact", fingerprint="e" * 64, n_layers=len(SIZES),
                                 hidden=HIDDEN)  # fmt: skip

    def log_odds(self, pushes: Mapping[str, float], directions: Directions) -> Array:
        """(V,) log-probability of each word under these pushes."""
        logits = self.base.copy()
        for name, push in pushes.items():
            layer = directions[name].layer
            share = push * directions[name].vector.astype(np.float64) / SIZES[layer]
            logits += 0.1 * self._gain * (self.vectors + LEAKS[layer] * self._stray) @ share
        return np.asarray(logits - np.logaddexp.reduce(logits))

    def activations(self, exchanges: Sequence[Exchange], *, pooling: str = "mean", batch: int = 16) -> Floats:
        del batch
        states = []
        for exchange in exchanges:
            words = self.vectors[_ids(exchange.answer)]
            pooled = words.mean(axis=0) if pooling == "mean" else words[-1]
            states.append([size * pooled for size in SIZES])
        return np.array(states, dtype=np.float32)

    def residual_norms(self, exchanges: Sequence[Exchange], *, batch: int = 16) -> Floats:
        del exchanges, batch
        return np.array(SIZES, dtype=np.float32)

    def log_probs(self, exchanges: Sequence[Exchange], *, pushes: Pushes | None = None,
                  directions: Directions | None = None, positions: Positions = "answer", batch: int = 16,
                  ) -> list[Floats]:  # fmt: skip
        del positions, batch
        given = pushes or [{}] * len(exchanges)
        return [self.log_odds(push, directions or {})[_ids(one.answer)].astype(np.float32)
                for one, push in zip(exchanges, given, strict=True)]  # fmt: skip

    def divergences(self, exchanges: Sequence[Exchange], *, pushes: Pushes, directions: Directions,
                    positions: Positions = "answer", batch: int = 16) -> list[Floats]:  # fmt: skip
        del positions, batch
        plain, found = self.log_odds({}, {}), []
        for one, push in zip(exchanges, pushes, strict=True):
            kl = float(np.exp(plain) @ (plain - self.log_odds(push, directions)))
            found.append(np.full(len(_ids(one.answer)), kl, dtype=np.float32))
        return found

    def generate(self, requests: Sequence[TextRequest], *, directions: Directions | None = None,
                 progress: Progress = silent, cancel: CancelToken | None = None) -> tuple[TextOutput, ...]:  # fmt: skip
        del progress, cancel
        return tuple(self._answer(request, directions or {}) for request in requests)

    def _answer(self, request: TextRequest, directions: Directions) -> TextOutput:
        odds, sampling = self.log_odds(request.pushes, directions), request.sampling
        if sampling.temperature == 0:
            ids = [int(odds.argmax())] * sampling.max_tokens
        else:
            noise = np.random.default_rng(sampling.seed).gumbel(size=(sampling.max_tokens, len(WORDS)))
            ids = (odds / sampling.temperature + noise).argmax(axis=1).tolist()
        return TextOutput(" ".join(WORDS[i] for i in ids), "length", tokens=tuple(ids))


def _ids(text: str) -> list[int]:
    return [WORDS.index(word) for word in text.split()]
