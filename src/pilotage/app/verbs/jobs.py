"""What can be done with jobs."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.app.verbs.base import Base
from pilotage.jobs.timing import time_left
from pilotage.sessions import views
from pilotage.store import Cursor, JobRow, following
from pilotage.store.rows import JobState


class TimedJobView(views.JobView):
    """A job and how long it will still take.

    `time_left` is (low, high) in seconds, while it runs and its like are known; the live stream narrows it.
    """

    time_left: tuple[float, float] | None


class ListedJob(TimedJobView):
    """A job in a list: what it is about (`topic`, such as a session's id, or `axis:NAME`), and the model it uses."""

    topic: str
    model: str | None


class JobVerbs(Base):
    """What can be done with jobs."""

    def get_job(self, job_id: str) -> TimedJobView:
        """A job as it stands, and the time that is left to it."""
        job = self.store.get(JobRow, job_id)
        return TimedJobView(**dict(views.job_view(job)), time_left=self._left(job))

    def list_jobs(
        self, *, states: Sequence[JobState] = (), topic: str | None = None, after: Cursor | None = None, limit: int = 50
    ) -> tuple[list[ListedJob], Cursor | None]:
        """Jobs in any of these states, about one topic or any; newest first, and the cursor of the next page."""
        where = {**({"state": tuple(states)} if states else {}), **({} if topic is None else {"topic": topic})}
        rows = self.store.list(JobRow, where=where, after=after, limit=limit, newest_first=True)
        return [self._listed(job) for job in rows], following(rows, limit)

    def wait(self, job_id: str, *, timeout: float | None = None) -> views.JobView:
        """A job once it has ended."""
        return views.job_view(self.engine.wait(job_id, timeout=timeout))

    def cancel(self, job_id: str) -> TimedJobView:
        """Ask a job to stop within one step."""
        self.engine.cancel(job_id)
        return self.get_job(job_id)

    def _listed(self, job: JobRow) -> ListedJob:
        model = job.payload.get("language") or job.payload.get("model")
        told, ref = dict(views.job_view(job)), model if isinstance(model, str) else None
        return ListedJob(**told, time_left=self._left(job), topic=job.topic, model=ref)

    def _left(self, job: JobRow) -> tuple[float, float] | None:
        return time_left(self.store, job, self.ports.clock()) if job.state == "running" else None
