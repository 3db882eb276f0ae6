"""Reports and bundles: a session as it is told, taken to another machine, and opened there."""

from __future__ import annotations

import tempfile

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from pilotage.api.deps import Id, LabDep, point_at
from pilotage.api.uploads import pieces
from pilotage.reports.story import Story
from pilotage.sessions.views import SessionView

router = APIRouter(prefix="/api", tags=["reports and bundles"])
_ZIP = {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
IN_MEMORY = 1 << 20


@router.get("/sessions/{session_id}/report")
def get_report(session_id: Id, lab: LabDep) -> Story:
    """The story of a session: each round as it was asked, shown, forecast and answered, and what that changed."""
    return lab.report(session_id)


@router.get("/sessions/{session_id}/bundle", response_class=StreamingResponse, responses={200: _ZIP})
def get_bundle(session_id: Id, lab: LabDep) -> StreamingResponse:
    """The session as one zip: report, replay, events, pictures, settings, and a manifest with checksums."""
    named = {"Content-Disposition": f'attachment; filename="{session_id}.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(lab.stream_bundle(session_id), media_type="application/zip", headers=named)


@router.post("/bundles", status_code=201, openapi_extra={"requestBody": {**_ZIP, "required": True}})
async def import_bundle(request: Request, lab: LabDep, response: Response) -> SessionView:
    """Open a bundle as a session that can be read, replayed and branched from."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        async for piece in pieces(request):
            await run_in_threadpool(file.write, piece)
        session = await run_in_threadpool(lab.import_bundle, file)
    point_at(response, f"/api/sessions/{session.id}")
    return session


@router.post("/example")
async def open_example(lab: LabDep) -> SessionView:
    """Open the finished session that ships with Pilotage, read only; opened again it is the same one."""
    # Not one transaction with its answer: a second press would look before the first one's import is committed.
    return await run_in_threadpool(lab.open_example)
