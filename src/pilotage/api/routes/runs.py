"""Runs without a session, and the pictures of axes before one exists."""

from __future__ import annotations

from fastapi import APIRouter, Response

from pilotage.api.deps import LOCATED, Id, LabDep, point_at
from pilotage.api.wire import PreviewBody, RunBody
from pilotage.sessions.views import JobView, RunView

router = APIRouter(prefix="/api", tags=["jobs and runs"])


@router.post("/previews", status_code=202, responses=LOCATED)
def preview_axes(body: PreviewBody, lab: LabDep, response: Response) -> JobView:
    """Minus and plus one unit of each typed axis, before a session exists."""
    lab.require_listed(body.config.get("model"))
    job = lab.preview_axes(body.config)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.post("/runs", status_code=202, responses=LOCATED)
def generate(body: RunBody, lab: LabDep, response: Response) -> JobView:
    """Make pictures without steering; the job's result names the run."""
    lab.require_listed(body.model)
    job = lab.generate(body.request, model=body.model, n=body.n, seed=body.seed, stages=tuple(body.stages))
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.get("/runs/{run_id}")
def get_run(run_id: Id, lab: LabDep) -> RunView:
    """A run with its outputs."""
    return lab.get_run(run_id)
