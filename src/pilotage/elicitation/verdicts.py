"""Answers that hold candidates against what is just acceptable, and the answer that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from pilotage.elicitation.base import AnswerBase, CandidateId


class Ratings(AnswerBase):
    """Stars, 1 (worst) to 5 (best), for at least one candidate."""

    kind: Literal["ratings"] = "ratings"
    stars: Mapping[CandidateId, Annotated[int, Field(ge=1, le=5, strict=True)]] = Field(min_length=1)

    @property
    def named(self) -> tuple[str, ...]:
        """Those that have stars."""
        return tuple(self.stars)

    @property
    def first(self) -> tuple[str, ...]:
        """Those that have the most stars."""
        most = max(self.stars.values())
        return tuple(name for name, stars in self.stars.items() if stars == most)


class Approval(AnswerBase):
    """Yes or no for each candidate named; `favourite`, if given, is the best of those approved."""

    kind: Literal["approval"] = "approval"
    approved: Mapping[CandidateId, Annotated[bool, Field(strict=True)]] = Field(min_length=1)
    favourite: CandidateId | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Those with a yes or a no."""
        return tuple(self.approved)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Those with a yes."""
        return tuple(name for name, yes in self.approved.items() if yes)

    @property
    def first(self) -> tuple[str, ...]:
        """The favourite, else all approved."""
        return self.accepted if self.favourite is None else (self.favourite,)

    def contradiction(self) -> tuple[str, str] | None:
        """The favourite is one of those approved."""
        if self.favourite is not None and self.favourite not in self.accepted:
            return "favourite", "the favourite must be approved"
        return None


class Shortlist(AnswerBase):
    """The candidates worth keeping, perhaps none; all others shown are not good enough."""

    kind: Literal["shortlist"] = "shortlist"
    kept: tuple[CandidateId, ...] = Field(max_length=16)
    favourite: CandidateId | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Those kept."""
        return self.kept

    @property
    def first(self) -> tuple[str, ...]:
        """The favourite, else all kept."""
        return self.kept if self.favourite is None else (self.favourite,)

    def contradiction(self) -> tuple[str, str] | None:
        """The favourite is one of those kept."""
        if self.favourite is not None and self.favourite not in self.kept:
            return "favourite", "the favourite must be kept"
        return None


class Undecided(AnswerBase):
    """No choice, and why: all `alike`, all `bad`, or good in `different` ways."""

    kind: Literal["undecided"] = "undecided"
    why: Literal["alike", "bad", "different"]

    @property
    def named(self) -> tuple[str, ...]:
        """Nobody in particular."""
        return ()


Verdict = Ratings | Approval | Shortlist | Undecided
