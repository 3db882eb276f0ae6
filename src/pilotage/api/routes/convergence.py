"""Whether to go on with a session, and how it came to where it is."""

from __future__ import annotations

from fastapi import APIRouter

from pilotage.api.deps import Id, LabDep
from pilotage.sessions.advice import Advice
from pilotage.sessions.convergence import Convergence

router = APIRouter(prefix="/api/sessions", tags=["sessions"])


@router.get("/{session_id}/advice")
def get_advice(session_id: Id, lab: LabDep) -> Advice:
    """Whether another round is worth it, how sure that is, and what it is read from."""
    return lab.get_advice(session_id)


@router.get("/{session_id}/convergence")
def get_convergence(session_id: Id, lab: LabDep) -> Convergence:
    """How the session came to where it is, answer by answer."""
    return lab.get_convergence(session_id)
