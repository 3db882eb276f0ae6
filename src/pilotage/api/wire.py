"""What goes over the wire beside the views: bodies of requests, pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pilotage.api.paging import AFTER, LIMIT, Page
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.conversations import Variant
from pilotage.app.talk import Talk, Turn, Wanted
from pilotage.app.verbs.experiments import ComparedSession, ExperimentView, SessionFilter
from pilotage.models import GenerationRequest
from pilotage.models.language import Message, Sampling
from pilotage.sessions.config import MAX_SEED, SessionConfig
from pilotage.sessions.runs import StageKind
from pilotage.sessions.views import SessionSummary

INLINE = "x-pilotage-name"  # what the OpenAPI document calls a schema that stands inline


@dataclass(frozen=True, slots=True)
class DescribedBy:
    """Shows another model's schema for a value that the lab checks itself, with its own hints."""

    model: type[BaseModel]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of `model` in place of the value's own."""
        del schema
        return {**handler(self.model.__pydantic_core_schema__), INLINE: f"{self.model.__name__}Input"}


ConfigBody = Annotated[dict[str, Any], DescribedBy(SessionConfig)]
RequestBody = Annotated[dict[str, Any], DescribedBy(GenerationRequest)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED, strict=True)]


class Body(BaseModel):
    """Base of every request body: strict, so that a misspelt key is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WarmBody(Body):
    """Which model to load ahead."""

    model: str = Field("starter", min_length=1, max_length=500)


class PromptBody(Body):
    """A prompt to be checked against what a model knows."""

    model: str = Field("starter", min_length=1, max_length=500)
    prompt: str = Field(max_length=2000)


class PointBody(Body):
    """A place of the session's space; the newest round's noise if no seed is given."""

    z: list[float] = Field(min_length=1, max_length=16)
    seed: Seed | None = None


class VerifyBody(Body):
    """Which candidate to check on fresh seeds."""

    candidate_id: str = Field(min_length=1, max_length=64)


class FinalBody(Body):
    """Which candidate to render again, and how; what is absent stays as in the session."""

    candidate_id: str = Field(min_length=1, max_length=64)
    steps: int | None = Field(None, ge=1, le=1000, strict=True)
    width: int | None = Field(None, ge=8, le=4096, strict=True)
    height: int | None = Field(None, ge=8, le=4096, strict=True)

    @property
    def changes(self) -> Mapping[str, int]:
        """What was given."""
        given = {"steps": self.steps, "width": self.width, "height": self.height}
        return {name: value for name, value in given.items() if value is not None}


class FinishBody(Body):
    """The final picture, and how close it came: 1 (far from what was meant) to 5 (exactly it)."""

    candidate_id: str = Field(min_length=1, max_length=64)
    closeness: int | None = Field(None, ge=1, le=5, strict=True)
    comment: str = Field("", max_length=4000)


class RevertBody(Body):
    """The round to go back to."""

    index: int = Field(ge=0, le=100_000, strict=True)


class RegenerateBody(Body):
    """The round whose candidates are to be others."""

    round_id: str = Field(min_length=1, max_length=64)


class BranchBody(Body):
    """Where to branch off (None: the last round shown), and what to call it."""

    round_id: str | None = Field(None, min_length=1, max_length=64)
    name: str = Field("", max_length=200)


class MarkBody(Body):
    """What is absent stays as it is."""

    favourite: bool | None = Field(None, strict=True)
    pinned: bool | None = Field(None, strict=True)


class ExperimentBody(Body):
    """What to call an experiment, what it asks, and what its sessions start with."""

    name: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=10_000)
    config: dict[str, Any] = Field(default_factory=dict)


class ExperimentChange(Body):
    """What is absent stays as it is."""

    name: str = Field("", min_length=1, max_length=200)
    description: str = Field("", max_length=10_000)
    config: dict[str, Any] = Field(default_factory=dict)


class AssignBody(Body):
    """Which experiment; null takes the session out of its own."""

    experiment_id: str | None = Field(min_length=1, max_length=64)


class PreviewBody(Body):
    """A session's settings before the session exists; its typed axes are previewed."""

    config: ConfigBody


class RunBody(Body):
    """A run without steering."""

    request: RequestBody
    model: str = Field("starter", min_length=1, max_length=500)
    n: int = Field(1, ge=1, le=16, strict=True, description="How many pictures.")
    seed: Seed | None = Field(None, description="Drawn and recorded if absent.")
    stages: list[StageKind] = Field(["txt2img"], min_length=1, max_length=8)


class SpeakBody(Body):
    """A conversation, and by which doses it is to be answered; without variants once, unsteered."""

    model: str = Field(DEFAULT_LANGUAGE, min_length=1, max_length=500)
    messages: tuple[Message, ...] = Field(min_length=1, max_length=2000)
    variants: tuple[Variant, ...] = Field((Variant(),), min_length=1, max_length=16)
    sampling: Sampling = Field(default_factory=Sampling)

    def talk(self) -> Talk:
        """The same as what is asked of a model: all variants by one seed, unless they have their own."""
        answers = tuple(Wanted(**one.model_dump()) for one in self.variants)
        turn = Turn(messages=self.messages)
        return Talk(model=self.model, turns=(turn,), answers=answers, sampling=self.sampling)


class Health(BaseModel):
    """That the app answers, and which."""

    status: str
    version: str


class SessionQuery(SessionFilter):
    """Which sessions, and which page of them."""

    after: str | None = Field(None, max_length=AFTER)
    limit: int = Field(20, ge=1, le=LIMIT)

    @property
    def filter(self) -> SessionFilter:
        """The conditions alone."""
        return SessionFilter(**self.model_dump(include=set(SessionFilter.model_fields)))


class SessionPage(Page[SessionSummary]):
    """Sessions, newest first; `next` goes into `after` for the following page, None at the end."""


class ExperimentPage(Page[ExperimentView]):
    """Experiments, newest first; `next` goes into `after` for the following page, None at the end."""


class Comparison(BaseModel):
    """Sessions side by side, in the order asked for."""

    items: list[ComparedSession]
