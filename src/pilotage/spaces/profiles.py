"""Dimension profiles: how fine a search is, in words."""

from __future__ import annotations

from dataclasses import dataclass

from pilotage.core.errors import InvalidInputError

MAX_DIMENSION = 16


@dataclass(frozen=True, slots=True)
class Profile:
    """A number of axes and what it is good for."""

    name: str
    dimension: int
    advice: str


PROFILES = (
    Profile("quick look", 3, "Three axes: a few rounds, the big differences first."),
    Profile("balanced", 5, "Five axes: what most people want; ten rounds go a long way."),
    Profile("fine", 8, "Eight axes: more to discover, and more answers to give."),
)


def dimension_of(value: str | int) -> int:
    """The number of axes of a profile's name or a plain number.

    Raises:
        InvalidInputError: unknown name, or not in 1..16.
    """
    for profile in PROFILES:
        if value == profile.name:
            return profile.dimension
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_DIMENSION:
        return value
    names = ", ".join(repr(profile.name) for profile in PROFILES)
    raise InvalidInputError(f"dimension {value!r}: give {names} or 1 to {MAX_DIMENSION}", field="dimension")
