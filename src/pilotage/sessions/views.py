"""What the page, the terminal and a script see: rows put together, forecasts kept back until the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from pilotage.models import GenerationRequest
from pilotage.sessions.forecasts import OPEN_ROLES
from pilotage.sessions.loading import SessionRows, by_id, load_round, load_session
from pilotage.sessions.repeat_views import AgreementView, RepeatView, agreement, repeat_told
from pilotage.sessions.rounds import round_at
from pilotage.sessions.sheet_views import SheetView, grid_of, sheet_of
from pilotage.sessions.style import kinds_in
from pilotage.store import CandidateRow, JobRow, Reader, RoundRow, Row, RunRow, SampleRow, SessionRow

Json = dict[str, Any]


class View(BaseModel):
    """Base of every view."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CandidateView(View):
    """A candidate. `forecast`, `why` and all but the plain roles stay None until the round is answered.

    `grid` is its place on the round's sheet.
    """

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
    grid: list[float] | None
    error: str
    attempt: int
    is_incumbent: bool
    is_final: bool
    favourite: bool
    pinned: bool


class AnswerView(View):
    """An answer as it was given.

    `directions`: where each statistic that a tag speaks of was seen to grow, in unit coordinates.
    """

    id: str
    kind: str
    answer: Json
    gesture: Json
    shown: list[str]
    comment: str
    comments: Json
    confidence: int | None
    decision_ms: int | None
    tags: Json
    directions: Json
    ties_offered: bool
    created_at: datetime
    retracted_at: datetime | None


class JobView(View):
    """A job: `phases` lists [phase, started at, number of the start]."""

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
    """A round with its candidates, its answer, and the job that made it.

    `take` counts the rounds at its index; `retracted` are the answers that were taken back. Round 0 is a style
    calibration; `query_kinds` are the ways of answering that this round takes; `prompt` is what it asks the model.
    """

    id: str
    session_id: str
    index: int
    take: int
    attempt: int
    parent_id: str | None
    run_id: str | None
    state: str
    prompt: str
    query_kinds: list[str]
    candidates: list[CandidateView]
    answer: AnswerView | None
    retracted: list[AnswerView]
    job: JobView | None
    sampler_state: Json | None
    sheet: SheetView | None
    repeat: RepeatView | None
    expected_gain: float | None
    error: Json | None
    timings_ms: Json
    shown_at: datetime | None
    answered_at: datetime | None
    superseded_at: datetime | None


class BranchView(View):
    """A session that branched off, and from which round."""

    id: str
    name: str
    parent_round_id: str | None


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
    experiment_id: str | None
    parent_id: str | None
    read_only: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class SessionView(SessionSummary):
    """A session with its settings and its rounds; `superseded` are those that count no more."""

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
    parent_round_id: str | None
    origin: Json | None
    agreement: AgreementView | None
    round_views: list[RoundView]
    superseded: list[RoundView]
    branches: list[BranchView]


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


def session_summaries(reader: Reader, sessions: Sequence[SessionRow]) -> list[SessionSummary]:
    """Sessions as lists show them: each with the picture that stands for it; in two queries."""
    candidates = by_id(reader, CandidateRow, (_shown(session) for session in sessions))
    samples = by_id(reader, SampleRow, (candidate.sample_id for candidate in candidates.values()))
    return [SessionSummary(**_summary(session, candidates, samples)) for session in sessions]


def session_view(reader: Reader, session_id: str) -> SessionView:
    """A session, whole; in a handful of queries, however long it is.

    Raises:
        NotFoundError: no such session.
    """
    with reader.snapshot() as moment:
        session = moment.get(SessionRow, session_id)
        rows, children = load_session(moment, session), _children(moment, session)
    views = [_round_view(rows, round_) for round_ in rows.rounds]
    known = {
        **_same(session, SessionView), **_summary(session, rows.known, rows.samples),
        "round_views": [view for view in views if view.state != "superseded"],
        "superseded": [view for view in views if view.state == "superseded"], "agreement": agreement(rows),
        "branches": [BranchView(**_same(child, BranchView)) for child in children],
    }  # fmt: skip
    return SessionView(**known)


