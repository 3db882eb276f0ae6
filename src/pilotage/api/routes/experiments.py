"""Experiments: groups of sessions, and sessions side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pilotage.api.deps import Id, LabDep, point_at
from pilotage.api.paging import PagingDep
from pilotage.api.wire import (
    AssignBody,
    Comparison,
    ExperimentBody,
    ExperimentChange,
    ExperimentPage,
)
from pilotage.app.verbs.experiments import ExperimentView
from pilotage.sessions.views import SessionView

router = APIRouter(prefix="/api", tags=["experiments"])
Ids = Annotated[list[str], Query(min_length=1, max_length=50)]


@router.get("/experiments")
def list_experiments(lab: LabDep, page: PagingDep) -> ExperimentPage:
    """Experiments, newest first."""
    return ExperimentPage.of(lab.list_experiments(after=page.after, limit=page.limit))


@router.post("/experiments", status_code=201)
def create_experiment(body: ExperimentBody, lab: LabDep, response: Response) -> ExperimentView:
    """A new experiment; the settings that its sessions start with are checked first."""
    made = lab.create_experiment(body.model_dump())
    point_at(response, f"/api/experiments/{made.id}")
    return made


@router.get("/experiments/{experiment_id}")
def get_experiment(experiment_id: Id, lab: LabDep) -> ExperimentView:
    """One experiment."""
    return lab.get_experiment(experiment_id)


@router.patch("/experiments/{experiment_id}")
def change_experiment(experiment_id: Id, body: ExperimentChange, lab: LabDep) -> ExperimentView:
    """Rename or describe an experiment; its sessions stay as they are."""
    return lab.change_experiment(experiment_id, body.model_dump(exclude_unset=True))


@router.put("/sessions/{session_id}/experiment")
def assign_session(session_id: Id, body: AssignBody, lab: LabDep) -> SessionView:
    """Put a session into an experiment, or (null) take it out."""
    return lab.assign(session_id, body.experiment_id)


@router.get("/comparison")
def compare_sessions(lab: LabDep, session_id: Ids) -> Comparison:
    """Sessions side by side: settings and computed figures."""
    return Comparison(items=lab.compare(session_id))
