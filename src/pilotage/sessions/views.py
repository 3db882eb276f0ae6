"""What the page, the terminal and a script see: rows put together, forecasts kept back until the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from pilotage.core.errors import NotFoundError
from pilotage.core.ids import derived_id
from pilotage.store import AnswerRow, CandidateRow, JobRow, Reader, RoundRow, RunRow, SampleRow, SessionRow

Json = dict[str, Any]
OPEN_ROLES = ("baseline", "incumbent")  # plain to see anyway; the others are told after the answer


class View(BaseModel):
    """Base of every view."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CandidateView(View):
    """A candidate. `forecast`, `why` and all but two roles stay None until the round is answered."""

    id: str
    slot: int
    state: str
    z: list[float]
    seed: int
    artifact: str | None
    sample_id: str | None
    carried_from: str | None
    carried_from_round: int | None
    role: str | None
    why: str | None
    forecast: Json | None
    error: str
    is_incumbent: bool
    is_final: bool


class AnswerView(View):
    """An answer as it was given."""

    id: str
    kind: str
    answer: Json
    gesture: Json
    comment: str
    decision_ms: int | None
    created_at: datetime


class JobView(View):
    """A job: `phases` lists [phase, started at]."""

    id: str
    kind: str
    state: str
    lane: str
    phases: list[list[str]]
    result: Json | None
    error: Json | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class RoundView(View):
    """A round with its candidates, its answer, and the job that made it."""

    id: str
    session_id: str
    index: int
    state: str
    candidates: list[CandidateView]
    answer: AnswerView | None
    job: JobView | None
    sampler_state: Json | None
    expected_gain: float | None
    error: Json | None
    timings_ms: Json
    shown_at: datetime | None
    answered_at: datetime | None


class SessionSummary(View):
    """A session in a list."""

    id: str
    name: str
    prompt: str
    model: str
    state: str
    rounds: int
    answers: int
    renders: int
    artifact: str | None
    closeness: int | None
    created_at: datetime
    updated_at: datetime


class SessionView(SessionSummary):
    """A session with its settings and all its rounds."""

    seed: int
    config: Json
    query_kinds: list[str]
    axes: list[Json]
    dimension: int
    radius: float
    region: str
    space_fingerprint: str | None
    model_fingerprint: str | None
    incumbent_id: str | None
    final_id: str | None
    outcome: str
    round_views: list[RoundView]


class SampleView(View):
    """One output of a run."""

    id: str
    index: int
    z: list[float] | None
    seed: int
    artifact: str | None
    error: str


class RunView(View):
    """A run with its effective config and its outputs."""

    id: str
    session_id: str | None
    purpose: str
    state: str
    model: str
    model_fingerprint: str | None
    stages: list[Json]
    environment: Json
    timings_ms: Json
    error: Json | None
    samples: list[SampleView]
    created_at: datetime


def session_summary(reader: Reader, session: SessionRow) -> SessionSummary:
    """A session as lists show it: with the picture that stands for it."""
    return SessionSummary(**_summary(reader, session))


def session_view(reader: Reader, session_id: str) -> SessionView:
    """A session, whole.

    Raises:
        NotFoundError: no such session.
    """
    session = reader.get(SessionRow, session_id)
    rounds = reader.list(RoundRow, where={"session_id": session_id})
    same = {name: getattr(session, name) for name in SessionView.model_fields if name in SessionRow.model_fields}
    views = [_round_view(reader, session, round_) for round_ in rounds]
    return SessionView(**{**same, **_summary(reader, session), "round_views": views})


def round_view(reader: Reader, session_id: str, index: int) -> RoundView:
    """One round.

    Raises:
        NotFoundError: no such session or round.
    """
    session = reader.get(SessionRow, session_id)
    round_ = reader.find(RoundRow, derived_id("rnd", session_id, index))
    if round_ is None:
        raise NotFoundError(f"session {session_id} has no round {index}", field="index")
    return _round_view(reader, session, round_)


def job_view(job: JobRow) -> JobView:
    """A job."""
    return JobView(**{name: getattr(job, name) for name in JobView.model_fields})


def run_view(reader: Reader, run_id: str) -> RunView:
    """A run.

    Raises:
        NotFoundError: no such run.
    """
    run = reader.get(RunRow, run_id)
    samples = [
        SampleView(**{name: getattr(sample, name) for name in SampleView.model_fields})
        for sample in reader.list(SampleRow, where={"run_id": run_id})
    ]
    return RunView(**{name: getattr(run, name) for name in RunView.model_fields if name != "samples"}, samples=samples)


def _summary(reader: Reader, session: SessionRow) -> Json:
    shown = session.final_id or session.incumbent_id
    candidate = reader.find(CandidateRow, shown) if shown else None
    same = {name: getattr(session, name) for name in SessionSummary.model_fields if name != "artifact"}
    return {**same, "artifact": _artifact(reader, candidate)}


def _round_view(reader: Reader, session: SessionRow, round_: RoundRow) -> RoundView:
    candidates = reader.list(CandidateRow, where={"round_id": round_.id})
    answers = reader.list(AnswerRow, where={"round_id": round_.id})
    job = reader.find(JobRow, round_.job_id) if round_.job_id else None
    run = reader.find(RunRow, round_.run_id) if round_.run_id else None
    told = bool(answers) or round_.forecasts_shown
    return RoundView(
        id=round_.id, session_id=session.id, index=round_.index, state=round_.state,
        candidates=[_candidate_view(reader, session, candidate, told=told) for candidate in candidates],
        answer=_answer_view(answers), job=job_view(job) if job else None,
        sampler_state=round_.sampler_state if told else None, expected_gain=round_.expected_gain, error=round_.error,
        timings_ms=run.timings_ms if run else {}, shown_at=round_.shown_at, answered_at=round_.answered_at,
    )  # fmt: skip


def _candidate_view(reader: Reader, session: SessionRow, row: CandidateRow, *, told: bool) -> CandidateView:
    source = reader.find(CandidateRow, row.carried_from) if row.carried_from else None
    from_round = reader.find(RoundRow, source.round_id) if source else None
    role = row.role if told or row.role in OPEN_ROLES else None
    return CandidateView(
        id=row.id, slot=row.slot, state=row.state, z=row.z, seed=row.seed, artifact=_artifact(reader, row),
        sample_id=row.sample_id, carried_from=row.carried_from,
        carried_from_round=from_round.index if from_round else None, role=role, why=row.why if told else None,
        forecast=row.forecast if told else None, error=row.error, is_incumbent=row.id == session.incumbent_id,
        is_final=row.id == session.final_id,
    )  # fmt: skip


def _artifact(reader: Reader, row: CandidateRow | None) -> str | None:
    sample = reader.find(SampleRow, row.sample_id) if row is not None and row.sample_id else None
    return sample.artifact if sample else None


def _answer_view(answers: Sequence[AnswerRow]) -> AnswerView | None:
    if not answers:
        return None
    return AnswerView(**{name: getattr(answers[0], name) for name in AnswerView.model_fields})
