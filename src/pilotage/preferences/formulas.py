"""The formulas of StableSteering's twelve updaters as data: one equation, twelve rows.

The state z moves by `pull (P - z) + winner (w - z) - push (N - z) + shift gap`: w is the place chosen, P and N
the weighted centres of what counts as good and as bad, gap the score of the chosen less the incumbent's.

Source: StableSteering (2026), `app/updaters` and `app/feedback/normalization.py`.
Differs: restated from the formulas; ties go to the incumbent, then to the earlier slot, there to the smaller id;
    a shortlist is read as approvals, a worst with a best as a pair, every other kind of answer by its choice
    alone; floors that whole stars cannot reach are left out, and a praise that a blame outweighs is none.
    An empty N is the origin, as there: a fault that three rows have. All faults are kept, and said in the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Literal

import numpy as np
from scipy.special import expit, softmax

from pilotage.core.shapes import Array
from pilotage.elicitation import TAGS, Approval, Judgement, Pairwise, Ranking, Ratings, Shortlist, Worst, chosen


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer as the formulas read it.

    Attributes:
        said: its shape; "pick" names a winner and perhaps a loser.
        winner: the slot of the chosen.
        incumbent: the slot of the incumbent that was carried here; None before there is one.
        scores: slot -> stars; or n - rank; or 1 for approved and chosen, 0 for rejected and lost. Others have none.
        tags: (n,) praises less blames of each slot.
    """

    said: Literal["ratings", "ranking", "approvals", "pick"]
    winner: int
    incumbent: int | None
    scores: Mapping[int, float]
    tags: Array

    @property
    def order(self) -> list[int]:
        """The slots with a score, best first; equal ones by slot."""
        return sorted(self.scores, key=lambda slot: (-self.scores[slot], slot))

    def gap(self) -> float:
        """The winner's score less the incumbent's; 0 without an incumbent that has one."""
        best = self.scores[self.winner]
        return best - (best if self.incumbent is None else self.scores.get(self.incumbent, best))


def read(judgement: Judgement, current: str | None) -> Evidence | None:
    """The evidence of a judgement, if the incumbent was the sample `current`; None if it chooses nothing."""
    name = chosen(judgement, current)
    if name is None:
        return None
    slots = {item.candidate: slot for slot, item in enumerate(judgement.items)}
    said, scores = _scores(judgement, name)
    carried = [slot for slot, item in enumerate(judgement.items) if item.sample == current]
    tags = np.zeros(len(slots))
    for critique in judgement.critiques:
        if critique.tag in TAGS and critique.candidate in slots:
            tags[slots[critique.candidate]] += 1 if TAGS[critique.tag].good else -1
    by_slot = {slots[candidate]: score for candidate, score in scores.items()}
    return Evidence(said, slots[name], carried[0] if carried else None, by_slot, tags)


def _scores(
    judgement: Judgement, winner: str
) -> tuple[Literal["ratings", "ranking", "approvals", "pick"], Mapping[str, float]]:
    match judgement.answer:
        case Ratings(stars=stars):
            return "ratings", {name: float(count) for name, count in stars.items()}
        case Ranking(order=order) if len(order) > 1:
            return "ranking", {name: float(len(order) - rank) for rank, name in enumerate(order)}
        case Approval(approved=approved):
            return "approvals", {name: float(yes) for name, yes in approved.items()}
        case Shortlist(kept=kept):
            return "approvals", {name: float(name in kept) for name in judgement.shown}
        case Pairwise(loser=loser) | Worst(worst=loser, best=str()):
            return "pick", {winner: 1.0, loser: 0.0}
    return "pick", {winner: 1.0}


Weights = Callable[[Evidence], Array]  # (n,) how much each slot counts, >= 0; all 0 is nobody


def nobody(evidence: Evidence) -> Array:
    """No centre at all."""
    return np.zeros(len(evidence.tags))


