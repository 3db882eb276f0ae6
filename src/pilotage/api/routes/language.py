"""Axes of language: what they do to a model and what that costs; written, made into vectors, measured, taken along."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from pilotage.api.deps import LOCATED, LabDep, files, point_at
from pilotage.api.throttle import THROTTLED
from pilotage.api.wire import Body, DescribedBy
from pilotage.app.axis_views import AxisDetail, AxisView, Overlaps
from pilotage.app.catalog import DEFAULT_LANGUAGE
from pilotage.labs.language.axes import Axis
from pilotage.labs.language.axis_checks import Remark
from pilotage.labs.language.axis_report import AxisReport
from pilotage.labs.language.calibration import Budget
from pilotage.labs.language.profiles import Suggestion
from pilotage.sessions.views import JobView

router = APIRouter(prefix="/api/language", tags=["language"])
Name = Annotated[str, Path(min_length=1, max_length=48, pattern=r"^[a-z][a-z0-9_]*$")]
Model = Annotated[str, Query(min_length=1, max_length=500, description="One of /api/language/models.")]
AxisBody = Annotated[dict[str, Any], DescribedBy(Axis)]
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
MethodName = Annotated[str, Field(min_length=1, max_length=60)]


class EvaluateBody(Body):
    """With which model an axis is measured, and whether a glance is enough."""

    model: str = Field(DEFAULT_LANGUAGE, min_length=1, max_length=500)
    quick: bool = Field(False, strict=True, description="Fewer and shorter texts: a minute instead of several.")
    seed: Seed = 0


class BuildBody(EvaluateBody):
    """For which model vectors are made, by which methods, and what dose 1 may cost."""

    methods: list[MethodName] | None = Field(None, max_length=8, description="Empty: calibrate those that are there.")
    budget: Budget = Field(default_factory=Budget)

    def options(self) -> dict[str, Any]:
        """What the verb takes beside axis and model."""
        return self.model_dump(exclude={"model"} if self.methods is not None else {"model", "methods"})


@router.get("/axes")
def list_axes(lab: LabDep, model: Model = DEFAULT_LANGUAGE) -> list[AxisView]:
    """All axes, and what is known of their vectors for one model: reach of both poles, effect, floor, damage."""
    return lab.list_axes(lab.listed_language(model))


@router.post("/axes/check")
def check_axis(axis: AxisBody, lab: LabDep) -> tuple[Remark, ...]:
    """What is doubtful about the texts of an axis; nothing is kept."""
    return lab.check_axis(axis)


@router.get("/axes/{name}")
def show_axis(name: Name, lab: LabDep, model: Model = DEFAULT_LANGUAGE) -> AxisDetail:
    """One axis with its texts, what is doubtful about them, and what was last measured."""
    return lab.show_axis(name, lab.listed_language(model))


@router.get("/axes/{name}/template")
def axis_template(name: Name, lab: LabDep) -> dict[str, Any]:
    """An axis to be filled in; of one that there is, its texts to begin from."""
    return lab.axis_template(name)


@router.put("/axes/{name}")
def put_axis(name: Name, axis: AxisBody, lab: LabDep) -> AxisDetail:
    """Keep an axis of one's own, never under the name of one that ships; vectors made of it stay as they are."""
    return lab.put_axis({**axis, "name": name}, hides=False)


@router.delete("/axes/{name}", status_code=204, response_class=Response)
def delete_axis(name: Name, lab: LabDep) -> None:
    """Forget an axis of one's own, with its vectors; one that ships under its name counts again."""
    lab.delete_axis(name)


@router.post("/axes/{name}/build", status_code=202, responses=LOCATED, dependencies=THROTTLED)
def build_axis(name: Name, body: BuildBody, lab: LabDep, response: Response) -> JobView:
    """Make the vectors of an axis for a model, calibrate and measure them: minutes, in the background."""
    job = lab.build_axis(name, lab.listed_language(body.model), **body.options())
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.post("/axes/{name}/evaluate", status_code=202, responses=LOCATED, dependencies=THROTTLED)
def evaluate_axis(name: Name, body: EvaluateBody, lab: LabDep, response: Response) -> JobView:
    """Measure what doses of an axis do and damage, in the background; the job's result holds the report."""
    job = lab.evaluate_axis(name, lab.listed_language(body.model), quick=body.quick, seed=body.seed)
    point_at(response, f"/api/jobs/{job.id}")
    return job


@router.get("/axes/{name}/report")
def get_axis_report(name: Name, lab: LabDep, model: Model = DEFAULT_LANGUAGE) -> AxisReport:
    """What was last measured of an axis with a model, samples side by side included."""
    return lab.axis_report(name, lab.listed_language(model))


@router.get("/axes/{name}/report.html", responses=files("text/html"))
def get_axis_page(name: Name, lab: LabDep, model: Model = DEFAULT_LANGUAGE) -> Response:
    """The same as one page that opens offline."""
    named = {"Content-Disposition": f'attachment; filename="{name}-report.html"', "Cache-Control": "no-store"}
    return Response(lab.axis_page(name, lab.listed_language(model)), media_type="text/html", headers=named)


@router.get("/overlaps")
def get_overlaps(lab: LabDep, model: Model = DEFAULT_LANGUAGE) -> Overlaps:
    """Cosines between the axes of a model: how much one does of what another does."""
    return lab.axis_overlaps(lab.listed_language(model))


@router.get("/suggestions")
def suggest_doses(
    lab: LabDep, model: Model = DEFAULT_LANGUAGE, context: Annotated[str | None, Query(max_length=40)] = None
) -> tuple[Suggestion, ...]:
    """Doses that suit a kind of writing: formal_writing, creative_writing or friendly_chat; all of them if none."""
    return lab.suggest_doses(context, lab.listed_language(model))
