"""Profiles of language: doses set by hand, compared, or learned; each event is kept, and each revision can be had."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, RootModel

from pilotage.api.deps import Id, LabDep, point_at
from pilotage.api.paging import Page, PagingDep
from pilotage.api.wire import Body, DescribedBy
from pilotage.app.profile_views import LanguageProfileView, ProfileSummary, QuestionView
from pilotage.labs.language.profiles import Profile, ProfileEvent

router = APIRouter(prefix="/api/language/profiles", tags=["profiles"])
AxisName = Annotated[str, Field(min_length=1, max_length=48)]
Axes = Annotated[list[AxisName], Field(max_length=64)]
Seed = Annotated[int, Field(ge=0, lt=2**31, strict=True)]
ProfileBody = Annotated[dict[str, Any], DescribedBy(Profile)]


class LanguageProfileEvent(RootModel[ProfileEvent]):
    """What a person said or did, by its `kind`."""


EventBody = Annotated[dict[str, Any], DescribedBy(LanguageProfileEvent)]


class ProfileText(Body):
    """What a profile is begun with; without axes, all that there are."""

    name: str = Field("", max_length=200)
    owner: str = Field("", max_length=200)
    axes: Axes = Field(default_factory=list)
    max_active: int = Field(5, ge=1, le=16, strict=True)


class ProfileName(Body):
    """What to call a profile."""

    name: str = Field(max_length=200)


class RecordBody(Body):
    """Events to add, all or none of them; `revision` is the one that they were meant for."""

    events: list[EventBody] = Field(min_length=1, max_length=100)
    revision: int | None = Field(None, ge=0, strict=True)


class QuestionBody(Body):
    """The person's own prompts, what to ask about, and how many texts to compare."""

    prompts: list[Annotated[str, Field(min_length=1, max_length=20_000)]] = Field(min_length=1, max_length=200)
    axes: Axes = Field(default_factory=list)
    n: int = Field(2, ge=2, le=8, strict=True)
    seed: Seed | None = None


class NextDosesBody(Body):
    """What to learn about; `explore` tries doses near the profile's."""

    axes: Axes = Field(default_factory=list)
    explore: bool = Field(True, strict=True)
    seed: Seed | None = None


class Doses(BaseModel):
    """Axis -> dose."""

    doses: dict[str, float]


class ProfilePage(Page[ProfileSummary]):
    """Profiles, newest first; `next` goes into `after` for the following page, None at the end."""


@router.get("")
def list_profiles(
    lab: LabDep, page: PagingDep, owner: Annotated[str | None, Query(max_length=200)] = None
) -> ProfilePage:
    """Profiles, of one owner or of all, newest first."""
    return ProfilePage.of(lab.list_profiles(owner=owner, after=page.after, limit=page.limit))


@router.post("", status_code=201)
def create_profile(text: ProfileText, lab: LabDep, response: Response) -> LanguageProfileView:
    """Begin a profile, with nothing said yet."""
    view = lab.create_profile(**text.model_dump())
    point_at(response, f"/api/language/profiles/{view.id}")
    return view


@router.post("/import", status_code=201)
def import_profile(profile: ProfileBody, lab: LabDep, response: Response) -> LanguageProfileView:
    """An exported profile as a new one, with all its events."""
    view = lab.import_profile(profile)
    point_at(response, f"/api/language/profiles/{view.id}")
    return view


@router.get("/{profile_id}")
def get_profile(
    profile_id: Id, lab: LabDep, revision: Annotated[int | None, Query(ge=0, le=100_000)] = None
) -> LanguageProfileView:
    """What is believed of each axis, why, and whether another comparison helps; of an earlier revision if named."""
    return lab.get_profile(profile_id, revision)


@router.patch("/{profile_id}")
def rename_profile(profile_id: Id, body: ProfileName, lab: LabDep) -> LanguageProfileView:
    """Call it otherwise."""
    return lab.rename_profile(profile_id, body.name)


@router.delete("/{profile_id}", status_code=204, response_class=Response)
def delete_profile(profile_id: Id, lab: LabDep) -> None:
    """Remove a profile with all that was said; conversations that it steered go on without."""
    lab.delete_profile(profile_id)


@router.post("/{profile_id}/events")
def record_events(profile_id: Id, body: RecordBody, lab: LabDep) -> LanguageProfileView:
    """Add what the person said or did: doses set, texts compared, too much or too little, reactions, consent, reset."""
    return lab.record(profile_id, body.events, revision=body.revision)


@router.post("/{profile_id}/question")
def next_question(profile_id: Id, body: QuestionBody, lab: LabDep) -> QuestionView:
    """The comparison that is expected to tell most: a prompt, and the doses of each text."""
    return lab.next_question(profile_id, **body.model_dump())


@router.post("/{profile_id}/doses")
def next_doses(profile_id: Id, body: NextDosesBody, lab: LabDep) -> Doses:
    """The doses of the next answer, tried near the profile's so that what follows tells something."""
    return Doses(doses=lab.next_doses(profile_id, **body.model_dump()))


@router.get("/{profile_id}/export")
def export_profile(profile_id: Id, lab: LabDep) -> Response:
    """All of it as JSON, for another machine or for keeps."""
    named = {"Content-Disposition": f'attachment; filename="{profile_id}.json"', "Cache-Control": "no-store"}
    return Response(lab.export_profile(profile_id), media_type="application/json", headers=named)
