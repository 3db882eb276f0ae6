"""SELECT: doses set by hand; and what a person decides about the profile itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pilotage.labs.language.profiles.base import AxisName, Doses, EventBase


class DosesSet(EventBase):
    """Doses set by hand, as a slider is left; other axes stay as they are."""

    kind: Literal["doses_set"] = "doses_set"
    doses: Annotated[Doses, Field(min_length=1)]

    @property
    def axes(self) -> frozenset[str]:
        """Those set."""
        return frozenset(self.doses)


class AxesRemoved(EventBase):
    """Axes that are no longer steered, until something is said of them again."""

    kind: Literal["axes_removed"] = "axes_removed"
    removed: tuple[AxisName, ...] = Field(min_length=1, max_length=64)

    @property
    def axes(self) -> frozenset[str]:
        """Those removed."""
        return frozenset(self.removed)


class Reset(EventBase):
    """Forget what was set by hand, what was compared, what was learned from signals, or all of it."""

    kind: Literal["reset"] = "reset"
    what: Literal["doses", "answers", "signals", "all"] = "all"


class Consent(EventBase):
    """Whether signals may be learned from. What was learned before is forgotten when it is withdrawn."""

    kind: Literal["consent"] = "consent"
    given: bool


class TakenBack(EventBase):
    """An earlier event, by its place from 0, that counts no more."""

    kind: Literal["taken_back"] = "taken_back"
    event: int = Field(ge=0)
