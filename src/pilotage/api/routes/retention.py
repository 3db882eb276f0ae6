"""Deleting, the trash, and what a clean took."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pilotage.api.deps import LOCATED, Id, LabDep, point_at
from pilotage.sessions.cleaning import Choice, CleanReport
from pilotage.sessions.deletion import Deletion
from pilotage.sessions.views import JobView, SessionView

router = APIRouter(prefix="/api", tags=["retention"])


@router.get("/sessions/{session_id}/deletion")
def get_deletion(session_id: Id, lab: LabDep) -> Deletion:
    """What deleting a session would take, what others keep, and until when it can be restored."""
    return lab.get_deletion(session_id)


@router.delete("/sessions/{session_id}")
def delete_session(session_id: Id, lab: LabDep, dry_run: Annotated[bool, Query()] = False) -> Deletion:
    """Put a session into the trash for a week; with `dry_run`, only say what that would take."""
    return lab.get_deletion(session_id) if dry_run else lab.delete_session(session_id)


@router.post("/sessions/{session_id}/restore")
def restore_session(session_id: Id, lab: LabDep) -> SessionView:
    """Take a session out of the trash."""
    return lab.restore_session(session_id)


@router.get("/trash")
def list_trash(lab: LabDep) -> list[Deletion]:
    """What is in the trash, the latest first."""
    return lab.list_trash()


@router.delete("/trash")
def empty_trash(lab: LabDep) -> CleanReport:
    """Remove for good what is in the trash; it cannot be restored then."""
    return lab.clean(Choice(), empty_trash=True)


@router.get("/clean")
def preview_clean(lab: LabDep, reproducible: Annotated[bool, Query()] = False) -> CleanReport:
    """What a clean would take; nothing is changed."""
    return lab.clean(Choice(reproducible=reproducible), dry_run=True)


@router.post("/runs/{run_id}/again", status_code=202, responses=LOCATED)
def render_again(run_id: Id, lab: LabDep, response: Response) -> JobView:
    """Render again what a clean took of a run; only the same bytes are taken."""
    job = lab.render_again(run_id)
    point_at(response, f"/api/jobs/{job.id}")
    return job
