"""Steering in a trained space: where sessions begin, which there are, and where their candidates lie."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from pilotage.api.deps import LabDep
from pilotage.api.wire import Body
from pilotage.app.verbs.latent_steering import LatentStart, SessionOnMap
from pilotage.labs.latents.cadence import Method
from pilotage.labs.latents.steering import AxesKind
from pilotage.sessions.views import SessionSummary

router = APIRouter(tags=["latents"])
RunId = Annotated[str, Path(min_length=1, max_length=64)]


class StartBody(Body):
    """Places on a map."""

    epoch: int | None = Field(None, ge=1, le=10**6, description="Whose checkpoint; the newest by default.")
    axes: AxesKind = "pca"
    points: list[Annotated[int, Field(ge=0)]] = Field(
        default_factory=list, max_length=20_000, description="Positions among the shown pictures; none: the middle."
    )


@router.post("/api/latents/runs/{run_id}/start")
def place_latent_start(run_id: RunId, body: StartBody, lab: LabDep) -> LatentStart:
    """The model of a session that begins at the mean of some pictures of a run's maps."""
    return lab.latent_start(run_id, epoch=body.epoch, axes=body.axes, points=body.points)


@router.get("/api/latents/runs/{run_id}/sessions")
def list_latent_sessions(run_id: RunId, lab: LabDep) -> list[SessionSummary]:
    """The newest sessions that steer in a run's space."""
    return lab.latent_sessions(run_id)


@router.get("/api/latents/sessions/{session_id}/map")
def map_session(
    session_id: Annotated[str, Path(min_length=1, max_length=64)], lab: LabDep, method: Method = "pca",
    dims: Annotated[Literal["2", "3"], Query(description="Coordinates of the map.")] = "2",
) -> SessionOnMap:  # fmt: skip
    """Where a session's candidates lie on the map of the epoch that it steers in."""
    return lab.map_session(session_id, method, 2 if dims == "2" else 3)
