"""Judgements: an answer together with what it was given about; the fold's only input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pilotage.elicitation.answers import Answer, Approval, Pairwise, Ranking, Ratings


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that was judged: `sample` names the picture (a carried incumbent keeps its sample), `u` its place."""

    candidate: str
    sample: str
    u: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answered query: the items in the order of their slots, and the answer."""

    items: tuple[Item, ...]
    answer: Answer

    def sample_of(self, candidate: str) -> Item:
        """The item of a candidate id."""
        return next(item for item in self.items if item.candidate == candidate)


def chosen(judgement: Judgement, current: str | None) -> str | None:
    """The candidate that an answer puts first; None if it puts none first.

    Ties go to the candidate that shows the sample `current` (the incumbent stays unless beaten),
    then to the earlier slot.
    """
    answer = judgement.answer
    match answer:
        case Ranking():
            return answer.order[0]
        case Pairwise():
            return answer.winner
        case Ratings():
            best = max(answer.stars.values())
            return _first([name for name, stars in answer.stars.items() if stars == best], judgement, current)
        case Approval():
            if answer.favourite is not None:
                return answer.favourite
            approved = [name for name, yes in answer.approved.items() if yes]
            return _first(approved, judgement, current) if approved else None


def _first(names: Sequence[str], judgement: Judgement, current: str | None) -> str:
    tied = [item for item in judgement.items if item.candidate in names]
    return next((item.candidate for item in tied if item.sample == current), tied[0].candidate)


def incumbent(judgements: Sequence[Judgement]) -> Item | None:
    """The item that the answers so far put first: the last one chosen; None before the first choice."""
    best: Item | None = None
    for judgement in judgements:
        name = chosen(judgement, best.sample if best else None)
        if name is not None:
            best = judgement.sample_of(name)
    return best
