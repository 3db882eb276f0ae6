"""CALIBRATE: answers about texts that were made to be compared, on one prompt and one sampling seed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pilotage.labs.language.profiles.base import AxisName, Doses, EventBase

Source = Annotated[str, Field(max_length=64)]
"""The answer of a session that it was taken from; empty if it was told to the profile itself."""
Options = Annotated[tuple[Doses, ...], Field(min_length=2, max_length=8)]


class Compared(EventBase):
    """The best of two or more, or about equal.

    Attributes:
        options: the doses of each text, in the order shown.
        best: the place of the best, from 0; None: they are about equal.
        confidence: 1 a guess, 2, 3 certain; None if it was not said.
        ties_offered: whether "about equal" could be said.
    """

    kind: Literal["compared"] = "compared"
    options: Options
    best: int | None = Field(None, ge=0)
    confidence: Literal[1, 2, 3] | None = None
    ties_offered: bool = True
    source: Source = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Compared:
        if self.best is not None and self.best >= len(self.options):
            raise ValueError("best must be the place of an option, from 0")
        if self.best is None and not self.ties_offered:
            raise ValueError("about equal could not be said")
        return self

    @property
    def axes(self) -> frozenset[str]:
        """Those of any option."""
        return frozenset().union(*self.options)


class Amount(EventBase):
    """Too much, or too little, of an axis' positive pole in all of the texts shown."""

    kind: Literal["amount"] = "amount"
    options: Annotated[tuple[Doses, ...], Field(min_length=1, max_length=8)]
    axis: AxisName
    amount: Literal["too_much", "too_little"]
    source: Source = ""

    @property
    def axes(self) -> frozenset[str]:
        """Those of any option, and the one spoken of."""
        return frozenset({self.axis}).union(*self.options)
