"""What OpenAI's clients send to `/v1`, as what is asked of a model here.

What they may send and cannot be done is refused by its name. What changes no answer is passed over: `user`, `store`,
hints to other servers (`reasoning_effort`, `keep_alive`), and whatever is set to what it does here anyway.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pilotage.app.talk import MAX_ANSWERS, AxisName, Talk, Turn, Wanted
from pilotage.core.errors import InvalidInputError
from pilotage.core.strategies import invalid_input
from pilotage.models.language import Message, Sampling

MAX_CHOICES = 8
MAX_STOPS = 16
Stop = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=100_000)]
_NEUTRAL: tuple[Any, ...] = (None, False, 0, {}, [], "", {"type": "text"}, ["text"], "none", "auto")


class TextPart(BaseModel):
    """A piece of a message."""

    type: Literal["text"]
    text: Text


class ChatMessage(BaseModel):
    """A message; a developer's words are the system's."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart] | None = None

    def message(self, place: int) -> Message:
        """The same in our words, as the one at this place.

        Raises:
            InvalidInputError: its parts are too long together.
        """
        parts = [part.text for part in self.content] if isinstance(self.content, list) else [self.content or ""]
        role: Literal["system", "user", "assistant"] = "system" if self.role == "developer" else self.role
        try:
            return Message(role=role, content="".join(parts))
        except ValidationError as cause:
            raise invalid_input(cause, prefix=f"messages.{place}") from cause


class StreamOptions(BaseModel):
    """How a stream ends."""

    include_usage: bool = False


