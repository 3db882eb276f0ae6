"""LEARN: what a person does with an answer. Each signal keeps the doses that its answer was made with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pilotage.labs.language.profiles.base import AxisName, Doses, EventBase

Scores = Annotated[Doses, Field(min_length=1)]


class _Signal(EventBase):
    doses: Doses

    @property
    def axes(self) -> frozenset[str]:
        """Those that the answer was steered along."""
        return frozenset(self.doses)


class Reaction(_Signal):
    """A thumb up or down, a copy, or a wish for another answer."""

    kind: Literal["reaction"] = "reaction"
    reaction: Literal["thumbs_up", "thumbs_down", "copied", "regenerated"]


class TimeSpent(_Signal):
    """How long an answer of so many words was in view."""

    kind: Literal["time_spent"] = "time_spent"
    seconds: float = Field(ge=0, allow_inf_nan=False)
    words: int = Field(ge=1)


class Edited(_Signal):
    """The person rewrote the answer; both texts are scored on every axis, in doses.

    Only their difference counts, so that a scorer's bias does not.
    """

    kind: Literal["edited"] = "edited"
    before: Scores
    after: Scores

    @model_validator(mode="after")
    def _of_the_same(self) -> Edited:
        if self.before.keys() != self.after.keys():
            raise ValueError("before and after must score the same axes")
        return self

    @property
    def axes(self) -> frozenset[str]:
        """Those steered or scored."""
        return frozenset({*self.doses, *self.before, *self.after})


class Remarked(_Signal):
    """A remark such as "too stiff": more (1) or less (-1) of an axis' positive pole is wished."""

    kind: Literal["remarked"] = "remarked"
    axis: AxisName
    wish: Literal[-1, 1]
    words: str = Field("", max_length=400)

    @property
    def axes(self) -> frozenset[str]:
        """Those steered, and the one spoken of."""
        return frozenset({*self.doses, self.axis})


class Erased(EventBase):
    """What is left of a signal that counts no more, once it was erased: its place.

    Attributes:
        returned: its axes that are removed at some time; if they were by then, they have been steered again since.
    """

    kind: Literal["erased"] = "erased"
    returned: tuple[AxisName, ...] = Field((), max_length=64)

    @property
    def axes(self) -> frozenset[str]:
        """Those returned."""
        return frozenset(self.returned)
