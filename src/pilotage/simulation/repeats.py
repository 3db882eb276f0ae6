"""A set that is shown again: what was said of it, and what turning round would mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pilotage.elicitation import Judgement, chosen
from pilotage.simulation.base import Thing

T = TypeVar("T")


def repeated(things: Sequence[Thing], history: Sequence[Judgement]) -> Judgement | None:
    """The latest judgement of the very same samples, in whatever slots."""
    samples = {thing.item.sample for thing in things}
    return next((one for one in reversed(history) if {item.sample for item in one.items} == samples), None)


def exchange(felt: Mapping[str, float], things: Sequence[Thing], before: Judgement) -> tuple[str, str] | None:
    """What came first the last time, and the best of the others: they change places where a judge turns round."""
    name = chosen(before, None)
    sample = None if name is None else before.sample_of(name).sample
    first = next((thing.item.candidate for thing in things if thing.item.sample == sample), None)
    rest = [thing.item.candidate for thing in things if thing.item.candidate != first]
    return None if first is None or not rest else (first, max(rest, key=felt.__getitem__))


def exchanged(values: Mapping[str, T], pair: tuple[str, str] | None) -> dict[str, T]:
    """`values` with those of the pair exchanged."""
    if pair is None:
        return dict(values)
    return {**values, pair[0]: values[pair[1]], pair[1]: values[pair[0]]}