@dataclass(frozen=True, slots=True)
class Formula:
    """One row: whose centres pull and push, and how much.

    Attributes:
        summary: what it does, for a person who chooses.
        good: weights of P; the winner alone if nobody counts.
        bad: weights of N; the origin if nobody counts.
        lone: takes the place of `pull` and `push` if nobody is good or nobody is bad.
        shift: added to every coordinate, per unit of the gap, in the predecessor's lengths.
        fault: what is wrong with its algebra, in a sentence; it is kept as it was. A row without one stays where it
            is when that place is picked again, and turns and moves with the space.
    """

    summary: str
    good: Weights = nobody
    pull: float = 0.0
    winner: float = 0.0
    bad: Weights = nobody
    push: float = 0.0
    lone: float | None = None
    shift: float = 0.0
    fault: str = ""

    def move(self, z: Array, places: Array, evidence: Evidence) -> Array:
        """(d,) the state after `z`, when `evidence` was given about (n, d) `places`; not rounded, not clipped."""
        good, bad, chosen_place = self.good(evidence), self.bad(evidence), places[evidence.winner]
        one_sided = self.lone is not None and not (good.any() and bad.any())
        pull, push = (self.lone, self.lone) if one_sided and self.lone is not None else (self.pull, self.push)
        towards = good @ places / good.sum() if good.any() else chosen_place
        away = bad @ places / bad.sum() if bad.any() else np.zeros_like(z)
        step = pull * (towards - z) + self.winner * (chosen_place - z) - push * (away - z)
        return z + step + self.shift * evidence.gap()


def _placed(evidence: Evidence, weights: Mapping[int, float]) -> Array:
    found = np.zeros(len(evidence.tags))
    found[list(weights)] = list(weights.values())
    return found


def _soft(evidence: Evidence, scores: Mapping[int, float], temperature: float) -> Array:
    weights = softmax(np.array(list(scores.values())) / temperature)
    return _placed(evidence, dict(zip(scores, weights.tolist(), strict=True)))


def _score(evidence: Evidence) -> Array:
    least = min(evidence.scores.values()) - 1.0 if evidence.said == "ratings" else 0.0
    return _placed(evidence, {slot: score - least for slot, score in evidence.scores.items()})


def _likely(evidence: Evidence) -> Array:
    return _soft(evidence, evidence.scores, 0.42)


def _unlikely(evidence: Evidence) -> Array:
    best = max(evidence.scores.values())
    return _soft(evidence, {slot: best - score for slot, score in evidence.scores.items()}, 0.58)


def _borda(evidence: Evidence) -> Array:
    order = evidence.order
    return _placed(evidence, {slot: len(order) - rank for rank, slot in enumerate(order)})


