"""Deleting, the trash, and what a clean took."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pilotage.api.deps import LOCATED, Id, LabDep, point_at
from pilotage.app.verbs.experiments import ExperimentView
from pilotage.sessions.cleaning import Choice, CleanReport
from pilotage.sessions.deletion import Deletion, ExperimentDeletion
from pilotage.sessions.views import JobView, SessionView

WithSessions = Annotated[bool, Query(description="Whether its sessions go with it.")]
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


@router.get("/experiments/{experiment_id}/deletion")
def get_experiment_deletion(experiment_id: Id, lab: LabDep, with_sessions: WithSessions = False) -> ExperimentDeletion:
    """What deleting an experiment would take, alone or with its sessions, and until when it can be restored."""
    return lab.get_experiment_deletion(experiment_id, with_sessions=with_sessions)


@router.delete("/experiments/{experiment_id}")
def delete_experiment(experiment_id: Id, lab: LabDep, with_sessions: WithSessions = False) -> ExperimentDeletion:
    """Put an experiment into the trash for a week; sessions that do not go with it stay as they are."""
    return lab.delete_experiment(experiment_id, with_sessions=with_sessions)


@router.post("/experiments/{experiment_id}/restore")
def restore_experiment(experiment_id: Id, lab: LabDep) -> ExperimentView:
    """Take an experiment out of the trash, with the sessions that went with it."""
    return lab.restore_experiment(experiment_id)


@router.get("/trash/experiments")
def list_trashed_experiments(lab: LabDep) -> list[ExperimentDeletion]:
    """The experiments in the trash, the latest first."""
    return lab.list_trashed_experiments()


@router.get("/trash")
def list_trash(lab: LabDep) -> list[Deletion]:
    """The sessions in the trash, the latest first."""
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
