"""What pages tell of how a decision was made."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from pilotage.api.deps import LabDep, SettingsDep
from pilotage.api.wire import Body
from pilotage.reports.traces import MAX_NOTES, PageNote

router = APIRouter(prefix="/api/events/page", tags=["events"])


class PageBody(Body):
    """What a page saw of one session, in its order."""

    session_id: str = Field(min_length=1, max_length=64)
    notes: list[PageNote] = Field(min_length=1, max_length=MAX_NOTES)


class PageTraces(BaseModel):
    """Whether pages should tell what they see, and how much was kept just now."""

    wanted: bool
    kept: int = 0


@router.get("")
def page_traces(settings: SettingsDep) -> PageTraces:
    """Whether this installation wants to know what pages see."""
    return PageTraces(wanted=settings.page_events)


@router.post("")
def trace_page(body: PageBody, lab: LabDep, settings: SettingsDep) -> PageTraces:
    """Keep what a page saw; beyond some hundred notes a minute they are dropped, and `kept` says so."""
    kept = lab.note_page(body.session_id, body.notes) if settings.page_events else 0
    return PageTraces(wanted=settings.page_events, kept=kept)
