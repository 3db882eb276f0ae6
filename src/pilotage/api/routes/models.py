"""Models, prompts, strategies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from pilotage.api.deps import LOCATED, LabDep, point_at
from pilotage.api.strategies import StrategiesView, strategies_view
from pilotage.api.wire import PromptBody, WarmBody
from pilotage.app.prompts import PromptCheck
from pilotage.models import ModelInfo
from pilotage.sessions.views import JobView

router = APIRouter(prefix="/api", tags=["models"])


@router.get("/models")
def list_models(lab: LabDep) -> list[ModelInfo]:
    """The models that can be named without a path: ours, and those in the home's models folder."""
    return list(lab.list_models())


@router.post("/models/warm", status_code=202, responses=LOCATED)
def warm_model(body: WarmBody, lab: LabDep, response: Response) -> JobView:
    """Load a model ahead of its first use."""
    lab.require_listed(body.model)
    job = lab.warm(body.model)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.get("/models/{ref:path}")
def show_model(ref: Annotated[str, Path(min_length=1, max_length=500)], lab: LabDep) -> ModelInfo:
    """One model, by whatever reference: `starter`, a path, a hub id."""
    lab.require_listed(ref)
    return lab.show_model(ref)


@router.post("/prompts/check")
def check_prompt(body: PromptBody, lab: LabDep) -> PromptCheck:
    """The words that the model doesn't know, with known ones like them."""
    lab.require_listed(body.model)
    return lab.check_prompt(body.model, body.prompt)


@router.get("/strategies")
def list_strategies() -> StrategiesView:
    """Everything that a session can be made of, with the schemas of its settings."""
    return strategies_view()
