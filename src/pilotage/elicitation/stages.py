"""Every answer as stages of one likelihood: softmaxes over linear forms of the latent utilities.

`log p(winner) = l_w / tau - logsumexp(l / tau)` with `l = A x + b`, where x holds one utility per item
and the session's own scalars. Log-concave in x, so one Newton step serves all kinds.

Source: Plackett 1975 and Luce 1959 for rankings; the outside option of McFadden 1974 for yes and no;
the adjacent-categories (partial-credit) model of Masters 1982 for stars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pilotage.elicitation.answers import Answer, Approval, Pairwise, Ranking, Ratings

THRESHOLD = "threshold"  # session scalar: the utility of a candidate that is only just acceptable
MIDDLE_STAR = 3
STAR_GAIN = 0.5  # utility, in noise units, that separates two neighbouring stars' log-odds
STAR_SPREAD = 0.5  # how much rarer the outer stars are before anything is known, in nats


@dataclass(frozen=True, slots=True)
class Form:
    """One linear form: weights on named latents, plus an offset."""

    weights: tuple[tuple[str, float], ...]
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One softmax choice: `winner` indexes `forms`; `temperature` > 0 divides them all."""

    forms: tuple[Form, ...]
    winner: int
    temperature: float = 1.0


def stages(answer: Answer, shown: Sequence[str]) -> tuple[Stage, ...]:
    """The stages of one answer about the items `shown`, in a fixed order."""
    match answer:
        case Ranking():
            return _ranking(answer.order, shown)
        case Pairwise():
            return _ranking((answer.winner,), (answer.winner, answer.loser))
        case Ratings():
            return tuple(_stars(item, answer.stars[item]) for item in shown if item in answer.stars)
        case Approval():
            return _approval(answer, shown)


def _utility(item: str) -> Form:
    return Form(((item, 1.0),))


def _ranking(order: Sequence[str], shown: Sequence[str]) -> tuple[Stage, ...]:
    """Plackett-Luce: each place is a choice among those not yet placed; the last alone is no choice."""
    left, result = list(shown), []
    for item in order:
        if len(left) > 1:
            result.append(Stage(tuple(_utility(name) for name in left), left.index(item)))
        left.remove(item)
    return tuple(result)


def _stars(item: str, stars: int) -> Stage:
    """Star r has the form r * gain * (f - threshold), less what makes the outer stars rarer."""
    forms = tuple(
        Form(
            ((item, STAR_GAIN * (r - MIDDLE_STAR)), (THRESHOLD, -STAR_GAIN * (r - MIDDLE_STAR))),
            -STAR_SPREAD * (r - MIDDLE_STAR) ** 2 / 2,
        )
        for r in range(1, 6)
    )
    return Stage(forms, stars - 1)


def _approval(answer: Approval, shown: Sequence[str]) -> tuple[Stage, ...]:
    """Each item against the threshold; then the favourite among those approved."""
    bar = Form(((THRESHOLD, 1.0),))
    judged = [item for item in shown if item in answer.approved]
    result = [Stage((_utility(item), bar), 0 if answer.approved[item] else 1) for item in judged]
    accepted = [item for item in judged if answer.approved[item]]
    if answer.favourite is not None and len(accepted) > 1:
        result.append(Stage(tuple(_utility(item) for item in accepted), accepted.index(answer.favourite)))
    return tuple(result)
