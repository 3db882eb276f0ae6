"""SteerLab's flat routes, so that what its README shows works here; each calls the verbs behind ours.

A session of SteerLab's is a profile of ours: its preferences are doses set by hand.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from pilotage import __version__
from pilotage.api.deps import LOCATED, LabDep, point_at
from pilotage.api.leaving import while_wanted
from pilotage.api.openai_answers import Telling
from pilotage.api.pages import page
from pilotage.api.throttle import THROTTLED
from pilotage.api.wire import Body
from pilotage.app.axis_views import ComputeAnswer, PackView
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.lab import Lab
from pilotage.app.talk import Talk, Turn, Wanted
from pilotage.core.errors import NotFoundError
from pilotage.labs.language.builtin import builtin_names
from pilotage.models.language import Message, Sampling

router = APIRouter(tags=["steerlab"])
OWNER = "steerlab"
AxisName = Annotated[str, Field(min_length=1, max_length=48)]
Preference = Annotated[float, Field(ge=-1, le=1)]
Preferences = Annotated[dict[AxisName, Preference], Field(max_length=16)]
SessionId = Annotated[str, Field(pattern=r"^[\w.@-]{1,100}$")]
InPath = Annotated[str, Path(pattern=r"^[\w.@-]{1,100}$")]
ModelName = Annotated[str, Field(min_length=1, max_length=500)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=8000)]], Field(min_length=6, max_length=2000)]
ROUTES = {
    "GET /health": "whether it answers", "GET /info": "models and axes", "GET /preferences": "a session's preferences",
    "POST /preferences": "set them", "DELETE /sessions/{session_id}": "forget them", "GET /vectors": "vector packs",
    "POST /chat": "a steered answer", "POST /compute-vectors": "make vectors, as a job",
    "POST /load-vectors": "look whether vectors can steer", "GET /docs": "all routes",
}  # fmt: skip


class ChatBody(Body):
    """A prompt and how it is steered; preferences count before those of the session."""

    prompt: str = Field(min_length=1, max_length=100_000)
    preferences: Preferences = Field(default_factory=dict)
    max_length: int = Field(100, ge=1, le=4096, strict=True, description="Tokens of the answer.")
    temperature: float = Field(0.7, ge=0, le=5)
    seed: int = Field(0, ge=0, lt=2**63, strict=True)
    session_id: SessionId | None = None
    model: ModelName = DEFAULT_LANGUAGE


class ChatAnswer(BaseModel):
    """A steered answer."""

    generated_text: str
    preferences: dict[str, float]
    session_id: str | None
    model: str
    finish: str
    tokens: int


class PreferencesBody(Body):
    """What a session prefers; axes that are left out stay as they are."""

    session_id: SessionId
    preferences: Preferences


class SessionPreferences(BaseModel):
    """What a session prefers, and what may be preferred."""

    session_id: str | None
    preferences: dict[str, float]
    available: list[str]


class ComputeBody(Body):
    """Texts of both poles of an axis; every third is measured on."""

    preference: AxisName
    positive_examples: Texts
    negative_examples: Texts
    model: ModelName = DEFAULT_LANGUAGE
    quick: bool = Field(False, strict=True)


class LoadBody(Body):
    """Which vectors, by the name of their axis."""

    preference: AxisName
    model: ModelName = DEFAULT_LANGUAGE


@router.get("/", include_in_schema=False)
def index(request: Request) -> Any:
    """The app for a browser; for any other client, what there is."""
    if "text/html" in request.headers.get("accept", ""):
        return page("")
    return {"name": "Pilotage", "version": __version__, "endpoints": ROUTES}


@router.get("/health")
def steerlab_health(lab: LabDep) -> dict[str, Any]:
    """That the app answers, and which models can be talked to."""
    models = [info.ref for info in lab.list_language_models()]
    return {"status": "healthy", "version": __version__, "models": models}


@router.get("/info")
def steerlab_info(lab: LabDep) -> dict[str, Any]:
    """Models, axes, and what a dose may be."""
    models = [info.model_dump(include={"ref", "name", "family", "licence"}) for info in lab.list_language_models()]
    return {"name": "Pilotage", "version": __version__, "models": models, "preferences": list(lab.shelf.names()),
            "range": [-1, 1], "endpoints": ROUTES}  # fmt: skip


@router.get("/vectors")
def steerlab_vectors(lab: LabDep, model: Annotated[str, Query(max_length=500)] = DEFAULT_LANGUAGE) -> list[PackView]:
    """The vectors that there are for a model."""
    return [axis.pack for axis in lab.list_axes(lab.listed_language(model)) if axis.pack is not None]


@router.get("/preferences")
def get_preferences(
    lab: LabDep, session_id: Annotated[str | None, Query(pattern=r"^[\w.@-]{1,100}$")] = None
) -> SessionPreferences:
    """What a session prefers; without one, what may be preferred."""
    doses = lab.get_profile(_profile(lab, session_id)).doses if session_id is not None else {}
    return SessionPreferences(session_id=session_id, preferences=doses, available=list(lab.shelf.names()))


@router.post("/preferences")
def set_preferences(body: PreferencesBody, lab: LabDep) -> SessionPreferences:
    """Set what a session prefers; a new one begins with it."""
    lab.prefer(OWNER, body.session_id, body.preferences)
    return get_preferences(lab, body.session_id)


@router.delete("/sessions/{session_id}", status_code=204, response_class=Response)
def delete_preferences(session_id: InPath, lab: LabDep) -> None:
    """Forget a session."""
    lab.delete_profile(_profile(lab, session_id))


@router.post("/chat")
async def steerlab_chat(body: ChatBody, lab: LabDep, request: Request) -> ChatAnswer:
    """Answer a prompt, steered by preferences from -1 to 1."""
    session = body.session_id
    profile = await asyncio.to_thread(_profile, lab, session) if session is not None else None
    sampling = Sampling(max_tokens=body.max_length, temperature=body.temperature, seed=body.seed)
    turn = Turn(messages=(Message(role="user", content=body.prompt),))
    wanted = Wanted(steering=body.preferences, profile=profile)
    talk = Talk(model=body.model, turns=(turn,), answers=(wanted,), sampling=sampling)
    began, frames = await lab.talk(talk)
    async with aclosing(frames):
        told = await while_wanted(Telling("text", talk, began).whole(frames), request)
    answer = told.choices[0]
    return ChatAnswer(
        generated_text=answer["text"], preferences=began["doses"][0], session_id=session, model=body.model,
        finish=answer["finish_reason"], tokens=told.usage.completion_tokens,
    )  # fmt: skip


@router.post("/compute-vectors", status_code=202, responses=LOCATED, dependencies=THROTTLED)
def compute_vectors(body: ComputeBody, lab: LabDep, response: Response) -> ComputeAnswer:
    """Make the vectors of an axis from texts of both poles, calibrate and measure them: minutes, in the background."""
    model = lab.listed_language(body.model)
    positive, negative = body.positive_examples, body.negative_examples
    job, axis = lab.compute_vectors(body.preference, positive, negative, model, quick=body.quick)
    point_at(response, f"/api/jobs/{job.id}")
    return ComputeAnswer(**job.model_dump(), hides_shipped=axis.name in builtin_names())


@router.post("/load-vectors")
def load_vectors(body: LoadBody, lab: LabDep) -> PackView:
    """Look whether vectors can steer a model; there is nothing to load, since a request names its axes."""
    pack = lab.pack(body.preference, lab.listed_language(body.model))
    return PackView.of(pack, None, own=False)


def _profile(lab: Lab, session_id: str) -> str:
    """The profile of a session."""
    try:
        return lab.preferred(OWNER, session_id)
    except NotFoundError:
        raise NotFoundError(f"no session {session_id!r}", field="session_id") from None
