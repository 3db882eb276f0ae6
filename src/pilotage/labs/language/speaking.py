"""Speaking: what a steered model writes, and what steering costs its texts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilotage.core.seeds import stream_seed
from pilotage.core.shapes import Array
from pilotage.labs.language.reading import Reader, Setting
from pilotage.models.language.requests import Exchange, Message, Sampling, TextRequest

REFUSALS = (
    "i'm sorry, but", "i am sorry, but", "sorry, but", "i apologize, but", "i cannot", "i can't", "i can not",
    "i'm unable", "i am unable", "i'm not able", "i am not able", "as an ai", "as an artificial",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """Texts that were written under S settings on P prompts, with the same noise for a prompt under each.

    Attributes:
        texts: S rows of P texts.
        surprise: (S, P) mean negative log-probability of a token under the unsteered model, nats; NaN of empty texts.
        distinct: (S, P) share of a text's pairs of neighbouring words that are different ones; NaN below 2 words.
    """

    prompts: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    surprise: Array
    distinct: Array

    def perplexity_ratio(self, base: int) -> tuple[Array, Array]:
        """(S,) perplexity over that of setting `base`, and (S,) standard error of its logarithm.

        Compared prompt by prompt, since prompts differ more than settings do.
        """
        change = self.surprise - self.surprise[base]
        known = np.isfinite(change).sum(axis=1)
        spread = np.array([np.nanstd(row, ddof=1) if n > 1 else np.nan for row, n in zip(change, known, strict=True)])
        mean = np.array([np.nanmean(row) if n else np.inf for row, n in zip(change, known, strict=True)])
        return np.exp(mean), spread / np.sqrt(np.maximum(known, 1))

    def distinct_ratio(self, base: int) -> Array:
        """(S,) distinct-2 over that of setting `base`; 1 if that wrote nothing but one word again and again."""
        means = np.array([np.nanmean(row) if np.isfinite(row).any() else 0.0 for row in self.distinct])
        return means / means[base] if means[base] > 0 else np.ones_like(means)

    def under(self, settings: Sequence[int]) -> Spoken:
        """The texts under some of the settings."""
        rows = list(settings)
        texts = tuple(self.texts[row] for row in rows)
        return Spoken(self.prompts, texts, self.surprise[rows], self.distinct[rows])

    def beside(self, other: Spoken) -> Spoken:
        """These texts and those that were written under the same settings on further prompts."""
        texts = tuple((*mine, *more) for mine, more in zip(self.texts, other.texts, strict=True))
        return Spoken(self.prompts + other.prompts, texts, np.hstack([self.surprise, other.surprise]),
                      np.hstack([self.distinct, other.distinct]))  # fmt: skip

    @property
    def refusals(self) -> Array:
        """(S,) share of texts that are empty, or begin by declining to answer."""
        return np.array([[_declines(text) for text in row] for row in self.texts], dtype=float).mean(axis=1)


def speak(
    reader: Reader, prompts: Sequence[str], settings: Sequence[Setting], *, tokens: int, seed: int,
    temperature: float = 0.7, system: str = "",
) -> Spoken:  # fmt: skip
    """Let the model answer every prompt under every setting, as rows of ONE batch, and read the texts unsteered.

    Args:
        reader: the model, its directions and positions.
        prompts: what is asked.
        settings: pushes.
        tokens: length of an answer, at most.
        seed: of the noise, one stream a prompt.
        temperature: 0 takes the likeliest token each time.
        system: a system message before each prompt; the texts are read without it.
    """
    told = (Message(role="system", content=system),) if system else ()
    asked = [(Message(role="user", content=prompt),) for prompt in prompts]
    samplings = [Sampling(max_tokens=tokens, temperature=temperature, seed=stream_seed(seed, "prompt", place))
                 for place in range(len(prompts))]  # fmt: skip
    requests = [
        TextRequest(messages=told + messages, pushes=dict(setting), positions=reader.positions, sampling=sampling)
        for setting in settings
        for messages, sampling in zip(asked, samplings, strict=True)
    ]
    outputs = reader.model.generate(requests, directions=reader.directions, cancel=reader.cancel)
    texts = [output.text for output in outputs]
    surprise = np.full(len(texts), np.nan)
    said = [place for place, text in enumerate(texts) if text.strip()]
    read = reader.model.log_probs([Exchange(asked[place % len(asked)], texts[place]) for place in said])
    surprise[said] = [-float(row.mean(dtype=np.float64)) for row in read]
    shape = (len(settings), len(prompts))
    rows = [tuple(texts[start : start + len(prompts)]) for start in range(0, len(texts), len(prompts))]
    distinct = np.array([distinct2(text) for text in texts]).reshape(shape)
    return Spoken(tuple(prompts), tuple(rows), surprise.reshape(shape), distinct)


def _declines(text: str) -> bool:
    begins = text.strip().lower().replace("\u2019", "'")
    return not begins or begins.startswith(REFUSALS)


def distinct2(text: str) -> float:
    """The share of a text's pairs of neighbouring words that are different ones; NaN below two words.

    Source: distinct-n (Li et al. 2016, arXiv 1510.03055), within each text.
    """
    words = text.lower().split()
    pairs = list(itertools.pairwise(words))
    return len(set(pairs)) / len(pairs) if pairs else float("nan")
