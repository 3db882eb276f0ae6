"""What all events of a profile are made of: axes by name, doses in the box, and when it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

AxisName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Dose = Annotated[float, Field(ge=-1.0, le=1.0, allow_inf_nan=False)]
Doses = Annotated[Mapping[AxisName, Dose], Field(max_length=64)]
"""Axis -> dose in calibrated units; an axis that is left out is not steered: its dose is 0."""


class EventBase(BaseModel):
    """Base of all events of a profile; `at` is when it happened, if that is known. The belief does not look at it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime | None = None

    @property
    def axes(self) -> frozenset[str]:
        """The axes that it speaks of."""
        return frozenset()
