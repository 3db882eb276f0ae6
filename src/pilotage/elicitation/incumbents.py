"""Which candidate an answer puts first, and which sample the answers so far put first."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.elicitation.comparisons import Worst
from pilotage.elicitation.judgements import Item, Judgement


def chosen(judgement: Judgement, current: str | None) -> str | None:
    """The candidate that an answer puts first; None if it puts none first.

    Where several are equally first (stars, yeses, a tie, challengers that are all better), the one that shows
    the sample `current` stays (the incumbent goes only when beaten), else the earlier slot is taken.
    A shortlist is a yes for each of those kept. Without a better challenger, `versus` chooses its incumbent.
    `worst` chooses its best; without one it chooses only if it must: when two were shown, or when the
    incumbent itself was the worst. `undecided` chooses nothing.
    """
    first = judgement.answer.first or _spared(judgement, current)
    tied = [item for item in judgement.items if item.candidate in first]
    if not tied:
        return None
    return next((item.candidate for item in tied if item.sample == current), tied[0].candidate)


def incumbent(judgements: Sequence[Judgement]) -> Item | None:
    """The item that the answers so far put first: the last one chosen; None before the first choice."""
    best: Item | None = None
    for judgement in judgements:
        name = chosen(judgement, best.sample if best else None)
        if name is not None:
            best = judgement.sample_of(name)
    return best


def _spared(judgement: Judgement, current: str | None) -> Sequence[str]:
    """Those that the only thing said, which is the worst, leaves equally good."""
    if not isinstance(judgement.answer, Worst):
        return ()
    worst = judgement.sample_of(judgement.answer.worst)
    rest = [item.candidate for item in judgement.items if item is not worst]
    return rest if len(rest) == 1 or worst.sample == current else ()
