"""The one stream of a tab."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from sse_starlette.sse import EventSourceResponse

from pilotage.api.deps import FeedDep

router = APIRouter(prefix="/api", tags=["events"])
HEARTBEAT_S = 15
MAX_SEQ = 2**63 - 1


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Event"}}}}},
)
async def stream_events(
    feed: FeedDep,
    topics: Annotated[str, Query(max_length=4000, description="Ids, comma between; none: everything.")] = "",
    after: Annotated[int | None, Query(ge=0, le=MAX_SEQ, description="Replay what came after this `seq`.")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventSourceResponse:
    """Durable events as messages whose id is their `seq`; frames of the work in progress as `live`, without id.

    `hello` comes first and says from where on the stream is complete; `reset` means: what you know is of
    another database, so load everything anew.
    """
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else after
    wanted = frozenset(topic.strip() for topic in topics.split(",") if topic.strip())
    return EventSourceResponse(feed.stream(wanted, seen), ping=HEARTBEAT_S, headers={"Cache-Control": "no-store"})