class Asked(BaseModel):
    """What chats and completions share.

    Attributes:
        steering: ours: axis -> dose.
        profile: ours: id of a profile whose doses steer.
        orthogonal: ours: whether axes are turned as little as needed to leave each other alone.
        top_k: ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: str = Field(min_length=1, max_length=500)
    n: int | None = Field(None, ge=1, le=MAX_CHOICES)
    stop: Stop | list[Stop] | None = Field(None, description="A text that ends the answer, or up to 16.")
    max_tokens: int | None = Field(None, ge=1, le=32_768)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int | None = Field(None, lt=2**63, description="Below 0: another one each time.")
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    steering: dict[AxisName, float] | None = Field(None, max_length=64)
    profile: str | None = Field(None, min_length=1, max_length=64)
    orthogonal: bool | None = None
    top_k: int | None = Field(None, ge=1)

    frequency_penalty: Any = Field(None, description="Not supported: leave it out.")
    presence_penalty: Any = Field(None, description="Not supported: leave it out.")
    logit_bias: Any = Field(None, description="Not supported: leave it out.")
    min_p: Any = Field(None, description="Not supported: leave it out.")
    repetition_penalty: Any = Field(None, description="Not supported: 1, or leave it out.")

    user: Any = None
    metadata: Any = None
    store: Any = None
    service_tier: Any = None
    safety_identifier: Any = None
    prompt_cache_key: Any = None
    keep_alive: Any = None

    @field_validator("frequency_penalty", "presence_penalty", "logit_bias", "min_p")
    @classmethod
    def _not_supported(cls, value: Any) -> Any:
        if value not in _NEUTRAL:
            raise ValueError("this is not supported here: leave it out")
        return value

    @field_validator("repetition_penalty")
    @classmethod
    def _no_penalty(cls, value: Any) -> Any:
        return cls._not_supported(None if value == 1 else value)

    @field_validator("seed")
    @classmethod
    def _any_seed(cls, value: int | None) -> int | None:
        return None if value is None or value < 0 else value

    @field_validator("stop", mode="before")
    @classmethod
    def _nothing_stops(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("stop")
    @classmethod
    def _not_many(cls, value: Any) -> Any:
        if isinstance(value, list) and len(value) > MAX_STOPS:
            raise ValueError(f"at most {MAX_STOPS} texts")
        return value

    @property
    def choices(self) -> int:
        """Answers to each turn."""
        return self.n or 1

    @property
    def tells_usage(self) -> bool:
        """Whether a stream ends with the tokens that it took."""
        return self.stream_options is not None and self.stream_options.include_usage

    def talk_of(self, turns: Sequence[Turn], max_tokens: int) -> Talk:
        """The same as what is asked of a model: for each turn its choices, which differ by their seeds."""
        if len(turns) * self.choices > MAX_ANSWERS:
            raise InvalidInputError(f"at most {MAX_ANSWERS} answers at once", field="n")
        seed = secrets.randbelow(2**31) if self.seed is None else self.seed
        given: dict[str, Any] = {"temperature": self.temperature, "top_p": self.top_p, "top_k": self.top_k}
        stop = () if self.stop is None else (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)
        sampling = Sampling(
            max_tokens=self.max_tokens or max_tokens, stop=stop,
            **{name: value for name, value in given.items() if value is not None},
        )  # fmt: skip
        answers = [
            Wanted(turn=turn, steering=self.steering or {}, profile=self.profile, orthogonal=self.orthogonal or False,
                   seed=(seed + choice) % 2**63)
            for turn in range(len(turns))
            for choice in range(self.choices)
        ]  # fmt: skip
        return Talk(model=self.model, turns=tuple(turns), answers=tuple(answers), sampling=sampling)


_UNABLE = ("logprobs", "top_logprobs", "tools", "tool_choice", "functions", "function_call", "response_format",
           "modalities")  # fmt: skip


class ChatAsked(Asked):
    """The body of `/v1/chat/completions`."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=2000)
    max_completion_tokens: int | None = Field(None, ge=1, le=32_768)
    logprobs: Any = Field(None, description="Not supported: leave it out.")
    top_logprobs: Any = Field(None, description="Not supported: leave it out.")
    tools: Any = Field(None, description="Not supported: leave it out.")
    tool_choice: Any = Field(None, description="Not supported: leave it out.")
    functions: Any = Field(None, description="Not supported: leave it out.")
    response_format: Any = Field(None, description="Only text: leave it out.")
    function_call: Any = Field(None, description="Not supported: leave it out.")
    modalities: Any = Field(None, description="Only text: leave it out.")
    parallel_tool_calls: Any = None
    reasoning_effort: Any = None
    verbosity: Any = None

    @field_validator(*_UNABLE)
    @classmethod
    def _no_such_thing(cls, value: Any) -> Any:
        return cls._not_supported(value)

    def talk(self) -> Talk:
        """The same as what is asked of a model."""
        turn = Turn(messages=tuple(message.message(place) for place, message in enumerate(self.messages)))
        limit = self.max_completion_tokens or self.max_tokens or 1024
        return self.model_copy(update={"max_tokens": limit}).talk_of([turn], limit)


class CompletionAsked(Asked):
    """The body of `/v1/completions`."""

    prompt: Text | list[Text]
    best_of: int | None = Field(None, description="Only the same as n.")
    logprobs: int | None = Field(None, description="Not supported: leave it out.")
    echo: Any = Field(None, description="Not supported: leave it out.")
    suffix: Any = Field(None, description="Not supported: leave it out.")

    @field_validator("echo", "suffix")
    @classmethod
    def _no_such_thing(cls, value: Any) -> Any:
        return cls._not_supported(value or None)

    @field_validator("logprobs")
    @classmethod
    def _no_logprobs(cls, value: Any) -> Any:
        if value is not None:
            raise ValueError("this is not supported here: leave it out")
        return value

    def talk(self) -> Talk:
        """The same as what is asked of a model."""
        if self.best_of not in (None, self.choices):
            raise InvalidInputError("best_of must be n here", field="best_of")
        prompts = [self.prompt] if isinstance(self.prompt, str) else self.prompt
        if not prompts:
            raise InvalidInputError("there is no prompt", field="prompt")
        return self.talk_of([Turn(prompt=prompt) for prompt in prompts[: MAX_ANSWERS + 1]], 16)
