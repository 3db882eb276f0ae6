"""Calibration and diagnosis of a space, before a session has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from pilotage.api.deps import LOCATED, LabDep, point_at
from pilotage.api.wire import Body, ConfigBody
from pilotage.sessions.calibration_views import CalibrationView
from pilotage.sessions.views import JobView

router = APIRouter(prefix="/api", tags=["spaces"])
FeaturesName = Annotated[str, Field(min_length=1, max_length=40, description="layout, statistics or clip.")]


class CalibrationBody(Body):
    """A session's settings, and how thoroughly its axes are measured."""

    config: ConfigBody
    features: FeaturesName = "layout"
    carriers: int = Field(4, ge=2, le=16, strict=True, description="Objects to measure on.")
    seeds: int = Field(1, ge=1, le=8, strict=True, description="Noises for each object.")


class DiagnosisBody(Body):
    """A session's settings, and how thoroughly its space is looked at."""

    config: ConfigBody
    features: FeaturesName = "layout"
    places: int = Field(8, ge=3, le=32, strict=True, description="Places in all, and along each axis.")
    seeds: int = Field(4, ge=3, le=16, strict=True, description="Noises for each place.")


@router.post("/calibrations", status_code=202, responses=LOCATED)
def calibrate(body: CalibrationBody, lab: LabDep, response: Response) -> JobView:
    """Measure what one unit of each axis changes; sessions that begin later take it."""
    lab.require_listed(body.config.get("model"))
    job = lab.calibrate(**body.model_dump())
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.post("/calibrations/known")
def get_calibration(config: ConfigBody, lab: LabDep) -> CalibrationView:
    """Which axes of these settings are measured, and what a unit of each changes; nothing is created."""
    lab.require_listed(config.get("model"))
    return lab.get_calibration(config)


@router.post("/space-diagnostics", status_code=202, responses=LOCATED)
def diagnose_space(body: DiagnosisBody, lab: LabDep, response: Response) -> JobView:
    """Shares of place and noise in what pictures differ in; the job's result holds them."""
    lab.require_listed(body.config.get("model"))
    job = lab.diagnose_space(**body.model_dump())
    point_at(response, f"/api/jobs/{job.id}")
    return job
