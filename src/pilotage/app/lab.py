"""Lab: one verb per act. The library, the terminal and the API call these and nothing below them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pilotage.app.catalog import ModelCatalog
from pilotage.app.prompts import PromptCheck, check_prompt
from pilotage.artifacts import ArtifactStore
from pilotage.core.clock import Clock, system_clock
from pilotage.core.errors import ConflictError, InvalidInputError, PilotageError
from pilotage.core.media import Media
from pilotage.core.progress import CancelToken, Progress
from pilotage.core.threads import one_blas_thread
from pilotage.elicitation import Judgement
from pilotage.jobs import JobEngine, Verbs
from pilotage.models import ModelInfo
from pilotage.reports import embeddings, tables, takeaway
from pilotage.reports.subject import subject_of
from pilotage.sessions import acts, renders, views
from pilotage.sessions.belief import Belief, belief
from pilotage.sessions.config import MAX_SEED, SessionConfig, parse_config
from pilotage.sessions.history import judgements_of, region_of, rounds_of
from pilotage.sessions.ports import Ports
from pilotage.sessions.runs import StageKind
from pilotage.sessions.step import step
from pilotage.spaces import Region
from pilotage.store import ArtifactRow, CandidateRow, Cursor, JobRow, SessionRow, Store, cursor

Json = dict[str, Any]
Believe = Callable[[SessionRow, Region, Sequence[Judgement]], Belief]
EMBEDDINGS_WAIT_S = 120.0  # a cold model of some gigabytes is loaded first


class Lab:
    """Everything that can be done, over one store, one artifact folder, one catalog and one engine."""

    def __init__(
        self, store: Store, artifacts: ArtifactStore, catalog: ModelCatalog, *, clock: Clock = system_clock
    ) -> None:
        self.ports = Ports(store, artifacts, clock)
        self.store, self.artifacts, self.catalog = store, artifacts, catalog
        self._engine: JobEngine | None = None
        self._believe: Believe = believe

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

    def believe_with(self, believe: Believe) -> None:
        """Compute beliefs elsewhere, such as in a helper process, so that a server goes on answering."""
        self._believe = believe

    def verbs(self) -> Verbs:
        """What each kind of job does; for whichever engine or worker runs them."""
        return {
            "step": self._run_step,
            "render": self._run_render,
            "warm": self._run_warm,
            embeddings.KIND: self._run_embeddings,
        }

    # models

    def list_models(self) -> Sequence[ModelInfo]:
        """The models that can be named without a path."""
        return self.catalog.infos()

    def show_model(self, ref: str) -> ModelInfo:
        """One model, by whatever reference."""
        return self.catalog.get(ref).info

    def unknown_words(self, ref: str, text: str) -> Sequence[str]:
        """The words of `text` that the model doesn't know."""
        return self.show_model(ref).vocabulary.unknown_words(text)

    def check_prompt(self, ref: str, prompt: str) -> PromptCheck:
        """The words of a prompt that the model doesn't know, each with known ones like it."""
        return check_prompt(self.show_model(ref).vocabulary, prompt)

    def warm(self, ref: str) -> views.JobView:
        """Load a model ahead of its first use."""
        info = self.show_model(ref)
        job = renders.warm_job(info.ref, clock=self.ports.clock)
        with self.store.transaction() as tx:
            return views.job_view(self.engine.enqueue(tx, job))

    # sessions

    def check_config(self, config: Mapping[str, Any]) -> SessionConfig:
        """The config as a session would have it; refused by field if it can't be."""
        ref = config.get("model", "starter")
        return parse_config(config, self.show_model(ref if isinstance(ref, str) else repr(ref)))

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
        rows = self.store.list(SessionRow, after=after, limit=limit, newest_first=True)
        following = cursor(rows[-1]) if len(rows) == limit else None
        return [views.session_summary(self.store, row) for row in rows], following

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

    # renders

    def render_point(self, session_id: str, z: Sequence[float], *, seed: int | None = None) -> views.JobView:
        """Render one place of a session's space, chosen by hand."""
        session = self._built(session_id)
        return self._render(renders.point_plan(session, z, rounds_of(self.store, session), seed))

    def verify(self, session_id: str, candidate_id: str) -> views.JobView:
        """Render a candidate's place on four fresh seeds."""
        return self._render(renders.verify_plan(self._built(session_id), self._candidate(session_id, candidate_id)))

    def render_final(self, session_id: str, candidate_id: str, changes: Mapping[str, Any]) -> views.JobView:
        """Render a candidate again at chosen steps and size."""
        session, candidate = self._built(session_id), self._candidate(session_id, candidate_id)
        request = {
            **session.config["request"],
            **{key: changes[key] for key in changes if key in ("steps", "width", "height")},
        }
        checked = self.check_config({**session.config, "request": request})
        return self._render(renders.final_plan(session, candidate, checked.request))

    def preview_axes(self, config: Mapping[str, Any]) -> views.JobView:
        """Minus and plus one unit of each typed axis, before a session exists."""
        return self._render(renders.preview_plan(self.check_config(config)))

    def generate(
        self, request: Mapping[str, Any], *, model: str = "starter", n: int = 1, seed: int | None = None,
        stages: tuple[StageKind, ...] = ("txt2img",),
    ) -> views.JobView:  # fmt: skip
        """A run without steering."""
        if seed is not None and not 0 <= seed <= MAX_SEED:
            raise InvalidInputError(f"seed must be 0 to {MAX_SEED}", field="seed")
        config = self.check_config({"request": dict(request), "model": model})
        root = secrets.randbelow(MAX_SEED + 1) if seed is None else seed
        return self._render(renders.generate_plan(config, n, root, stages))

    def get_run(self, run_id: str) -> views.RunView:
        """A run with its outputs."""
        return views.run_view(self.store, run_id)

    def get_media(self, sha256: str) -> Media:
        """An artifact with its media type."""
        known = self.store.get(ArtifactRow, sha256)
        return Media(known.media_type, self.artifacts.get(sha256))

    # take away

    def take_away(self, session_id: str, kind: str, *, candidate_id: str | None = None) -> Media:
        """One file of a session: `png`, `embeddings`, `script` or `replay`.

        Args:
            session_id: the session.
            kind: which file; `embeddings` takes the model, so it waits for a job.
            candidate_id: whose; the final one if None, else the best so far.
        """
        takeaway.check_kind(kind)
        if kind == "replay":
            return takeaway.replay(self.ports, session_id)
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

    # jobs

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

    # what jobs do

    def _run_step(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        round_ = step(self.ports, payload["round_id"], model, progress=progress, cancel=cancel)
        return {"round_id": round_.id, "index": round_.index}

    def _run_render(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        plan = renders.RenderPlan.model_validate(payload["plan"])
        return renders.render(self.ports, plan, self.catalog.get(payload["model"]), progress=progress, cancel=cancel)

    def _run_warm(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        return renders.warm(self.catalog.get(payload["model"]), progress=progress)

    def _run_embeddings(self, payload: Json, *, progress: Progress, cancel: CancelToken) -> Json:
        model = self.catalog.get(payload["model"])
        return embeddings.write_embeddings(self.ports, payload, model, progress=progress, cancel=cancel)

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


def believe(session: SessionRow, region: Region, judgements: Sequence[Judgement]) -> Belief:
    """The belief after `judgements`, on one BLAS thread."""
    with one_blas_thread():
        return belief(session, region, judgements)


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
