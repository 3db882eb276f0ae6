"""Every judgement as stages of one likelihood: softmaxes over linear forms of the latent utilities.

`log p(winner) = l_w / tau - logsumexp(l / tau)` with `l = A x + b`, where x holds one utility per item,
the session's own scalars and slopes of the utility. Log-concave in x, so one inference serves all kinds.

Source: Plackett 1975 and Luce 1959 for rankings; the outside option of McFadden 1974 for yes and no;
the adjacent-categories (partial-credit) model of Masters 1982 for stars; `ties` for ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pilotage.elicitation.comparisons import Comparison, Pairwise, Ranking, Tie, Versus, Worst
from pilotage.elicitation.critiques import TAGS, Critique
from pilotage.elicitation.forms import THRESHOLD, Form, Slope, Stage, drift
from pilotage.elicitation.judgements import Judgement
from pilotage.elicitation.ties import against, first_or_tie, utility
from pilotage.elicitation.verdicts import Approval, Ratings, Shortlist, Undecided, Verdict
from pilotage.elicitation.wishes import wished

MIDDLE_STAR = 3
STAR_GAIN = 0.5  # utility, in noise units, that separates two neighbouring stars' log-odds
STAR_SPREAD = 0.5  # how much rarer the outer stars are before anything is known, in nats
CONFIDENCE = {1: 1.8, 2: 1.0, 3: 0.6}  # temperature of a guess, of a choice, of a certain one
BAR = Form(((THRESHOLD, 1.0),))
LEVEL = Form(())


def stages(judgement: Judgement, index: int) -> tuple[Stage, ...]:
    """The stages of one judgement, in a fixed order; `index` is its position in the log, from 0.

    Confidence is about the answer; critiques are statements of their own. The judgement's temperature is of both.
    """
    answer, shown = judgement.answer, judgement.shown
    if isinstance(answer, Comparison):
        said = _compared(answer, shown, judgement.ties_offered)
    else:
        said = _judged(answer, shown, index)
    sure = 1.0 if judgement.confidence is None else CONFIDENCE[judgement.confidence]
    remarks = tuple(stage for critique in judgement.critiques for stage in _critique(critique, shown))
    return _dulled(said, sure * judgement.temperature) + _dulled(remarks, judgement.temperature)


def _dulled(said: Sequence[Stage], temperature: float) -> tuple[Stage, ...]:
    return tuple(replace(stage, temperature=temperature * stage.temperature) for stage in said)


def _compared(answer: Comparison, shown: Sequence[str], ties: bool) -> tuple[Stage, ...]:
    match answer:
        case Ranking():
            return _ranking(answer.order, shown, ties)
        case Pairwise():
            return _ranking(answer.first, answer.named, ties)
        case Worst():
            return _worst(answer, shown)
        case Versus():
            return _versus(answer, shown)
        case Tie():
            return (first_or_tie(answer.items, shown),)


def _judged(answer: Verdict, shown: Sequence[str], index: int) -> tuple[Stage, ...]:
    match answer:
        case Ratings():
            return tuple(_stars(item, answer.stars[item], index) for item in shown if item in answer.stars)
        case Approval():
            asked = [item for item in shown if item in answer.approved]
            return _accepted(answer.accepted, asked, answer.favourite)
        case Shortlist():
            return _accepted(answer.kept, shown, answer.favourite)
        case Undecided():
            return _undecided(answer.why, shown)


def _pick(item: str, among: Sequence[str]) -> Stage:
    return Stage(tuple(utility(name) for name in among), among.index(item))


def _ranking(order: Sequence[str], shown: Sequence[str], ties: bool) -> tuple[Stage, ...]:
    """Plackett-Luce: each place is a choice among those not yet placed; the last alone is no choice."""
    left, result = list(shown), list[Stage]()
    for item in order:
        if len(left) > 1:
            result.append(first_or_tie((item,), left) if ties and not result else _pick(item, tuple(left)))
        left.remove(item)
    return tuple(result)


def _worst(answer: Worst, shown: Sequence[str]) -> tuple[Stage, ...]:
    """The choice of the worst is a pick with all utilities turned round; the best is picked among the rest."""
    if len(shown) == 1:
        return ()
    turned = Stage(tuple(Form(((name, -1.0),)) for name in shown), list(shown).index(answer.worst))
    return (turned, *_favourite(answer.best, [name for name in shown if name != answer.worst]))


def _versus(answer: Versus, shown: Sequence[str]) -> tuple[Stage, ...]:
    """A duel for each challenger; then the best among the better ones."""
    duels = [against(answer.incumbent, name, answer.verdicts[name]) for name in shown if name in answer.verdicts]
    return (*duels, *_favourite(answer.best, [name for name in shown if name in answer.better]))


def _favourite(item: str | None, among: Sequence[str]) -> tuple[Stage, ...]:
    return () if item is None or len(among) < 2 else (_pick(item, among),)


def _stars(item: str, stars: int, index: int) -> Stage:
    """Star r has the form r * gain * (f - threshold + drift), less what makes the outer stars rarer."""

    def form(r: int) -> Form:
        gain = STAR_GAIN * (r - MIDDLE_STAR)
        offset = -STAR_SPREAD * (r - MIDDLE_STAR) ** 2 / 2
        return Form(((item, gain), (THRESHOLD, -gain), (drift(index), gain)), offset)

    return Stage(tuple(form(r) for r in range(1, 6)), stars - 1)


def _accepted(accepted: Sequence[str], asked: Sequence[str], favourite: str | None) -> tuple[Stage, ...]:
    """Each item against the threshold; then the favourite among those accepted."""
    duels = [Stage((utility(item), BAR), 0 if item in accepted else 1) for item in asked]
    return (*duels, *_favourite(favourite, [item for item in asked if item in accepted]))


def _undecided(why: str, shown: Sequence[str]) -> tuple[Stage, ...]:
    """All alike is a tie of all; all bad, a choice of none; different merits say nothing of utility."""
    if why == "bad":
        return (Stage((*map(utility, shown), BAR), len(shown)),)
    return (first_or_tie(shown, shown),) if why == "alike" and len(shown) > 1 else ()


def _critique(critique: Critique, shown: Sequence[str]) -> tuple[Stage, ...]:
    """A measured fault: utility rises along its attribute. Any other tag: the item is, or is not, good enough.

    A word of one's own says nothing, unless it is a wish about an axis.
    """
    tag = TAGS.get(critique.tag)
    if tag is None:
        return wished(critique, shown)
    if critique.direction is not None and tag.wish:
        better = tuple(tag.wish * value for value in critique.direction)
        return (Stage((Form(((Slope(critique.candidate, better), 1.0),)), LEVEL), 0),)
    return (Stage((utility(critique.candidate), BAR), 0 if tag.good else 1, tag.temperature),)
