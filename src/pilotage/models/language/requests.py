"""What a language model is asked, and what it gives back. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from pilotage.models.language.directions import Direction

__all__ = ["Direction", "Exchange", "Finish", "Message", "Positions", "Sampling", "TextOutput", "TextRequest"]

Finish = Literal["stop", "length", "cancelled", "error"]
Positions = Literal["answer", "all"]
StopString = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Content = Annotated[str, StringConstraints(max_length=400_000)]
_FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Message(BaseModel):
    """One turn of a conversation."""

    model_config = _FROZEN

    role: Literal["system", "user", "assistant"]
    content: Content


class Sampling(BaseModel):
    """How tokens are drawn and when an answer ends."""

    model_config = _FROZEN

    max_tokens: int = Field(128, ge=1, le=32_768, strict=True, description="Tokens of the answer, at most.")
    temperature: float = Field(0.7, ge=0, le=5, description="0 takes the likeliest token each time.")
    top_p: float = Field(1.0, gt=0, le=1, description="Draw among the likeliest tokens of this joint probability.")
    top_k: int | None = Field(None, ge=1, strict=True, description="Draw among so many of the likeliest tokens.")
    seed: int = Field(0, ge=0, lt=2**63, strict=True, description="The same seed and doses give the same answer.")
    stop: tuple[StopString, ...] = Field((), max_length=16, description="Texts that end the answer; left out of it.")


class TextRequest(BaseModel):
    """One answer that is wanted: to a conversation (`messages`), or as the continuation of a raw `prompt`.

    Attributes:
        pushes: units along directions, by the names that the caller gives with the call; 0 is no push at all.
        positions: where pushes act. `answer`: wherever a token of the answer is predicted, so that the first one is
            steered too and the conversation before it is read as it is. `all`: while the conversation is read too.
    """

    model_config = _FROZEN

    messages: tuple[Message, ...] = Field((), max_length=2000)
    prompt: Content | None = None
    pushes: dict[str, float] = Field(default_factory=dict)
    positions: Positions = "answer"
    sampling: Sampling = Field(default_factory=Sampling)

    @model_validator(mode="after")
    def _one_of_two(self) -> TextRequest:
        if bool(self.messages) == (self.prompt is not None):
            raise ValueError("give either messages or a prompt")
        return self


@dataclass(frozen=True, slots=True)
class TextOutput:
    """What came of one request.

    Attributes:
        text: the answer, without prompt, special tokens and the stop string.
        finish: `stop` (the model ended it, or a stop string did), `length` (a limit of tokens, context or time),
            `cancelled`, or `error`; `text` then holds what there was.
        error: why, if it failed or a limit of time cut it.
        tokens: ids that the model drew, the closing one left out.
        prompt_tokens: how many it read before.
    """

    text: str
    finish: Finish
    error: str = ""
    tokens: tuple[int, ...] = ()
    prompt_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A conversation with a given answer: to be read, not generated."""

    messages: tuple[Message, ...]
    answer: str
