"""Whether to go on with a session, how it came to where it is, and how steady its answers are."""

from __future__ import annotations

from fastapi import APIRouter

from pilotage.api.deps import Id, LabDep
from pilotage.sessions.advice import Advice
from pilotage.sessions.convergence import Convergence
from pilotage.simulation.steadiness import Steadiness

router = APIRouter(prefix="/api/sessions", tags=["sessions"])


@router.get("/{session_id}/advice")
def get_advice(session_id: Id, lab: LabDep) -> Advice:
    """Whether another round is worth it, how sure that is, and what it is read from."""
    return lab.get_advice(session_id)


@router.get("/{session_id}/convergence")
def get_convergence(session_id: Id, lab: LabDep) -> Convergence:
    """How the session came to where it is, answer by answer."""
    return lab.get_convergence(session_id)


@router.get("/{session_id}/steadiness")
def get_steadiness(session_id: Id, lab: LabDep) -> Steadiness:
    """How steady the session's choices are, told from sets that came again."""
    return lab.get_steadiness(session_id)
