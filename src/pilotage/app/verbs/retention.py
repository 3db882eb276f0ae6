"""What can be deleted, restored, cleaned and checked."""

from __future__ import annotations

from pilotage.app.verbs.base import Json
from pilotage.app.verbs.jobs import JobVerbs
from pilotage.app.verbs.renders import RenderVerbs
from pilotage.core.errors import CleanedError, PilotageError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress
from pilotage.sessions import again, cleaning, trash, views
from pilotage.sessions.deletion import Deletion, deletion
from pilotage.sessions.fsck import Checkup, fsck
from pilotage.store import ArtifactRow, RunRow, SampleRow


class RetentionVerbs(RenderVerbs, JobVerbs):
    """What can be deleted, restored, cleaned and checked."""

    def get_deletion(self, session_id: str) -> Deletion:
        """What deleting a session would take, or has taken."""
        return deletion(self.store, session_id)

    def delete_session(self, session_id: str) -> Deletion:
        """Put a session into the trash, for a week; its jobs are cancelled."""
        return trash.delete(self.ports, self.engine, session_id)

    def restore_session(self, session_id: str) -> views.SessionView:
        """Take a session out of the trash."""
        trash.restore(self.ports, session_id)
        return self.get_session(session_id)

    def list_trash(self) -> list[Deletion]:
        """What is in the trash, the latest first."""
        return [deletion(self.store, session.id) for session in trash.in_trash(self.store)]

    def clean(
        self, choice: cleaning.Choice, *, dry_run: bool = False, empty_trash: bool = False
    ) -> cleaning.CleanReport:
        """Remove what may go, and check the whole afterwards; with `dry_run`, only say what would go."""
        if dry_run:
            return cleaning.preview(self.ports, self._can_render, choice)
        report = cleaning.clean(self.ports, self._can_render, choice, empty_trash=empty_trash)
        faults = [f"{one.code} {one.subject}: {one.message}" for one in self.fsck(rehash=False).findings]
        return report.model_copy(update={"faults": faults})

    def fsck(self, *, repair: bool = False, rehash: bool = True) -> Checkup:
        """Check that rows, files and events tell one story."""
        return fsck(self.ports, repair=repair, rehash=rehash)

    def render_again(self, run_id: str) -> views.JobView:
        """Render again what a clean took of a run; only the same bytes are taken."""
        return views.job_view(again.enqueue_again(self.ports, self.engine, run_id))

    def get_media(self, sha256: str) -> Media:
        """An artifact with its media type.

        Raises:
            CleanedError: a clean took it; the error names the run that makes it again.
        """
        known = self.store.get(ArtifactRow, sha256)
        if known.cleaned_at is not None and not self.artifacts.has(sha256):
            made_by = next(iter(self.store.list(SampleRow, where={"artifact": sha256}, limit=1)), None)
            raise CleanedError(
                "the picture was cleaned away", hint="Render it again: the same bytes come.", field="sha256",
                run_id=made_by.run_id if made_by else None, cleaned_at=known.cleaned_at.isoformat(),
            )  # fmt: skip
        return super().get_media(sha256)

    def _can_render(self, run: RunRow) -> bool:
        try:
            return again.can_render(self.catalog.get(run.model), run)
        except PilotageError:  # the model is gone, or can't be read any more
            return False

    def _run_again(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        return again.render_again(self.ports, payload, model, progress=progress, cancel=cancel)
