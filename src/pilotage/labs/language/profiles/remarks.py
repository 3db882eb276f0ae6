"""Remarks in plain words: "too stiff", "less detail please", "not friendly enough" as a wish along an axis."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "formality": ("casual informal loose slangy sloppy chatty", "formal stiff stilted polite official dry"),
    "sentiment": ("negative gloomy sad dark pessimistic bleak", "positive cheerful happy optimistic upbeat rosy"),
    "detail_level": ("short brief vague terse shallow concise", "long detailed wordy verbose detail details"),
    "confidence": ("unsure hesitant hedged tentative uncertain", "confident sure assertive certain arrogant"),
    "friendliness": ("cold distant rude unfriendly cool harsh", "friendly warm familiar cosy gushing sweet"),
    "creativity": ("plain boring dull predictable bland ordinary", "creative wild weird imaginative strange fanciful"),
})  # fmt: skip
"""Axis -> words of its negative and of its positive pole."""

_FAULT = re.compile(r"\b(too|overly|less|more|not|isn['’]t)\s+(?:so\s+|very\s+)?([a-z]+)(\s+enough)?\b")
_GRADED = re.compile(r"(?:^|\bmake (?:it|this|that) |\bbe )(?:(?:a bit|a little|much) )?([a-z]+?)([bdgmnprt]?)i?er\b")


def wishes_in(text: str, *, axes: Collection[str]) -> dict[str, int]:
    """Axis -> 1 where more of its positive pole is wished, -1 where less; left out where both are said.

    Args:
        text: what the person wrote.
        axes: those that there are.
    """
    found: dict[str, set[int]] = {}
    for word, sign in _said(text.lower()):
        for axis in axes:
            negative, positive = (pole.split() for pole in WORDS.get(axis, ("", "")))
            side = 1 if word in positive else -1 if word in negative else 0
            if side:
                found.setdefault(axis, set()).add(side * sign)
    return {axis: signs.pop() for axis, signs in found.items() if len(signs) == 1}


def _said(text: str) -> list[tuple[str, int]]:
    """Words, and whether more (1) or less (-1) of what they name is wished."""
    said = []
    for how, word, enough in _FAULT.findall(text):
        if how == "more" or (enough and how not in ("too", "overly", "less")):
            said.append((word, 1))
        elif how in ("too", "overly", "less"):
            said.append((word, -1))
    for stem, last in _GRADED.findall(text):
        said += [(form, 1) for form in {stem, stem + last, f"{stem}{last}e", f"{stem}{last}y"}]
    return said
