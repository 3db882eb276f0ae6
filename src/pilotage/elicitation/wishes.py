"""Wishes: tags that speak of an axis of the session, such as "more blue", "less blue!" or "blue is right".

A wish is about the place of the candidate that it is put on: a noticeable step along the axis would be better, or
would be worse either way. How much the axis matters is how sharply that is meant: `!` much, `?` a little. An axis that
"doesn't matter" is level at every candidate that was shown: at one alone it could as well be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pilotage.elicitation.critiques import Critique
from pilotage.elicitation.forms import TIE, Form, Slope, Stage

STEP = 0.25  # of the region's radius: what is noticed as more
_TEMPERATURE = {"!": 0.6, "": 1.0, "?": 1.8}  # as of a certain answer, a choice, a guess
_MORE = re.compile(r"^(?P<how>more|less) (?P<pole>.+?)(?P<matters>[!?]?)$", re.IGNORECASE)
_RIGHT = re.compile(r"^(?P<pole>.+?) is right(?P<matters>[!?]?)$", re.IGNORECASE)
_LEVEL = re.compile(r"^(?P<pole>.+?) doesn['’]t matter$", re.IGNORECASE)


def wish_directions(tags: Iterable[str], poles: Sequence[tuple[str, str]]) -> dict[str, list[float]]:
    """Tag -> (d,) unit vector in unit coordinates that it asks to go along, or not to leave; other tags are left out.

    Args:
        tags: as they were written.
        poles: (negative, positive) of each axis.
    """
    found: dict[str, list[float]] = {}
    for tag in tags:
        match = _match(tag)
        place = _place(match["pole"], poles) if match else None
        if match and place:
            axis, sign = place
            turned = -sign if (match.groupdict().get("how") or "").lower() == "less" else sign
            found[tag] = [float(turned) if i == axis else 0.0 for i in range(len(poles))]
    return found


def wished(critique: Critique, shown: Sequence[str]) -> tuple[Stage, ...]:
    """The choices that a wish stands for, each among a step on, a step back and neither; none for any other tag.

    Source: Davidson 1970, with the slope times the step, up and down, as the two utilities.
    """
    match = _match(critique.tag)
    if match is None or critique.direction is None:
        return ()
    winner, temperature = 0 if match.re is _MORE else 2, _TEMPERATURE[match.groupdict().get("matters", "")]
    places = shown if match.re is _LEVEL else (critique.candidate,)
    slopes = (Slope(place, critique.direction) for place in places)
    return tuple(
        Stage((Form(((slope, STEP),)), Form(((slope, -STEP),)), Form(((TIE, 1.0),))), winner, temperature)
        for slope in slopes
    )


def _match(tag: str) -> re.Match[str] | None:
    return _MORE.match(tag) or _RIGHT.match(tag) or _LEVEL.match(tag)


def _place(pole: str, poles: Sequence[tuple[str, str]]) -> tuple[int, int] | None:
    """The axis of a pole and the side that it is on; of the same word on several axes, the first."""
    for axis, (negative, positive) in enumerate(poles):
        if pole.lower() in (negative.lower(), positive.lower()):
            return axis, -1 if pole.lower() == negative.lower() else 1
    return None
