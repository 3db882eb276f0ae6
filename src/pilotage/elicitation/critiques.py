"""Critique tags: what a person says of one candidate, and what each tag is evidence of.

A fault that can be measured ("too dark" is a lack of brightness) says where to go: utility rises along the
attribute. All others say only that the candidate is good or not, weakly. Any other word is kept as written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pilotage.core.errors import InvalidInputError

WEAK = 2.0


@dataclass(frozen=True, slots=True)
class Critique:
    """A tag on a candidate.

    Attributes:
        candidate: its id.
        tag: a key of `TAGS`, or a free word.
        direction: (d,) unit vector in unit coordinates along which the tag's attribute grows, as it was measured
            when the answer was given; None if it could not be.
    """

    candidate: str
    tag: str
    direction: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag means.

    Attributes:
        good: whether it praises.
        statistic: the picture statistic that is the attribute, by its name in `features.statistics`.
        wish: +1 if there should be more of it, -1 if less, 0 without a statistic.
        temperature: how weak the evidence is that the candidate is good, or not good, enough.
    """

    good: bool
    statistic: str | None = None
    wish: int = 0
    temperature: float = WEAK


TAGS: Mapping[str, Tag] = MappingProxyType({
    "good_composition": Tag(True), "wrong_composition": Tag(False),
    "good_color": Tag(True), "wrong_color": Tag(False),
    "good_detail": Tag(True), "too_blurry": Tag(False, "detail", 1),
    "good_lighting": Tag(True), "wrong_lighting": Tag(False),
    "realistic": Tag(True), "unrealistic": Tag(False),
    "faithful": Tag(True), "wrong_subject": Tag(False), "wrong_style": Tag(False),
    "too_dark": Tag(False, "brightness", 1), "too_bright": Tag(False, "brightness", -1),
    "too_flat": Tag(False, "contrast", 1), "too_harsh": Tag(False, "contrast", -1),
    "too_dull": Tag(False, "colourfulness", 1), "too_colorful": Tag(False, "colourfulness", -1),
    "too_cold": Tag(False, "warmth", 1), "too_warm": Tag(False, "warmth", -1),
    "too_simple": Tag(False, "edges", 1), "too_busy": Tag(False, "edges", -1),
    "minor_artifacts": Tag(False, temperature=2 * WEAK), "severe_artifacts": Tag(False, temperature=WEAK / 2),
})  # fmt: skip


def parse_tags(tags: Mapping[str, Sequence[str]], *, shown: Sequence[str]) -> dict[str, list[str]]:
    """Candidate -> its tags, each once and without blanks around it; candidates without a tag are left out.

    Raises:
        InvalidInputError: a candidate that was not shown, or tags that cannot both be meant of one; by field.
    """
    kept: dict[str, list[str]] = {}
    for candidate, said in tags.items():
        if candidate not in shown:
            raise InvalidInputError(f"{candidate!r} was not shown", field=f"tags.{candidate}")
        words = list(dict.fromkeys(word.strip() for word in said if word.strip()))
        wishes = {(tag.statistic, tag.wish): word for word in words if (tag := TAGS.get(word)) and tag.wish}
        for (statistic, wish), word in wishes.items():
            if (statistic, -wish) in wishes:
                other = wishes[statistic, -wish]
                raise InvalidInputError(f"{word} and {other} cannot both be meant", field=f"tags.{candidate}")
        if words:
            kept[candidate] = words
    return kept
