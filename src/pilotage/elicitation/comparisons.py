"""Answers that compare candidates with each other: who comes first, who last, who is as good as whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from pilotage.elicitation.base import AnswerBase, CandidateId


class Ranking(AnswerBase):
    """Pick, top-k and rank as one: candidates best first; those not named are worse than the last named."""

    kind: Literal["ranking"] = "ranking"
    order: tuple[CandidateId, ...] = Field(min_length=1, max_length=12)

    @property
    def named(self) -> tuple[str, ...]:
        """Best first."""
        return self.order

    @property
    def first(self) -> tuple[str, ...]:
        """The best."""
        return self.order[:1]


class Pairwise(AnswerBase):
    """One of two."""

    kind: Literal["pairwise"] = "pairwise"
    winner: CandidateId
    loser: CandidateId

    @property
    def named(self) -> tuple[str, ...]:
        """The winner first."""
        return (self.winner, self.loser)

    @property
    def first(self) -> tuple[str, ...]:
        """The winner."""
        return (self.winner,)


class Worst(AnswerBase):
    """The one to drop, and perhaps the one to keep."""

    kind: Literal["worst"] = "worst"
    worst: CandidateId
    best: CandidateId | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The worst, then the best if there is one."""
        return (self.worst, *self.first)

    @property
    def first(self) -> tuple[str, ...]:
        """The best, if there is one."""
        return () if self.best is None else (self.best,)


class Versus(AnswerBase):
    """Challengers against the incumbent, one by one; `best`, if given, is the best of the better ones."""

    kind: Literal["versus"] = "versus"
    incumbent: CandidateId
    verdicts: Mapping[CandidateId, Literal["better", "same", "worse"]] = Field(min_length=1, max_length=12)
    best: CandidateId | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The incumbent, then the challengers."""
        return (self.incumbent, *self.verdicts)

    @property
    def better(self) -> tuple[str, ...]:
        """The challengers that beat the incumbent."""
        return tuple(name for name, verdict in self.verdicts.items() if verdict == "better")

    @property
    def first(self) -> tuple[str, ...]:
        """The best, else all that are better, else the incumbent."""
        return (self.best,) if self.best is not None else self.better or (self.incumbent,)

    def contradiction(self) -> tuple[str, str] | None:
        """The best of the better ones is one of them."""
        if self.best is not None and self.best not in self.better:
            return "best", "the best must be better than the incumbent"
        return None


class Tie(AnswerBase):
    """Candidates that are about equal, and better than those not named."""

    kind: Literal["tie"] = "tie"
    items: tuple[CandidateId, ...] = Field(min_length=2, max_length=12)

    @property
    def named(self) -> tuple[str, ...]:
        """In no order of merit."""
        return self.items

    @property
    def first(self) -> tuple[str, ...]:
        """All of them."""
        return self.items


Comparison = Ranking | Pairwise | Worst | Versus | Tie
