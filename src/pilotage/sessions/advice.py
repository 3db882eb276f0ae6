"""Whether another round is worth it, told to the person who answers: a verdict, its numbers, where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from pilotage.elicitation import Item, Judgement, incumbent
from pilotage.preferences import Posterior
from pilotage.preferences.stopping import RECENT, Outlook, outlook_of
from pilotage.sessions.history import posterior_of
from pilotage.sessions.repeats import searched
from pilotage.sessions.stagnation import doubts_of
from pilotage.sessions.verdicts import NEAR, Reason, Trail, Verdict, trail_of, verdict_of
from pilotage.spaces import Region
from pilotage.store import SessionRow

TOLD = 3  # of the pictures that may be the best, and of the answers that made the favourite
N_DRAWS = 2048


class Told(BaseModel):
    """Base of what is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Seen(Told):
    """A picture that was judged; `answer` counts, from 1, the answers whose round showed it first."""

    candidate_id: str
    answer: int
    p_best: float


class Influence(Told):
    """How far one answer, counted from 1, raised the favourite above the prompt as it is, in units of choice noise."""

    answer: int
    raised: float


class Advice(Told):
    """What is advised after some answers. Shares are of the way from a random place to the best one.

    Attributes:
        sentence: the reason in words.
        near: `high` must come down to this before stopping is advised.
        held: the candidate that is believed best of all that were judged.
        left, low, high: what is left of the way for it: the mean, and a 90 % band.
        gain: what the best next round is expected to cover.
        chance: that such a round shows something clearly better: preferred 73 times in 100 or more.
        progress: what the last rounds brought.
        unbeaten: how many choices in a row the favourite has won.
        distance, directions: of its rivals, as in `verdicts.Trail`; `narrow`: to beat them proves nothing.
        forecasts: how many were made before the click and not shown; `skill` their mean nats over an even guess.
        lead, lead_low, lead_high: of the favourite over the prompt as it is, in units of choice noise: the median, and
            a 90 % band.
        seen: the pictures that are likeliest the best of all that were judged, with how likely.
        moved_by: the answers that did most to raise the favourite, or to lower it.
    """

    answers: int
    verdict: Verdict
    reason: Reason
    sentence: str
    near: float = NEAR
    held: str | None = None
    left: float | None = None
    low: float | None = None
    high: float | None = None
    gain: float | None = None
    chance: float | None = None
    progress: float | None = None
    unbeaten: int = 0
    distance: float | None = None
    directions: float | None = None
    narrow: bool = True
    forecasts: int = 0
    skill: float | None = None
    lead: float | None = None
    lead_low: float | None = None
    lead_high: float | None = None
    seen: list[Seen] = []
    moved_by: list[Influence] = []


def advice(session: SessionRow, region: Region, judgements: Sequence[Judgement], skills: Sequence[float]) -> Advice:
    """What is advised after `judgements`. Pure: the same history gives the same numbers.

    Args:
        session: its preference model is the one that believes.
        region: of its unit coordinates.
        judgements: oldest first.
        skills: nats by which each forecast so far beat an even guess, oldest first.
    """
    items = _samples(judgements)
    if not items:
        sentence = "Nothing can be told before your first answer."
        return Advice(answers=0, verdict="cannot_tell", reason="few_answers", sentence=sentence)
    posterior = posterior_of(session, judgements)
    mean, _ = posterior.mean_cov(np.array([item.u for item, _ in items]))
    held = items[int(mean.argmax())][0]
    steps = searched(judgements)
    ahead = outlook_of(doubts_of(session, judgements), region, steps, held)
    trail = trail_of(region, steps, held, skills)
    verdict, reason = verdict_of(ahead, trail)
    numbers = {name: getattr(ahead, name) for name in ("left", "low", "high", "gain", "chance", "progress")}
    path = {name: getattr(trail, name) for name in ("unbeaten", "distance", "directions", "narrow", "skill")}
    return Advice(
        answers=len(judgements), verdict=verdict, reason=reason, sentence=_sentence(reason, ahead, trail),
        held=held.candidate, **numbers, **path, forecasts=len(skills), **_lead(posterior, judgements),
        seen=_seen(posterior, items), moved_by=_moved_by(posterior, region, judgements),
    )  # fmt: skip


def _samples(judgements: Sequence[Judgement]) -> list[tuple[Item, int]]:
    """Everything judged, each sample once, with the answer that it was first shown to, from 1."""
    found: dict[str, tuple[Item, int]] = {}
    for answer, judgement in enumerate(judgements, start=1):
        for item in judgement.items:
            found.setdefault(item.sample, (item, answer))
    return list(found.values())


def _seen(posterior: Posterior, items: Sequence[tuple[Item, int]]) -> list[Seen]:
    draws = posterior.draw(np.array([item.u for item, _ in items]), N_DRAWS, rng=np.random.default_rng(0))
    shares = np.bincount(draws.argmax(axis=1), minlength=len(items)) / N_DRAWS
    order = np.argsort(-shares, kind="stable")[:TOLD]
    return [Seen(candidate_id=items[i][0].candidate, answer=items[i][1], p_best=float(shares[i])) for i in order]


def _lead(posterior: Posterior, judgements: Sequence[Judgement]) -> Mapping[str, float]:
    best = incumbent(judgements)
    if best is None:
        return {}
    leads = -posterior.draw(np.zeros((1, len(best.u))), N_DRAWS, rng=np.random.default_rng(0))
    low, middle, high = np.quantile(leads, [0.05, 0.5, 0.95])
    return {"lead": float(middle), "lead_low": float(low), "lead_high": float(high)}


def _moved_by(posterior: Posterior, region: Region, judgements: Sequence[Judgement]) -> list[Influence]:
    """Seen from the favourite, what raises the prompt lowers the favourite's lead over it."""
    raised = -posterior.explain(np.zeros((1, region.dim)))[:, 0]
    order = [int(i) for i in np.argsort(-np.abs(raised), kind="stable")[:TOLD] if abs(raised[i]) > 1e-9]
    return [Influence(answer=i + 1, raised=float(raised[i])) for i in order]


def _sentence(reason: Reason, ahead: Outlook, trail: Trail) -> str:
    low, high = _percent(ahead.low), _percent(ahead.high)
    band = f"About {_percent(ahead.left)} of the way to the best there is remains (90 % sure: {low} to {high})"
    words: dict[Reason, str] = {
        "gain": f"{band}, and the next round is expected to cover {_percent(ahead.gain)}.",
        "improving": f"Little seems left, yet the last {RECENT} rounds brought {_percent(ahead.progress or 0)} of it.",
        "near": f"{band}, and the last {RECENT} rounds brought next to nothing.",
        "few_answers": f"{_count(trail.answers, 'answer')} can’t show what is left.",
        "forecasts_fail": "I foresee your choices no better than a guess does, so don’t rely on me.",
        "stuck": f"Your best won {_count(trail.unbeaten, 'choice')} in a row, but only over rivals much "
                 "alike. That is no proof.",
        "wide": f"Anything from {low} to {high} of the way to the best there is may remain, and one more "
                "round would hardly show which.",
    }  # fmt: skip
    return words[reason]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 or share == 0 else "less than 1 %"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
