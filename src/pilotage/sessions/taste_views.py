"""What is shown of a taste profile: each axis, each session, and the prior that a session would take."""

from __future__ import annotations

from pilotage.preferences.laplace_gp import Taste
from pilotage.sessions.taste_settings import Opinion, TasteSettings
from pilotage.sessions.views import View
from pilotage.spaces import Axis


class TasteAxis(View):
    """What is expected of the next session along one axis, in axis units.

    Attributes:
        low, high: where its ideal lies with 90 %.
        told_mean, told_sd: what the sessions tell, before the weight and the person's own opinion.
        opinion: what the person said of the axis; None if nothing.
    """

    axis: Axis
    mean: float
    sd: float
    low: float
    high: float
    told_mean: float
    told_sd: float
    opinion: Opinion | None


class TasteSession(View):
    """One session of the space: where it pointed on each axis (None where it said nothing), or why it doesn't count."""

    id: str
    name: str
    answers: int
    artifact: str | None
    counts: bool
    why: str
    ideal: list[float | None]
    sd: list[float | None]


class TasteProfile(View):
    """What earlier sessions in one space tell of the next one.

    Attributes:
        space: fingerprint of the space.
        agreement: how alike the sessions are, from 0 (each its own ideal) to 1 (one ideal); None for fewer than two.
        taste: the prior that a session would start with, in unit coordinates.
    """

    space: str
    prompt: str
    model: str
    radius: float
    axes: list[TasteAxis]
    sessions: list[TasteSession]
    agreement: float | None
    settings: TasteSettings
    taste: Taste