def round_view(reader: Reader, session_id: str, index: int) -> RoundView:
    """The round that counts at `index`.

    Raises:
        NotFoundError: no such session or round.
    """
    with reader.snapshot() as moment:
        round_ = round_at(moment, session_id, index)
        rows = load_round(moment, moment.get(SessionRow, session_id), round_)
    return _round_view(rows, round_)


def job_view(job: JobRow) -> JobView:
    """A job."""
    return JobView(**_same(job, JobView))


def run_view(reader: Reader, run_id: str) -> RunView:
    """A run.

    Raises:
        NotFoundError: no such run.
    """
    run = reader.get(RunRow, run_id)
    samples = [SampleView(**_same(sample, SampleView)) for sample in reader.list(SampleRow, where={"run_id": run_id})]
    return RunView(**_same(run, RunView), samples=samples)


def _same(row: Row, view: type[View]) -> Json:
    """The fields that a row and its view share."""
    return {name: getattr(row, name) for name in _shared(type(row), view)}


@cache
def _shared(row: type[Row], view: type[View]) -> tuple[str, ...]:
    return tuple(name for name in view.model_fields if name in row.model_fields)


def _summary(
    session: SessionRow, candidates: Mapping[str, CandidateRow], samples: Mapping[str, SampleRow]
) -> Json:  # fmt: skip
    candidate = candidates.get(_shown(session) or "")
    sample = samples.get(candidate.sample_id or "") if candidate else None
    artifact = sample.artifact if sample else None
    return {**_same(session, SessionSummary), "artifact": artifact, "read_only": session.origin is not None}


def _shown(session: SessionRow) -> str | None:
    """The candidate whose picture stands for the session."""
    return session.final_id or session.incumbent_id


def _children(reader: Reader, session: SessionRow) -> Sequence[SessionRow]:
    return reader.list(SessionRow, where={"parent_id": session.id, "deleted_at": None})


def _round_view(rows: SessionRows, round_: RoundRow) -> RoundView:
    answers = [AnswerView(**_same(answer, AnswerView)) for answer in rows.answers_of(round_)]
    given = next((answer for answer in answers if answer.retracted_at is None), None)
    job, run = rows.jobs.get(round_.job_id or ""), rows.runs.get(round_.run_id or "")
    told = given is not None or round_.forecasts_shown
    sheet = sheet_of(round_)
    known = {
        **_same(round_, RoundView), "sampler_state": round_.sampler_state if told else None, "sheet": sheet,
        "repeat": repeat_told(rows, round_) if told else None,
        "candidates": [_candidate_view(rows, one, sheet, told=told) for one in rows.candidates_of(round_)],
        "answer": given, "retracted": [answer for answer in answers if answer is not given],
        "job": job_view(job) if job else None, "timings_ms": run.timings_ms if run else {},
        "query_kinds": list(kinds_in(rows.session, round_.index)),
        "prompt": GenerationRequest.model_validate(rows.session.config["request"]).in_round(round_.index).prompt,
    }  # fmt: skip
    if not told and rows.session.config.get("repeats"):  # how long it took would tell that nothing was drawn
        known |= {"job": job_view(job.model_copy(update={"phases": []})) if job else None, "timings_ms": {}}
    return RoundView(**known)


def _candidate_view(rows: SessionRows, row: CandidateRow, sheet: SheetView | None, *, told: bool) -> CandidateView:
    sample, mark = rows.samples.get(row.sample_id or ""), rows.marks.get(row.sample_id or "")
    known = {
        **_same(row, CandidateView), "artifact": sample.artifact if sample else None,
        "carried_from_round": rows.index_of(row.carried_from), "is_incumbent": row.id == rows.session.incumbent_id,
        "is_final": row.id == rows.session.final_id, "favourite": mark is not None and mark.favourite,
        "pinned": mark is not None and mark.pinned, "grid": grid_of(row, sheet, rows.session.radius),
    }  # fmt: skip
    if not told:
        known |= {"why": None, "forecast": None}
        if row.role not in OPEN_ROLES:
            known |= {"role": None, "carried_from": None, "carried_from_round": None}
    return CandidateView(**known)
