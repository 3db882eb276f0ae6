"""Conversations as data: what a person sends, and what is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.talk import AxisName, Wanted
from pilotage.models.language import Sampling
from pilotage.store import ConversationRow, MessageRow
from pilotage.store.rows import MessageState

Json = dict[str, Any]
MAX_VARIANTS = 4
_STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
Dosed = dict[AxisName, float]


class ConversationText(BaseModel):
    """What a conversation is begun with; in a change, what is absent stays as it is."""

    model_config = _STRICT

    name: str = Field("", max_length=200)
    model: str = Field(DEFAULT_LANGUAGE, min_length=1, max_length=500)
    system: str = Field("", max_length=100_000, description="What the model is told before anything else.")
    profile: str | None = Field(None, min_length=1, max_length=64, description="Whose doses steer it.")


class Variant(BaseModel):
    """One of several answers: by which doses, in place of the message's own."""

    model_config = _STRICT

    steering: Dosed = Field(default_factory=dict, max_length=64)
    profile: str | None = Field(None, min_length=1, max_length=64)
    seed: int | None = Field(None, ge=0, lt=2**63, strict=True)


class Saying(BaseModel):
    """A message, and how it is to be answered.

    Attributes:
        content: None: the message `after` is answered once more.
        after: the message that this one follows; None is the newest, "" the beginning.
        steering: axis -> dose; these count before the profile's.
        profile: in place of the conversation's.
        variants: answers by doses of their own, side by side; `n` is how many there are if none are given.
        sampling: without a seed, one is drawn. Variants with doses of their own share it, others get the next ones.
    """

    model_config = _STRICT

    content: str | None = Field(None, min_length=1, max_length=100_000)
    after: str | None = Field(None, max_length=64)
    steering: Dosed = Field(default_factory=dict, max_length=64)
    profile: str | None = Field(None, min_length=1, max_length=64)
    n: int = Field(1, ge=1, le=MAX_VARIANTS, strict=True)
    variants: tuple[Variant, ...] = Field((), max_length=MAX_VARIANTS)
    sampling: Sampling = Field(default_factory=Sampling)

    @model_validator(mode="after")
    def _something_is_to_be_answered(self) -> Saying:
        if self.content is None and not self.after:
            raise ValueError("say something, or name the message to answer once more in `after`")
        return self

    def wanted(self, profile: str | None, seed: int) -> tuple[Wanted, ...]:
        """The answers, where the conversation has this profile, and `seed` was drawn."""
        seed = self.sampling.seed if "seed" in self.sampling.model_fields_set else seed
        profile = self.profile or profile
        if self.variants:
            return tuple(
                Wanted(
                    steering=one.steering, profile=one.profile or profile, seed=seed if one.seed is None else one.seed
                )
                for one in self.variants
            )
        return tuple(
            Wanted(steering=self.steering, profile=profile, seed=(seed + place) % 2**63) for place in range(self.n)
        )


class MessageView(BaseModel):
    """A message; of an answer, by which doses and how it ended.

    `state`: writing, done, cancelled (by the person), interrupted (its process ended), failed. `finish`: stop, or
    length where a limit of tokens or time cut it.
    """

    id: str
    conversation_id: str
    index: int
    parent_id: str | None
    variant: int
    role: Literal["user", "assistant"]
    content: str
    state: MessageState
    doses: dict[str, float]
    sampling: Json
    finish: str
    prompt_tokens: int | None
    tokens: int | None
    error: Json | None
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: MessageRow) -> MessageView:
        """The view of a row."""
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class ConversationView(BaseModel):
    """A conversation; `messages` is empty in lists."""

    id: str
    name: str
    model: str
    system: str
    profile: str | None
    created_at: datetime
    updated_at: datetime
    messages: list[MessageView]

    @classmethod
    def of(cls, row: ConversationRow, messages: Sequence[MessageRow] = ()) -> ConversationView:
        """The view of a row and its messages."""
        known = row.model_dump(exclude={"profile_id"})
        return cls(**known, profile=row.profile_id, messages=[MessageView.of(one) for one in messages])
