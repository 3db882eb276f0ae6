"""What can be done with jobs."""

from __future__ import annotations

from pilotage.app.verbs.base import Base
from pilotage.sessions import views
from pilotage.store import JobRow


class JobVerbs(Base):
    """What can be done with jobs."""

    def get_job(self, job_id: str) -> views.JobView:
        """A job as it stands."""
        return views.job_view(self.store.get(JobRow, job_id))

    def wait(self, job_id: str, *, timeout: float | None = None) -> views.JobView:
        """A job once it has ended."""
        return views.job_view(self.engine.wait(job_id, timeout=timeout))

    def cancel(self, job_id: str) -> views.JobView:
        """Ask a job to stop within one step."""
        self.engine.cancel(job_id)
        return self.get_job(job_id)
