"""Jobs: what waits, what runs, what has ended; and stopping them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from pilotage.api.deps import Id, LabDep
from pilotage.api.paging import Page, PagingDep
from pilotage.app.verbs.jobs import ListedJob, TimedJobView
from pilotage.store.rows import JobState

router = APIRouter(prefix="/api", tags=["jobs and runs"])


class JobPage(Page[ListedJob]):
    """Jobs, newest first; `next` goes into `after` for the following page, None at the end."""


@router.get("/jobs")
def list_jobs(
    lab: LabDep, page: PagingDep,
    state: Annotated[list[JobState] | None, Query(max_length=5, description="Any of these; all if none.")] = None,
    topic: Annotated[str | None, Query(max_length=200, description="A session's id, or axis:NAME.")] = None,
) -> JobPage:  # fmt: skip
    """Jobs, newest first: those that wait, run, or have ended."""
    return JobPage.of(lab.list_jobs(states=state or (), topic=topic, after=page.after, limit=page.limit))


@router.get("/jobs/{job_id}")
def get_job(job_id: Id, lab: LabDep) -> TimedJobView:
    """A job as it stands."""
    return lab.get_job(job_id)


@router.post("/jobs/{job_id}/cancel")
def cancel_job(job_id: Id, lab: LabDep) -> TimedJobView:
    """Ask a job to stop within one step of its work."""
    return lab.cancel(job_id)
