"""Captions: `a [small] [colour] OBJECT[, STYLE style][, on a BACKGROUND background]`, the app's own grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.starter.parts import Words

TEMPLATE = "a [small] [colour] OBJECT[, STYLE style][, on a BACKGROUND background]"
_WHITE_SAID = 0.3  # a white ground is named that often, so that white ↔ black is a direction between two captions


@dataclass(frozen=True, slots=True)
class Caption:
    """The words of one picture; `str` gives the text."""

    thing: str
    style: str | None = None
    colour: str | None = None
    background: str | None = None
    small: bool = False

    def __str__(self) -> str:
        words = " ".join(word for word in ("small" if self.small else None, self.colour, self.thing) if word)
        style = f", {self.style} style" if self.style else ""
        ground = f", on a {self.background} background" if self.background else ""
        return f"{'an' if words[0] in 'aeiou' else 'a'} {words}{style}{ground}"


def varied(caption: Caption, synonyms: Sequence[str], words: Words, rng: np.random.Generator) -> str:
    """The caption as training says it this time: parts left out, a synonym, or nothing at all.

    Args:
        caption: whole, a white ground included.
        synonyms: single words for its object alone.
        words: how often.
        rng: decides.
    """
    empty, unstyled, synonym, white = rng.random(4)
    if empty < words.empty:
        return ""
    if unstyled < words.unstyled:
        caption = replace(caption, style=None)
    if synonyms and synonym < words.synonym:
        caption = replace(caption, thing=synonyms[int(rng.integers(len(synonyms)))])
    if caption.background == "white" and white >= _WHITE_SAID:
        caption = replace(caption, background=None)
    return str(caption)
