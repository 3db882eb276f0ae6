"""Whether to go on with a session, how it came to where it is, how steady its answers are; what it found."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body

from pilotage.api.deps import Id, LabDep
from pilotage.app.profile_views import LanguageProfileView
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


@router.post("/{session_id}/doses")
def take_doses(
    session_id: Id, lab: LabDep, profile_id: Annotated[str, Body(max_length=64)],
    doses: Annotated[Literal["believed", "favourite"], Body()] = "believed",
) -> LanguageProfileView:  # fmt: skip
    """Tell a language profile what was answered in a session about texts, and set the doses that it found."""
    return lab.take_doses(session_id, profile_id, doses)
