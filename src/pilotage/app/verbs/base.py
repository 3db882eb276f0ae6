"""What the verbs share: the ports, the catalog, the engine, and small questions that several ask."""

from __future__ import annotations

from typing import Any

from pilotage.app.catalog import ModelCatalog
from pilotage.artifacts import ArtifactStore
from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import InvalidInputError, PilotageError
from pilotage.jobs import JobEngine
from pilotage.jobs.binding import BoundStore
from pilotage.sessions import renders, views
from pilotage.sessions.ports import Ports
from pilotage.store import CandidateRow, SessionRow, Store

Json = dict[str, Any]


class Base:
    """What every verb stands on: one store, one artifact folder, one catalog and one engine."""

    def __init__(
        self, store: Store, artifacts: ArtifactStore, catalog: ModelCatalog, *, clock: Clock = system_clock
    ) -> None:
        store = BoundStore(store)
        self.ports = Ports(store, artifacts, clock)
        self.store, self.artifacts, self.catalog = store, artifacts, catalog
        self._engine: JobEngine | None = None

    @property
    def engine(self) -> JobEngine:
        """What carries this lab's jobs.

        Raises:
            RuntimeError: the lab was wired without one.
        """
        if self._engine is None:
            raise RuntimeError("this lab has no job engine: call use_engine first")
        return self._engine

    def use_engine(self, engine: JobEngine) -> None:
        """Wire the engine; apart from the constructor, since an inline engine needs `verbs()`."""
        self._engine = engine

    def _render(self, plan: renders.RenderPlan) -> views.JobView:
        return views.job_view(renders.enqueue_render(self.ports, self.engine, plan))

    def _built(self, session_id: str) -> SessionRow:
        session = self.store.get(SessionRow, session_id)
        if session.space_fingerprint is None:
            raise InvalidInputError("the session has no space before its first round", hint="Ask for a round first.")
        return session

    def _candidate(self, session_id: str, candidate_id: str) -> CandidateRow:
        candidate = self.store.get(CandidateRow, candidate_id)
        if candidate.session_id != session_id:
            raise InvalidInputError(f"{candidate_id!r} is no candidate of this session", field="candidate_id")
        return candidate


def raise_if_failed(job: views.JobView) -> views.JobView:
    """A job that succeeded; one that did not becomes the error that it ended with.

    Raises:
        PilotageError: of the code that the job recorded.
    """
    if job.state == "succeeded":
        return job
    fault = job.error or {"code": "lab_error", "message": f"the job is {job.state}"}
    by_code = {kind.code: kind for kind in _descendants(PilotageError)}
    kind = by_code.get(str(fault["code"]), PilotageError)
    raise kind(str(fault["message"]), hint=str(fault.get("hint", "")), field=str(fault.get("field", "")))


def _descendants(kind: type[PilotageError]) -> list[type[PilotageError]]:
    return [kind, *(low for child in kind.__subclasses__() for low in _descendants(child))]
