"""What can be done with sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pilotage.app.template import template
from pilotage.app.verbs.base import Json
from pilotage.app.verbs.models import ModelVerbs
from pilotage.core.progress import CancelToken, Progress
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Judgement
from pilotage.sessions import acts, views
from pilotage.sessions.advice import Advice
from pilotage.sessions.belief import Belief, belief
from pilotage.sessions.config import SessionConfig, parse_config
from pilotage.sessions.convergence import Advise, Convergence, advice_now, convergence_of, remembered
from pilotage.sessions.history import judgements_of, region_of
from pilotage.sessions.step import step
from pilotage.simulation.steadiness import Steadiness, steadiness_of
from pilotage.spaces import Region
from pilotage.store import Cursor, SessionRow, following

Believe = Callable[[SessionRow, Region, Sequence[Judgement]], Belief]


class SessionVerbs(ModelVerbs):
    """What can be done with sessions."""

    _believe: Believe
    _advise: Advise

    def believe_with(self, believe: Believe, advise: Advise) -> None:
        """Compute beliefs and advice elsewhere, such as in a helper process, so that a server goes on answering."""
        self._believe, self._advise = believe, advise

    def check_config(self, config: Mapping[str, Any]) -> SessionConfig:
        """The config as a session would have it; refused by field if it can't be."""
        ref = config.get("model", "starter")
        return parse_config(config, self.show_model(ref if isinstance(ref, str) else repr(ref)))

    def write_config(self, config: Mapping[str, Any]) -> str:
        """A checked config as a YAML file that explains every setting; as it stands it makes this session again."""
        checked = self.check_config(config)
        return template(config, suits=self.show_model(checked.model).suits)

    def create_session(self, config: Mapping[str, Any]) -> views.SessionView:
        """A new session."""
        checked = self.check_config(config)
        session = acts.create(self.ports, checked, self.show_model(checked.model))
        return self.get_session(session.id)

    def get_session(self, session_id: str) -> views.SessionView:
        """A session with its rounds."""
        return views.session_view(self.store, session_id)

    def list_sessions(
        self, *, after: Cursor | None = None, limit: int = 20
    ) -> tuple[list[views.SessionSummary], Cursor | None]:
        """Sessions, newest first, and the cursor of the next page."""
        rows = self.store.list(SessionRow, where={"deleted_at": None}, after=after, limit=limit, newest_first=True)
        return views.session_summaries(self.store, rows), following(rows, limit)

    def request_round(self, session_id: str) -> views.RoundView:
        """The next round, requested; asked twice it is the same one."""
        round_, _ = acts.request_round(self.ports, self.engine, session_id)
        return self.get_round(session_id, round_.index)

    def get_round(self, session_id: str, index: int) -> views.RoundView:
        """One round."""
        return views.round_view(self.store, session_id, index)

    def answer(self, session_id: str, index: int, sent: acts.Submission) -> views.RoundView:
        """Record one judgement, once; the round as it stands then, forecasts and all."""
        acts.answer(self.ports, self.engine, session_id, index, sent)
        return self.get_round(session_id, index)

    def get_belief(self, session_id: str, *, before: int | None = None) -> Belief:
        """What is believed now, or was before round `before`."""
        session = self._built(session_id)
        return self._believe(session, region_of(session), judgements_of(self.store, session, before=before))

    def get_advice(self, session_id: str) -> Advice:
        """Whether another round is worth it, and what that is read from."""
        return advice_now(self.store, self._built(session_id), self._advise)

    def get_convergence(self, session_id: str) -> Convergence:
        """How a session came to where it is, answer by answer."""
        return convergence_of(self.store, self._built(session_id), self._advise)

    def get_steadiness(self, session_id: str) -> Steadiness:
        """How steady the choices are: the same in sets that came again, how noisy, how many slips."""
        with one_blas_thread():
            return steadiness_of(self.store, self.store.get(SessionRow, session_id))

    def finish(
        self, session_id: str, candidate_id: str, *, closeness: int | None = None, comment: str = ""
    ) -> views.SessionView:
        """Name the final picture."""
        acts.finish(self.ports, session_id, candidate_id, closeness=closeness, comment=comment)
        return self.get_session(session_id)

    def reopen(self, session_id: str) -> views.SessionView:
        """Let a completed session go on."""
        acts.reopen(self.ports, session_id)
        return self.get_session(session_id)

    def _run_step(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        round_ = step(self.ports, payload["round_id"], model, progress=progress, cancel=cancel)
        return {"round_id": round_.id, "index": round_.index}


def believe(session: SessionRow, region: Region, judgements: Sequence[Judgement]) -> Belief:
    """The belief after `judgements`, on one BLAS thread."""
    with one_blas_thread():
        return belief(session, region, judgements)


def advise(session: SessionRow, region: Region, judgements: Sequence[Judgement], skills: Sequence[float]) -> Advice:
    """What is advised after `judgements`, on one BLAS thread."""
    with one_blas_thread():
        return remembered(session, region, judgements, skills)
