"""What can be done to the course of a session: go back, branch, pause, mark, retry."""

from __future__ import annotations

from pilotage.app.verbs.base import Json
from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.errors import InvalidInputError
from pilotage.core.progress import CancelToken, Progress
from pilotage.sessions import branches, marks, retries, revisions, views
from pilotage.store import MarkRow, RoundRow, SessionRow


class RevisionVerbs(SessionVerbs):
    """What can be done to the course of a session: go back, branch, pause, mark, retry."""

    def undo(self, session_id: str) -> views.SessionView:
        """Take the last answer back."""
        revisions.undo(self.ports, self.engine, session_id)
        return self.get_session(session_id)

    def revert(self, session_id: str, index: int) -> views.SessionView:
        """Go back to round `index`, which then waits for another answer."""
        revisions.revert(self.ports, self.engine, session_id, index)
        return self.get_session(session_id)

    def regenerate(self, session_id: str, round_id: str) -> views.RoundView:
        """Other candidates for the round that waits."""
        round_, _ = revisions.regenerate(self.ports, self.engine, session_id, round_id)
        return self.get_round(session_id, round_.index)

    def pause(self, session_id: str) -> views.SessionView:
        """Make no further round until `resume`."""
        revisions.pause(self.ports, self.engine, session_id)
        return self.get_session(session_id)

    def resume(self, session_id: str) -> views.SessionView:
        """Let a paused session go on."""
        revisions.resume(self.ports, self.engine, session_id)
        return self.get_session(session_id)

    def branch(self, session_id: str, round_id: str | None = None, *, name: str = "") -> views.SessionView:
        """A session of its own that begins as this one did up to a round; by default the last one shown."""
        child = branches.branch(self.ports, session_id, round_id or self._last_shown(session_id), name=name)
        return self.get_session(child.id)

    def mark(
        self, session_id: str, candidate_id: str, *, favourite: bool | None = None, pinned: bool | None = None
    ) -> MarkRow:
        """Make a picture a favourite, or pin it into every round to come; None leaves it as it is."""
        return marks.mark(self.ports, session_id, candidate_id, favourite=favourite, pinned=pinned)

    def retry_candidate(self, session_id: str, candidate_id: str) -> views.JobView:
        """Render a candidate again that failed alone."""
        return views.job_view(retries.request_retry(self.ports, self.engine, session_id, candidate_id))

    def _last_shown(self, session_id: str) -> str:
        session = self.store.get(SessionRow, session_id)
        rounds = self.store.list(RoundRow, where={"session_id": session.id, "state": ("awaiting", "answered")})
        if not rounds:
            raise InvalidInputError("only a round that was shown can be branched from", hint="Ask for a round first.")
        return rounds[-1].id

    def _run_retry(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        return retries.retry(
            self.ports, payload["candidate_id"], payload["attempt"], model, progress=progress, cancel=cancel
        )
