"""Health and diagnostics."""

from __future__ import annotations

from fastapi import APIRouter

from pilotage import __version__
from pilotage.api.deps import LabDep, SettingsDep
from pilotage.api.wire import Health
from pilotage.app.diagnostics import DiagnosticsView, diagnose

router = APIRouter(prefix="/api", tags=["system"])


@router.get("/health")
def health() -> Health:
    """That the app answers."""
    return Health(status="ok", version=__version__)


@router.get("/diagnostics")
def diagnostics(lab: LabDep, settings: SettingsDep) -> DiagnosticsView:
    """Device, versions, model, worker, queue and timings; what is unknown is null."""
    return diagnose(lab.store, settings, lab.ports.clock())
