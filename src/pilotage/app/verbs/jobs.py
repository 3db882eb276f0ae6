"""What can be done with jobs."""

from __future__ import annotations

from pilotage.app.verbs.base import Base
from pilotage.jobs.timing import time_left
from pilotage.sessions import views
from pilotage.store import JobRow


class TimedJobView(views.JobView):
    """A job and how long it will still take.

    `time_left` is (low, high) in seconds, while it runs and its like are known; the live stream narrows it.
    """

    time_left: tuple[float, float] | None


class JobVerbs(Base):
    """What can be done with jobs."""

    def get_job(self, job_id: str) -> TimedJobView:
        """A job as it stands, and the time that is left to it."""
        job = self.store.get(JobRow, job_id)
        left = time_left(self.store, job, self.ports.clock()) if job.state == "running" else None
        return TimedJobView(**dict(views.job_view(job)), time_left=left)

    def wait(self, job_id: str, *, timeout: float | None = None) -> views.JobView:
        """A job once it has ended."""
        return views.job_view(self.engine.wait(job_id, timeout=timeout))

    def cancel(self, job_id: str) -> TimedJobView:
        """Ask a job to stop within one step."""
        self.engine.cancel(job_id)
        return self.get_job(job_id)
