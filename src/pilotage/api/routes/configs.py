"""Settings before a session has them: checked, and written as a file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from pilotage.api.deps import LabDep
from pilotage.api.wire import ConfigBody
from pilotage.sessions.config import SessionConfig

router = APIRouter(prefix="/api/sessions", tags=["sessions"])
YAML: dict[int | str, dict[str, Any]] = {200: {"content": {"application/yaml": {"schema": {"type": "string"}}}}}


@router.post("/check")
def check_config(config: ConfigBody, lab: LabDep) -> SessionConfig:
    """The settings as a session would have them, defaults filled in; nothing is created."""
    lab.require_listed(config.get("model"))
    return lab.check_config(config)


@router.post("/template", response_class=Response, responses=YAML)
def write_config(config: ConfigBody, lab: LabDep) -> Response:
    """The settings as a YAML file that explains every one of them; nothing is created."""
    lab.require_listed(config.get("model"))
    return Response(lab.write_config(config), media_type="application/yaml")
