"""Profiles of language as they are shown: doses, what is believed and why, and whether another question is worth it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from pilotage.labs.language.profiles import Belief, Believed, Profile, Question, advice, explain
from pilotage.store import ProfileRow

_FROZEN = ConfigDict(frozen=True)
_SEEDS = 2**31  # a browser counts no farther than 2**53


class ProfileSummary(BaseModel):
    """A profile in a list."""

    model_config = _FROZEN

    id: str
    owner: str
    name: str
    axes: list[str]
    revision: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: ProfileRow) -> ProfileSummary:
        """The view of a row."""
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AdviceView(BaseModel):
    """Whether another comparison is worth it; `error` is expected of each dose, as a share of the range."""

    stop: bool
    error: dict[str, float]
    left: float | None
    low: float | None
    high: float | None
    answers: int
    why: str


class LanguageProfileView(BaseModel):
    """A profile at one of its revisions; `revision` of `newest` events are counted here, `events` are these."""

    model_config = _FROZEN

    id: str
    owner: str
    name: str
    axes: list[str]
    max_active: int
    revision: int
    newest: int
    consent: bool
    active: list[str]
    doses: dict[str, float]
    believed: tuple[Believed, ...]
    advice: AdviceView
    events: list[dict[str, Any]]

    @classmethod
    def of(cls, profile: Profile, belief: Belief | None, *, newest: int) -> LanguageProfileView:
        """The view of a profile; `belief` is None where nothing was said yet."""
        state = profile.state
        return cls(
            id=profile.id, owner=profile.owner, name=profile.name, axes=list(profile.axes),
            max_active=profile.max_active, revision=profile.revision, newest=newest, consent=state.consent,
            active=list(state.active), doses=profile.doses(belief),
            believed=explain(profile, belief),
            advice=AdviceView(**asdict(advice(profile, belief))),
            events=[event.model_dump(mode="json") for event in profile.events],
        )  # fmt: skip


class QuestionView(BaseModel):
    """Texts to be compared: the doses of each, on one prompt and with one seed; `information` in nats."""

    prompt: str
    options: list[dict[str, float]]
    sampling_seed: int
    information: float

    @classmethod
    def of(cls, question: Question) -> QuestionView:
        """The view of a question."""
        return cls(**{**asdict(question), "sampling_seed": question.sampling_seed % _SEEDS})