def _lower_half(evidence: Evidence) -> Array:
    order = evidence.order
    return _placed(evidence, dict.fromkeys(order[max(1, len(order) // 2) :], 1.0))


def _positive(evidence: Evidence) -> Array:
    if evidence.said == "ranking":
        return _placed(evidence, dict.fromkeys(evidence.order[: max(1, len(evidence.order) // 2)], 1.0))
    if evidence.said == "ratings":
        return nobody(evidence)
    return _placed(evidence, {slot: float(score == 1) for slot, score in evidence.scores.items()})


def _negative(evidence: Evidence) -> Array:
    if evidence.said == "ranking":
        return _lower_half(evidence)
    if evidence.said == "ratings":
        return nobody(evidence)
    return _placed(evidence, {slot: float(score == 0) for slot, score in evidence.scores.items()})


def _bradley_terry(evidence: Evidence) -> Array:
    """Twelve steps of ascent on the logistic likelihood of weighted pairs; ranks weigh 1 over their distance."""
    n, scores = len(evidence.tags), evidence.scores
    pairs = [(a, b, scores[a] - scores[b]) for a, b in combinations(evidence.order, 2) if scores[a] > scores[b]]
    edges = [(a, b, 1.0 / gap if evidence.said == "ranking" else gap) for a, b, gap in pairs]
    edges = edges or [(evidence.winner, slot, 1.0) for slot in range(n) if slot != evidence.winner]
    worth = np.zeros(n)
    for _ in range(12):
        slope = np.zeros(n)
        for better, worse, weight in edges:
            error = weight * float(expit(worth[worse] - worth[better]))
            slope[better] += error
            slope[worse] -= error
        worth += 0.22 * slope
    return np.asarray(softmax(worth))


def _plackett_luce(evidence: Evidence) -> Array:
    """Sixteen steps of ascent on the penalised likelihood of the order; after a pick, the others come last."""
    n, order = len(evidence.tags), evidence.order
    if evidence.said == "pick":
        order = order + [slot for slot in range(n) if slot not in order]
    worth = np.zeros(n)
    for _ in range(16):
        slope = -0.015 * worth
        for rank, slot in enumerate(order):
            slope[slot] += 1.0
            slope[order[rank:]] -= softmax(worth[order[rank:]])
        worth += 0.2 * slope
    return _floored(softmax(worth), 0.04)


def _floored(p: Array, floor: float) -> Array:
    least = min(floor, 1.0 / len(p))
    return least + (1.0 - least * len(p)) * p


def _rivals(evidence: Evidence) -> Array:
    others = {slot: score for slot, score in evidence.scores.items() if slot != evidence.winner}
    others = others or {slot: 0.0 for slot in range(len(evidence.tags)) if slot != evidence.winner}
    return _soft(evidence, others, 0.22) if others else nobody(evidence)


def _advantage(evidence: Evidence) -> Array:
    """By the score against the incumbent's; if none is higher, nearly even, the choice and the incumbent ahead."""
    scores, incumbent = _placed(evidence, evidence.scores), evidence.incumbent
    logits = scores / 0.22  # what is the same for all, the incumbent's score, cancels
    if incumbent is not None:
        logits[incumbent] -= 0.12
        if not (scores > evidence.scores.get(incumbent, evidence.scores[evidence.winner])).any():
            logits = np.full(len(scores), -0.65)
            logits[incumbent] = -0.35
            logits[evidence.winner] += 0.18
    return _floored(softmax(logits), 0.035)


def _praised(evidence: Evidence) -> Array:
    return np.maximum(evidence.tags, 0.0)


def _blamed(evidence: Evidence) -> Array:
    return np.maximum(-evidence.tags, 0.0)


_FROM_ORIGIN = "With nothing to push away from, it pushes away from the prompt, even when the choice stays where it is."
_TO_CENTRE = "It drifts to the centre of whatever is shown, even when the choice stays where it is."

FORMULAS: Mapping[str, Formula] = MappingProxyType({
    "winner_average": Formula("Halfway to the place that was chosen.", winner=0.5),
    "winner_copy": Formula("Jumps to the place that was chosen.", winner=1.0),
    "linear_preference": Formula("Two thirds of the way to the place that was chosen.", winner=0.65),
    "score_weighted_preference": Formula(
        "Most of the way to the centre of all that was judged, weighted by score.", good=_score, pull=0.68
    ),
    "softmax_preference": Formula(
        "Towards the centre of what was liked and the choice, a little away from what was not.",
        good=_likely, pull=0.58, winner=0.18, bad=_unlikely, push=0.12,
    ),
    "bradley_terry_preference": Formula(
        "Towards a centre weighted by a fit to this round's pairs, and the choice.",
        good=_bradley_terry, pull=0.5, winner=0.1, fault=_TO_CENTRE,
    ),
    "plackett_luce_preference": Formula(
        "Towards a centre weighted by a fit to this round's order, and the choice.",
        good=_plackett_luce, pull=0.48, winner=0.12, fault=_TO_CENTRE,
    ),
    "advantage_softmax_preference": Formula(
        "Towards a centre weighted by what beat the best so far, and the choice.",
        good=_advantage, pull=0.46, winner=0.1, fault=_TO_CENTRE,
    ),
    "borda_preference": Formula(
        "Towards a centre weighted by rank and the choice, a little away from the lower half.",
        good=_borda, pull=0.46, winner=0.14, bad=_lower_half, push=0.07, fault=_FROM_ORIGIN,
    ),
    "contrastive_preference": Formula(
        "From the centre of what was rejected to that of what was liked.",
        good=_positive, pull=0.55, bad=_negative, push=0.55, lone=0.38, fault=_FROM_ORIGIN,
    ),
    "critique_weighted_preference": Formula(
        "From the centre of what the tags blame to that of what they praise.",
        good=_praised, pull=0.55, bad=_blamed, push=0.55, lone=0.4, fault=_FROM_ORIGIN,
    ),
    "challenger_mixture_preference": Formula(
        "Towards the choice and the rivals that came near it.", good=_rivals, pull=0.36, winner=0.42, shift=0.06,
        fault="It adds the choice's lead to every axis alike, and drifts to the rivals even when the choice stays.",
    ),
})  # fmt: skip
