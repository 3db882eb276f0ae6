"""Vocabulary: the words that a model knows, and the captions that are built from them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from pilotage.core.seeds import stream

_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_SUFFIX_STARTS = ("on ", "in ", "at ", "with ", "by ", "under ", "of ", "from ")


def is_suffix(phrase: str) -> bool:
    """Whether a phrase follows the noun (`at night`, `oil painting style`) or precedes it (`glossy`)."""
    lowered = phrase.lower().strip()
    return lowered.startswith(_SUFFIX_STARTS) or lowered.endswith(("style", "background"))


def attach(phrase: str, subject: str) -> str:
    """The caption that puts `phrase` on `subject`: `a red fox`, or `a fox, on a black background`."""
    article = re.match(r"(an?|the)\s+", subject, flags=re.IGNORECASE)
    noun = subject[article.end() :] if article else subject
    if is_suffix(phrase):
        return f"{subject if article else 'a ' + noun}, {phrase}"
    return f"a {phrase} {noun}"


class Vocabulary(BaseModel):
    """Objects and attribute words of a model.

    Attributes:
        objects: nouns that it can draw, the carriers of attribute axes.
        attributes: words by family (colour, style, …), each put on an object by `attach`.
        closed: whether these are all the words that it knows; if not, no word is called unknown.
        extra_words: further known words (synonyms, glue words).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    objects: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    closed: bool = False
    extra_words: frozenset[str] = frozenset()
    suggested_axes: tuple[str, ...] = ()
    example: str = ""

    def known_words(self) -> frozenset[str]:
        """Every single word that occurs in the objects, attributes and extra words, in lower case."""
        phrases = itertools.chain(self.objects, *self.attributes.values(), self.extra_words)
        return frozenset(word for phrase in phrases for word in _WORD.findall(phrase.lower()))

    def unknown_words(self, text: str) -> tuple[str, ...]:
        """The words of `text` that a closed vocabulary lacks, in order, each once."""
        if not self.closed:
            return ()
        known = self.known_words()
        words = dict.fromkeys(_WORD.findall(text))
        return tuple(word for word in words if word.lower() not in known)

    def family(self, prompt: str) -> str:
        """What a prompt is about: the longest object named in it, else its words in lower case."""
        lowered = " ".join(_WORD.findall(prompt.lower()))
        named = [name for name in self.objects if re.search(rf"\b{re.escape(name.lower())}\b", lowered)]
        return max(named, key=len).lower() if named else lowered

    def carriers(self, n: int = 8) -> tuple[str, ...]:
        """`n` objects spread over the list, as subjects of attribute axes."""
        step = max(1, len(self.objects) // n)
        return tuple(f"a {name}" for name in self.objects[::step][:n])

    def rewrites(self, prompt: str) -> tuple[str, ...]:
        """The prompt with each attribute put on it, one at a time."""
        return tuple(attach(phrase, prompt) for phrase in itertools.chain(*self.attributes.values()))

    def corpus(self, n: int, *, seed: int = 0) -> tuple[str, ...]:
        """`n` captions: an object with one attribute of each of up to two families, drawn by `seed`."""
        rng = stream(seed, "caption corpus")
        families: Sequence[tuple[str, ...]] = tuple(self.attributes.values())
        captions = []
        for _ in range(n):
            caption = f"a {self.objects[rng.integers(len(self.objects))]}"
            chosen = rng.permutation(len(families))[: int(rng.integers(1, 3))]
            phrases = [families[index][rng.integers(len(families[index]))] for index in sorted(chosen)]
            for phrase in sorted(phrases, key=is_suffix):
                caption = attach(phrase, caption)
            captions.append(caption)
        return tuple(captions)


GENERAL_VOCABULARY = Vocabulary(
    objects=(
        "house", "cat", "mountain", "portrait of a woman", "city street", "tree", "car", "bowl of fruit",
        "robot", "castle", "dog", "beach", "old man", "flower", "ship", "forest",
    ),
    attributes={
        "colour": ("red", "blue", "green", "yellow", "monochrome", "colorful", "pastel"),
        "light": ("at night", "at sunset", "in bright daylight", "in fog", "in soft light", "in dramatic light"),
        "style": (
            "watercolor style", "oil painting style", "pencil sketch style", "photograph style",
            "cartoon style", "pixel art style", "3d render style",
        ),
        "mood": ("cheerful", "gloomy", "calm", "chaotic", "elegant", "rustic"),
        "detail": ("minimalist", "highly detailed", "abstract", "realistic", "glossy", "matte"),
        "scene": ("on a white background", "in a forest", "in a city", "by the sea", "in a studio"),
    },
    suggested_axes=(
        "watercolor style ↔ photograph style", "at night ↔ in bright daylight", "minimalist ↔ highly detailed",
    ),
    example="a small house on a hill",
)  # fmt: skip
