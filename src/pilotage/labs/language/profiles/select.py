"""SELECT: doses by hand. Presets for a kind of writing, and a profile's present doses as plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pilotage.core.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Doses that suit a kind of writing.

    Attributes:
        name: for a button.
        what: one sentence.
        doses: axis -> dose; to be set by hand, all at once.
    """

    name: str
    what: str
    doses: Mapping[str, float]


CONTEXTS: Mapping[str, tuple[Suggestion, ...]] = MappingProxyType({
    "formal_writing": (
        Suggestion("Letter", "To a stranger: formal, to the point.", {"formality": 0.7, "confidence": 0.3}),
        Suggestion("Report", "For work or study: formal and thorough.", {"formality": 0.6, "detail_level": 0.5}),
    ),
    "creative_writing": (
        Suggestion("Story", "Free and vivid.", {"creativity": 0.7, "formality": -0.2, "detail_level": 0.3}),
        Suggestion("Ideas", "Many, short, unusual.", {"creativity": 0.8, "detail_level": -0.4}),
    ),
    "friendly_chat": (
        Suggestion("Small talk", "As with a friend.", {"formality": -0.5, "friendliness": 0.6}),
        Suggestion("Comfort", "Warm, hopeful, unhurried.", {"friendliness": 0.7, "sentiment": 0.4}),
    ),
})  # fmt: skip


def suggestions(context: str | None = None, *, axes: Collection[str]) -> tuple[Suggestion, ...]:
    """What suits `context`, or anything at all; of each, the doses of the axes that there are.

    Raises:
        InvalidInputError: no such context.
    """
    if context is not None and context not in CONTEXTS:
        hint = f"One of: {', '.join(CONTEXTS)}."
        raise InvalidInputError(f"unknown context {context!r}", field="context", hint=hint)
    asked = [one for key, group in CONTEXTS.items() if context in (None, key) for one in group]
    known = [
        Suggestion(one.name, one.what, {axis: dose for axis, dose in one.doses.items() if axis in axes})
        for one in asked
    ]
    return tuple(one for one in known if one.doses)
