"""The course of a session: undo, revert, regenerate, pause, branch; marks and retries of single candidates."""

from __future__ import annotations

from fastapi import APIRouter, Response

from pilotage.api.deps import LOCATED, Id, LabDep, point_at
from pilotage.api.wire import BranchBody, MarkBody, RegenerateBody, RevertBody
from pilotage.sessions.views import JobView, RoundView, SessionView
from pilotage.store import MarkRow

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["sessions"])


@router.post("/undo")
def undo_answer(session_id: Id, lab: LabDep) -> SessionView:
    """Take the last answer back; nothing is deleted."""
    return lab.undo(session_id)


@router.post("/revert")
def revert_to_round(session_id: Id, body: RevertBody, lab: LabDep) -> SessionView:
    """Go back to a round, which then waits for another answer; asked twice it is done once."""
    return lab.revert(session_id, body.index)


@router.post("/regenerate", status_code=202, responses=LOCATED)
def regenerate_round(session_id: Id, body: RegenerateBody, lab: LabDep, response: Response) -> RoundView:
    """Other candidates for the round that waits; asked twice for one round, it is one new round."""
    round_ = lab.regenerate(session_id, body.round_id)
    if round_.job is not None:
        point_at(response, f"/api/jobs/{round_.job.id}")
    return round_


@router.post("/pause")
def pause_session(session_id: Id, lab: LabDep) -> SessionView:
    """Make no further round until the session is resumed."""
    return lab.pause(session_id)


@router.post("/resume")
def resume_session(session_id: Id, lab: LabDep) -> SessionView:
    """Let a paused session go on."""
    return lab.resume(session_id)


@router.post("/branches", status_code=201)
def branch_session(session_id: Id, body: BranchBody, lab: LabDep, response: Response) -> SessionView:
    """A session of its own that begins as this one did up to a round."""
    child = lab.branch(session_id, body.round_id, name=body.name)
    point_at(response, f"/api/sessions/{child.id}")
    return child


@router.put("/candidates/{candidate_id}/marks")
def mark_candidate(session_id: Id, candidate_id: Id, body: MarkBody, lab: LabDep) -> MarkRow:
    """Make a picture a favourite, or pin it into every round to come."""
    return lab.mark(session_id, candidate_id, favourite=body.favourite, pinned=body.pinned)


@router.post("/candidates/{candidate_id}/retry", status_code=202, responses=LOCATED)
def retry_candidate(session_id: Id, candidate_id: Id, lab: LabDep, response: Response) -> JobView:
    """Render a candidate again that failed alone."""
    job = lab.retry_candidate(session_id, candidate_id)
    point_at(response, f"/api/jobs/{job.id}")
    return job
