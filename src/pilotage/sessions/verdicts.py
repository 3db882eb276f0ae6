"""Go on, stop, or nobody can tell: a verdict on a search, from what lies ahead of it and how it came here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pilotage.elicitation import Item, Judgement, chosen
from pilotage.preferences.stopping import RECENT, Outlook
from pilotage.spaces import Region

NEAR = 0.33  # of the way: 95 % sure that no more than this is left is near enough to stop
IDLE = 0.02  # of the way in the recent rounds: so little progress is none
WORTH = 0.01  # of the way in one round: so much gain is worth the round
FIRST, ENOUGH = 3, 6  # answers, before anything is said and before stopping is advised
FORESEEN = 5  # forecasts, before they may be found wanting
STANDS = 4  # rounds that a favourite must stand before the search may be called stuck
CLOSE, ALIKE = 0.05, 1.5  # rivals nearer than this, or in fewer directions, prove nothing: see `Trail`

Verdict = Literal["go_on", "worth_stopping", "cannot_tell"]
Reason = Literal["gain", "improving", "near", "few_answers", "forecasts_fail", "stuck", "wide"]


@dataclass(frozen=True, slots=True)
class Trail:
    """How a search came to where it is.

    Attributes:
        answers: how many.
        unbeaten: how many choices in a row the favourite has won.
        distance: from what is held to the rivals of the recent rounds, their median, as a share of the typical distance
            of the region's places from its middle; None without rivals.
        directions: in how many directions these rivals lie (participation ratio), between 1 and the dimension.
        narrow: whether they were near copies, or all of one kind: to beat them proves nothing.
        skill: mean nats by which forecasts beat an even guess; None if too few were made to tell.
    """

    answers: int
    unbeaten: int
    distance: float | None
    directions: float | None
    narrow: bool
    skill: float | None


def trail_of(region: Region, judgements: Sequence[Judgement], held: Item, skills: Sequence[float]) -> Trail:
    """How the search came to `held`; `skills` are the nats by which each forecast so far beat an even guess."""
    answers, unbeaten = len(judgements), rounds_unbeaten(judgements)
    skill = float(np.mean(skills)) if len(skills) >= FORESEEN else None
    rivals = {item.sample: item.u for one in judgements[-RECENT:] for item in one.items}
    steps = np.array(list(rivals.values())) - np.array(held.u)
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    along = steps[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    if not len(along):
        return Trail(answers, unbeaten, None, None, narrow=True, skill=skill)
    shares = np.linalg.eigvalsh(along.T @ along)
    directions = float(shares.sum() ** 2 / (shares**2).sum())
    typical = np.sqrt(region.dim / (region.dim + 2 if region.shape == "ball" else 3))
    distance = float(np.median(lengths[lengths > 0]) / typical)
    narrow = distance < CLOSE or directions < min(ALIKE, region.dim)
    return Trail(answers, unbeaten, distance, directions, narrow=narrow, skill=skill)


def rounds_unbeaten(judgements: Sequence[Judgement]) -> int:
    """How many choices in a row the favourite has won; an answer that chooses nothing is none."""
    best, stood = "", 0
    for judgement in judgements:
        name = chosen(judgement, best)
        if name is not None:
            winner = judgement.sample_of(name).sample
            best, stood = winner, stood + 1 if winner == best else 0
    return stood


def verdict_of(ahead: Outlook, trail: Trail) -> tuple[Verdict, Reason]:
    """What to do, and why. That a favourite stands is no success by itself: its rivals must have been worth it."""
    cases: tuple[tuple[bool, Verdict, Reason], ...] = (
        (trail.answers < FIRST, "cannot_tell", "few_answers"),
        (trail.skill is not None and trail.skill <= 0, "cannot_tell", "forecasts_fail"),
        (trail.narrow and trail.unbeaten >= STANDS, "cannot_tell", "stuck"),
        (ahead.high > NEAR and ahead.gain >= WORTH, "go_on", "gain"),
        (ahead.high > NEAR, "cannot_tell", "wide"),
        (trail.answers < ENOUGH or ahead.progress is None, "cannot_tell", "few_answers"),
        ((ahead.progress or 0.0) > IDLE, "go_on", "improving"),
        (trail.narrow, "cannot_tell", "stuck"),
        (True, "worth_stopping", "near"),
    )
    return next((verdict, reason) for holds, verdict, reason in cases if holds)
