"""What can be taken away."""

from __future__ import annotations

from pathlib import Path

from pilotage.app.verbs.base import Json, raise_if_failed
from pilotage.app.verbs.jobs import JobVerbs
from pilotage.app.verbs.renders import RenderVerbs
from pilotage.core.errors import ConflictError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress
from pilotage.reports import embeddings, tables, takeaway
from pilotage.reports.subject import subject_of

EMBEDDINGS_WAIT_S = 120.0  # a cold model of some gigabytes is loaded first


class TakeAwayVerbs(RenderVerbs, JobVerbs):
    """What can be taken away."""

    def take_away(self, session_id: str, kind: str, *, candidate_id: str | None = None) -> Media:
        """One file of a session: `png`, `embeddings`, `script` or `replay`.

        Args:
            session_id: the session.
            kind: which file; `embeddings` takes the model, so it waits for a job.
            candidate_id: whose; the final one if None, else the best so far.
        """
        takeaway.check_kind(kind)
        if kind == "replay":
            return takeaway.replay(self.ports, session_id, self._believe, self._advise)
        subject = subject_of(self.ports, session_id, candidate_id)
        if kind == "png":
            return takeaway.picture(self.ports, subject)
        if kind == "script":
            return takeaway.script(subject, self.show_model(subject.session.model))
        asked = embeddings.enqueue_embeddings(self.ports, self.engine, subject)
        job = self.wait(asked.id, timeout=EMBEDDINGS_WAIT_S)
        if job.state in ("queued", "running"):
            raise ConflictError("the embeddings are not ready yet", hint="Ask again in a moment.", job_id=job.id)
        return self.get_media((raise_if_failed(job).result or {})["artifact"])

    def export_table(self, table: str, path: Path) -> list[Path]:
        """Write a table as CSV or Parquet, and its codebook; the paths."""
        return tables.export_table(self.store, table, path)

    def _run_embeddings(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        return embeddings.write_embeddings(self.ports, payload, model, progress=progress, cancel=cancel)
