"""What every answer is: typed, versioned data that names the candidates it speaks of."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

CandidateId = Annotated[str, Field(min_length=1, max_length=64)]


class AnswerBase(BaseModel):
    """Base of all kinds of answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1

    @property
    @abstractmethod
    def named(self) -> tuple[str, ...]:
        """The candidates that it judges, in its order; no candidate is judged twice in one answer."""

    @property
    def first(self) -> tuple[str, ...]:
        """The candidates that it puts first, none of them before another; empty if it chooses nothing."""
        return ()

    def contradiction(self) -> tuple[str, str] | None:
        """(key, what is wrong with it), if parts of the answer cannot both be meant."""
        return None
