"""`/v1`: what any client of OpenAI's speaks, with `steering` and `profile` beside what it knows."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel
from sse_starlette.sse import EventSourceResponse

from pilotage.api.deps import LabDep
from pilotage.api.leaving import while_wanted
from pilotage.api.openai_answers import Completion, Kind, Telling
from pilotage.api.openai_wire import ChatAsked, CompletionAsked
from pilotage.app.lab import Lab
from pilotage.app.talk import Talk
from pilotage.core.errors import NotFoundError
from pilotage.models.language import LanguageInfo

router = APIRouter(prefix="/v1", tags=["openai"])
PING_S = 15
_STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}


class OpenAiModel(BaseModel):
    """A model; `created` is when its files were written, 0 if they are not here yet."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class OpenAiModels(BaseModel):
    """The models that can be named."""

    object: Literal["list"] = "list"
    data: list[OpenAiModel]


@router.get("/models")
def list_openai_models(lab: LabDep) -> OpenAiModels:
    """The language models that a request can name."""
    return OpenAiModels(data=[_model(info) for info in lab.list_language_models()])


@router.get("/models/{model_id:path}")
def get_openai_model(model_id: Annotated[str, Path(min_length=1, max_length=500)], lab: LabDep) -> OpenAiModel:
    """One of them."""
    for info in lab.list_language_models():
        if info.ref == model_id:
            return _model(info)
    raise NotFoundError(f"no language model {model_id!r}", field="model")


@router.post("/chat/completions", response_model=Completion, responses=_STREAMED)
async def complete_chat(asked: ChatAsked, lab: LabDep, request: Request) -> Any:
    """Answer a conversation, as a whole or (`stream`) piece by piece."""
    return await _answer("chat", asked, asked.talk(), lab, request)


@router.post("/completions", response_model=Completion, responses=_STREAMED)
async def complete_text(asked: CompletionAsked, lab: LabDep, request: Request) -> Any:
    """Continue one text or several, as a whole or (`stream`) piece by piece."""
    return await _answer("text", asked, asked.talk(), lab, request)


async def _answer(kind: Kind, asked: ChatAsked | CompletionAsked, talk: Talk, lab: Lab, request: Request) -> Any:
    began, frames = await lab.talk(talk)
    telling = Telling(kind, talk, began)
    if asked.stream:
        pieces = telling.pieces(frames, usage=asked.tells_usage)
        return EventSourceResponse(pieces, ping=PING_S, sep="\n", headers={"Cache-Control": "no-store"})
    async with aclosing(frames):
        return await while_wanted(telling.whole(frames), request)


def _model(info: LanguageInfo) -> OpenAiModel:
    config = FilePath(info.path) / "config.json" if info.path else None
    created = int(config.stat().st_mtime) if config is not None and config.is_file() else 0
    return OpenAiModel(id=info.ref, created=created, owned_by="pilotage" if info.ref == "smollm2" else "you")
