"""Taste profiles: what earlier sessions in one space tell of the next one, seen and corrected."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from pilotage.api.deps import LabDep
from pilotage.api.wire import ConfigBody
from pilotage.app.verbs.taste import TasteSummary
from pilotage.sessions.taste_settings import TasteSettings
from pilotage.sessions.taste_views import TasteProfile

router = APIRouter(prefix="/api/tastes", tags=["taste"])
Space = Annotated[str, Path(min_length=1, max_length=64, description="Fingerprint of the space.")]


class FoundTaste(BaseModel):
    """The profile that a session would find; null if there is none."""

    found: TasteSummary | None


@router.get("")
def list_tastes(lab: LabDep) -> list[TasteSummary]:
    """The spaces that have a profile, those of the newest sessions first."""
    return lab.list_tastes()


@router.post("/find")
def find_taste(config: ConfigBody, lab: LabDep) -> FoundTaste:
    """The profile that a session of these settings would find, as far as that can be told before its first round."""
    return FoundTaste(found=lab.find_taste(config))


@router.get("/{space}")
def get_taste(space: Space, lab: LabDep) -> TasteProfile:
    """What the sessions in one space tell of the next one, axis by axis, and how sure that is."""
    return lab.get_taste(space)


@router.put("/{space}")
def edit_taste(space: Space, settings: TasteSettings, lab: LabDep) -> TasteProfile:
    """Correct a profile: how much it counts, which sessions, what holds on an axis; the edits before count no more."""
    return lab.edit_taste(space, settings)
