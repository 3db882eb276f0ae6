"""Whether a session's pictures come again, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.app.verbs.base import Json
from pilotage.app.verbs.sessions import SessionVerbs
from pilotage.core.ids import new_id
from pilotage.core.progress import CancelToken, Progress
from pilotage.jobs.base import new_job
from pilotage.sessions import views
from pilotage.sessions.replay import ReplayCheck, verify_replay


class ReplayVerbs(SessionVerbs):
    """Whether a session's pictures come again."""

    def verify_replay(self, session_id: str, rounds: Sequence[int] | None = None) -> views.JobView:
        """Render a session's groups again and compare bytes; the job's result is a `ReplayCheck` as data."""
        session = self._built(session_id)
        chosen = None if rounds is None else sorted(set(rounds))
        payload: Json = {"model": session.model, "session_id": session.id, "rounds": chosen}
        job = new_job("replay", payload, topic=session.id, key=(new_id("rpl"),), clock=self.ports.clock)
        with self.store.transaction() as tx:
            return views.job_view(self.engine.enqueue(tx, job))

    def _run_replay(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        checked: ReplayCheck = verify_replay(
            self.ports, payload["session_id"], model, rounds=payload["rounds"], progress=progress, cancel=cancel
        )
        return checked.model_dump(mode="json")
