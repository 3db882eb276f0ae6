"""The rows that a store keeps: frozen, one class a table; scalars are columns, the rest is JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

SessionState = Literal["active", "completed"]
RoundState = Literal["queued", "rendering", "awaiting", "answered", "failed", "superseded"]
CandidateState = Literal["proposed", "ready", "failed"]
RunState = Literal["running", "succeeded", "failed", "cancelled"]
JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Json = dict[str, Any]


class Row(BaseModel):
    """Base of every row.

    Attributes:
        order: the fields by which lists are sorted and paged; together unique within a list.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: ClassVar[tuple[str, ...]] = ("created_at", "id")

    id: str
    created_at: datetime


class SessionRow(Row):
    """One steering session; what it is about stands in columns, so that it can be searched and tabulated."""

    name: str
    state: SessionState = "active"
    prompt: str
    prompt_family: str
    negative_prompt: str = ""
    model: str
    model_fingerprint: str | None = None
    basis: str
    dimension: int
    radius: float
    region: Literal["ball", "box"] = "ball"
    sampler: str
    preference_model: str
    query_kinds: list[str]
    seed: int
    seed_policy: str
    config: Json
    axes: list[Json] = Field(default_factory=list)
    space_fingerprint: str | None = None
    rounds: int = 0
    answers: int = 0
    renders: int = 0
    incumbent_id: str | None = None
    final_id: str | None = None
    closeness: int | None = None
    outcome: str = ""
    updated_at: datetime


class RoundRow(Row):
    """One round of a session; `index` counts from 1."""

    order: ClassVar[tuple[str, ...]] = ("index",)

    session_id: str
    index: int
    state: RoundState = "queued"
    job_id: str | None = None
    run_id: str | None = None
    sampler_state: Json = Field(default_factory=dict)
    expected_gain: float | None = None
    forecasts_shown: bool = False
    error: Json | None = None
    shown_at: datetime | None = None
    answered_at: datetime | None = None


class CandidateRow(Row):
    """One candidate of a round. `forecast` is written before rendering and shown after the answer."""

    order: ClassVar[tuple[str, ...]] = ("slot",)

    session_id: str
    round_id: str
    slot: int
    state: CandidateState = "proposed"
    role: str
    why: str
    z: list[float]
    seed: int
    sample_id: str | None = None
    carried_from: str | None = None
    forecast: Json = Field(default_factory=dict)
    error: str = ""


class AnswerRow(Row):
    """One answer, as it was given: `gesture` is the raw interaction."""

    session_id: str
    round_id: str
    kind: str
    answer: Json
    gesture: Json = Field(default_factory=dict)
    comment: str = ""
    decision_ms: int | None = None


class RunRow(Row):
    """One executed pipeline: its stages with the effective config, its render group, and where it ran."""

    session_id: str | None = None
    purpose: Literal["round", "point", "preview", "verify", "final", "generate"]
    state: RunState = "running"
    model: str
    model_fingerprint: str | None = None
    stages: list[Json]
    group: list[Json]
    environment: Json = Field(default_factory=dict)
    timings_ms: Json = Field(default_factory=dict)
    error: Json | None = None


class SampleRow(Row):
    """One output of a run: row `index` of its render group."""

    order: ClassVar[tuple[str, ...]] = ("index",)

    run_id: str
    session_id: str | None = None
    index: int
    z: list[float] | None = None
    seed: int
    artifact: str | None = None
    error: str = ""


class ArtifactRow(Row):
    """What is known of a stored artifact; its id is the sha256 of its bytes."""

    media_type: str
    size: int
    width: int | None = None
    height: int | None = None


class JobRow(Row):
    """One job: what was asked, and where it stands. `phases` lists [phase, started at] in order.

    `attempt` counts from 1: a job that failed may be asked for again. `starts` counts how often this attempt
    was begun: more than once means that a process died over it. `cancel_requested` is how a wish to stop
    survives the worker that should have heard it.
    """

    kind: str
    payload: Json
    lane: Literal["interactive", "background"] = "interactive"
    topic: str
    state: JobState = "queued"
    attempt: int = 1
    starts: int = 0
    cancel_requested: bool = False
    phases: list[list[str]] = Field(default_factory=list)
    result: Json | None = None
    error: Json | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class RequestRow(Row):
    """A request that was answered under an idempotency key (its id): same key, same answer."""

    fingerprint: str
    status: int
    response: Json


class WorkerRow(Row):
    """A worker's heartbeat: who it is, where its live channel listens, what it has loaded."""

    pid: int
    device: str
    address: str
    beat_at: datetime
    status: Json = Field(default_factory=dict)


ROWS: tuple[type[Row], ...] = (
    SessionRow,
    RoundRow,
    CandidateRow,
    AnswerRow,
    RunRow,
    SampleRow,
    ArtifactRow,
    JobRow,
    RequestRow,
    WorkerRow,
)
