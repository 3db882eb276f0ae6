"""Talking to a steered language model: conversations that are kept, and answers side by side that are not."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Response
from sse_starlette.event import ServerSentEvent
from sse_starlette.sse import EventSourceResponse

from pilotage.api.deps import Id, LabDep, point_at
from pilotage.api.openai_errors import body
from pilotage.api.paging import Page, PagingDep
from pilotage.api.problems import problem_of
from pilotage.api.wire import SpeakBody
from pilotage.app.conversations import ConversationText, ConversationView, Saying
from pilotage.core.errors import PilotageError
from pilotage.models.language import LanguageInfo

router = APIRouter(prefix="/api/language", tags=["language"])
PING_S = 15
Json = dict[str, Any]
_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}


class ConversationPage(Page[ConversationView]):
    """Conversations, newest first; `next` goes into `after` for the following page, None at the end."""


@router.get("/models")
def list_language_models(lab: LabDep) -> list[LanguageInfo]:
    """The language models that can be talked to: ours, and those in the home's models folder."""
    return list(lab.list_language_models())


@router.get("/conversations")
def list_conversations(lab: LabDep, page: PagingDep) -> ConversationPage:
    """Conversations without their messages, newest first."""
    return ConversationPage.of(lab.list_conversations(after=page.after, limit=page.limit))


@router.post("/conversations", status_code=201)
def create_conversation(text: ConversationText, lab: LabDep, response: Response) -> ConversationView:
    """Begin a conversation, with nothing said yet."""
    view = lab.create_conversation(text)
    point_at(response, f"/api/language/conversations/{view.id}")
    return view


@router.get("/conversations/{conversation_id}")
def get_conversation(conversation_id: Id, lab: LabDep) -> ConversationView:
    """A conversation with all its messages, as they are now."""
    return lab.get_conversation(conversation_id)


@router.patch("/conversations/{conversation_id}")
def change_conversation(conversation_id: Id, text: ConversationText, lab: LabDep) -> ConversationView:
    """Change its name, model, system message or profile; what is absent stays as it is."""
    return lab.change_conversation(conversation_id, text)


@router.delete("/conversations/{conversation_id}", status_code=204, response_class=Response)
async def delete_conversation(conversation_id: Id, lab: LabDep) -> None:
    """Remove a conversation with all its messages."""
    await lab.delete_conversation(conversation_id)


@router.post("/conversations/{conversation_id}/messages", response_class=EventSourceResponse, responses=_STREAM)
async def say(conversation_id: Id, said: Saying, lab: LabDep) -> EventSourceResponse:
    """Say something, and be told the answers as they grow.

    The first event has `messages`, as they are stored now; then `message_id`, `variant` and `text` that came; and for
    each answer at its end its `message`. Answers go on, and are kept, when the connection ends: delete one to stop it.
    """
    messages, news = await lab.say(conversation_id, said)
    first = {"messages": [message.model_dump(mode="json") for message in messages]}
    return _stream(first, news)


@router.delete("/conversations/{conversation_id}/messages/{message_id}")
async def delete_message(conversation_id: Id, message_id: Id, lab: LabDep) -> ConversationView:
    """Cancel an answer that is being written, which keeps its text; else remove a message and all that follows it."""
    return await lab.delete_message(conversation_id, message_id)


@router.post("/generate", response_class=EventSourceResponse, responses=_STREAM)
async def speak(asked: SpeakBody, lab: LabDep) -> EventSourceResponse:
    """Answers by several doses side by side, in one batch; they are not kept, and end with the connection.

    The first event has `doses`, those of each variant; then `variant` and `text` that came, and once for each variant
    its `finish` (stop, length, cancelled or error) with the whole `content`.
    """
    began, frames = await lab.talk(asked.talk())
    return _stream({"doses": began["doses"], "model": began["model"]}, _by_variant(frames))


async def _by_variant(frames: AsyncGenerator[Json, None]) -> AsyncGenerator[Json, None]:
    async with aclosing(frames):
        async for frame in frames:
            number = frame.pop("answer")
            yield {"variant": number, **frame}


def _stream(first: Json, rest: AsyncGenerator[Json, None]) -> EventSourceResponse:
    async def events() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(data=json.dumps(first))
        try:
            async with aclosing(rest):
                async for one in rest:
                    yield ServerSentEvent(data=json.dumps(one))
        except PilotageError as error:  # what was sent before stands
            yield ServerSentEvent(data=json.dumps(body(problem_of(error))))

    return EventSourceResponse(events(), ping=PING_S, headers={"Cache-Control": "no-store"})
