"""What a person says of an answer or makes of it, which wants to be read before it can be learned from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from pilotage.api.deps import Id, LabDep
from pilotage.api.routes.profiles import AxisName
from pilotage.api.wire import Body
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.app.profile_views import LanguageProfileView
from pilotage.models.language import Message

router = APIRouter(prefix="/api/language/profiles", tags=["profiles"])
Dose = Annotated[float, Field(ge=-1, le=1)]


class RemarkBody(Body):
    """What somebody said about an answer, in words, and the doses that it was made with."""

    text: str = Field(min_length=1, max_length=4000)
    doses: dict[AxisName, Dose] = Field(default_factory=dict, max_length=64)


class EditBody(Body):
    """An answer, what somebody made of it, what it answered, and by which model and doses."""

    messages: list[Message] = Field(min_length=1, max_length=2000)
    before: str = Field(min_length=1, max_length=100_000)
    after: str = Field(min_length=1, max_length=100_000)
    doses: dict[AxisName, Dose] = Field(default_factory=dict, max_length=64)
    model: str = Field(DEFAULT_LANGUAGE, min_length=1, max_length=500)


@router.post("/{profile_id}/remarks")
def remark(profile_id: Id, body: RemarkBody, lab: LabDep) -> LanguageProfileView:
    """Take a remark in plain words in, such as "too stiff"; one that wishes of no axis changes nothing."""
    return lab.remark(profile_id, body.text, body.doses)


@router.post("/{profile_id}/edits")
async def heed_edit(profile_id: Id, body: EditBody, lab: LabDep) -> LanguageProfileView:
    """Learn from a rewritten answer: the model reads both texts under doses, and what changed is a signal."""
    return await lab.heed_edit(profile_id, body.messages, body.before, body.after, body.doses, model=body.model)
