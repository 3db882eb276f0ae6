"""The rows that a store keeps: frozen, one class a table; scalars are columns, the rest is JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

SessionState = Literal["active", "paused", "completed"]
RoundState = Literal["queued", "rendering", "awaiting", "answered", "failed", "superseded"]
CandidateState = Literal["proposed", "ready", "failed"]
RunPurpose = Literal["round", "point", "preview", "verify", "final", "generate", "retry", "calibrate", "replay"]
RunState = Literal["running", "succeeded", "failed", "cancelled"]
MessageState = Literal["writing", "done", "cancelled", "interrupted", "failed"]
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


class ExperimentRow(Row):
    """A named group of sessions that are compared; `config` is what they have in common."""

    name: str
    description: str = ""
    config: Json = Field(default_factory=dict)
    deleted_at: datetime | None = None
    updated_at: datetime


class SessionRow(Row):
    """One steering session; what it is about stands in columns, so that it can be searched and tabulated.

    `parent_id` and `parent_round_id` say where it branched off; `origin` what an imported one was (it is
    read only then); a session with `deleted_at` lies in the trash.
    """

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
    experiment_id: str | None = None
    parent_id: str | None = None
    parent_round_id: str | None = None
    origin: Json | None = None
    deleted_at: datetime | None = None
    updated_at: datetime


class RoundRow(Row):
    """One round of a session; `index` counts from 1.

    After an undo there may be several with one index: `take` tells them apart, `parent_id` names the round
    before, and all but one are superseded. `attempt` counts how often this round was asked for anew from
    the same answers; it enters the seeds, `take` never does.
    """

    order: ClassVar[tuple[str, ...]] = ("index", "take")

    session_id: str
    index: int
    take: int = 0
    attempt: int = 0
    parent_id: str | None = None
    state: RoundState = "queued"
    job_id: str | None = None
    run_id: str | None = None
    sampler_state: Json = Field(default_factory=dict)
    expected_gain: float | None = None
    forecasts_shown: bool = False
    error: Json | None = None
    shown_at: datetime | None = None
    answered_at: datetime | None = None
    superseded_at: datetime | None = None


class CandidateRow(Row):
    """One candidate of a round. `forecast` is written before rendering and shown after the answer.

    `attempt` counts how often it was rendered again after it failed.
    """

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
    attempt: int = 0
    forecast: Json = Field(default_factory=dict)
    error: str = ""


class AnswerRow(Row):
    """One answer, as it was given: `gesture` is the raw interaction, `shown` the candidates that were judged.

    `comments` and `tags` hold what was said of single candidates, by their id; `directions` where each statistic that
    a tag speaks of was seen to grow then, in unit coordinates; `ties_offered` says whether "about equal" could have
    been said; `retracted_at` is set by an undo.
    """

    session_id: str
    round_id: str
    kind: str
    answer: Json
    shown: list[str] = Field(default_factory=list)
    gesture: Json = Field(default_factory=dict)
    comment: str = ""
    comments: Json = Field(default_factory=dict)
    confidence: int | None = None
    decision_ms: int | None = None
    tags: Json = Field(default_factory=dict)
    directions: Json = Field(default_factory=dict)
    ties_offered: bool = False
    retracted_at: datetime | None = None


class MarkRow(Row):
    """What a person marked on a picture of a session; on the sample, so that it holds wherever that is shown."""

    session_id: str
    sample_id: str
    favourite: bool = False
    pinned: bool = False
    updated_at: datetime


class RunRow(Row):
    """One executed pipeline: its stages with the effective config, its render group, and where it ran."""

    session_id: str | None = None
    purpose: RunPurpose
    state: RunState = "running"
    model: str
    model_fingerprint: str | None = None
    stages: list[Json]
    group: list[Json]
    environment: Json = Field(default_factory=dict)
    timings_ms: Json = Field(default_factory=dict)
    error: Json | None = None


class SampleRow(Row):
    """One output of a run: row `index` of its render group; `statistics` is how it looks in numbers, if a picture."""

    order: ClassVar[tuple[str, ...]] = ("index",)

    run_id: str
    session_id: str | None = None
    index: int
    z: list[float] | None = None
    seed: int
    artifact: str | None = None
    statistics: Json | None = None
    error: str = ""


class ArtifactRow(Row):
    """What is known of a stored artifact; its id is the sha256 of its bytes, which a clean may have removed."""

    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    cleaned_at: datetime | None = None


class JobRow(Row):
    """One job: what was asked, and where it stands. `phases` lists [phase, started at] in order.

    `attempt` counts from 1: a job that failed may be asked for again. `starts` counts how often this attempt
    was begun: more than once means that a process died over it; `worker_id` who began it last.
    `cancel_requested` is how a wish to stop survives the worker that should have heard it.
    """

    kind: str
    payload: Json
    lane: Literal["interactive", "background"] = "interactive"
    topic: str
    state: JobState = "queued"
    attempt: int = 1
    starts: int = 0
    cancel_requested: bool = False
    worker_id: str | None = None
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
    """A worker's heartbeat: who it is, where its live channel listens, what it has loaded.

    `beats` counts them, so that whoever watches can tell by his own clock that it has stopped.
    """

    pid: int
    device: str
    address: str
    beat_at: datetime
    beats: int = 0
    status: Json = Field(default_factory=dict)


class CalibrationRow(Row):
    """How much one unit of an axis is seen to change: measured once a model, axis and number of steps."""

    model_fingerprint: str
    axis: str
    steps: int
    effects: Json
    scale: float | None = None


class ConversationRow(Row):
    """A talk with a language model; `profile_id` names whose doses steer it where a message says nothing else."""

    name: str = ""
    model: str
    system: str = ""
    profile_id: str | None = None
    updated_at: datetime


class MessageRow(Row):
    """One message, or one of several answers to the message before it.

    Messages are a tree: `parent_id` is what this one answers, `variant` counts its answers from 0. `doses` are the
    ones that it was steered by, wherever they came from. While it is `writing`, by the process `writer`, its text is
    kept each second; what is there of an answer that was cancelled, interrupted or failed stays.
    """

    order: ClassVar[tuple[str, ...]] = ("index",)

    conversation_id: str
    index: int
    parent_id: str | None = None
    variant: int = 0
    role: Literal["user", "assistant"]
    content: str
    state: MessageState = "done"
    doses: Json = Field(default_factory=dict)
    sampling: Json = Field(default_factory=dict)
    model_fingerprint: str | None = None
    finish: str = ""
    prompt_tokens: int | None = None
    tokens: int | None = None
    error: Json | None = None
    writer: str | None = None
    ended_at: datetime | None = None


class ProfileRow(Row):
    """Whose doses: the head of a profile of language; all that is believed follows from its events.

    `revision` is how many events there are: who records one says which revision it was meant for.
    """

    owner: str = ""
    name: str = ""
    axes: list[str]
    max_active: int
    revision: int = 0
    updated_at: datetime


class ProfileEventRow(Row):
    """What a person said or did about doses; `index` counts a profile's events from 0, `event` is as it was told."""

    order: ClassVar[tuple[str, ...]] = ("index",)

    profile_id: str
    index: int
    event: Json


class LatentRunRow(Row):
    """A training run of the latent lab, as its folder's log tells: the folder is the truth, this is for lists.

    `seq` is how many lines of that log the event table holds; `job_id` names the job that trains, or did last.
    """

    kind: Literal["ae", "gmvae"]
    data: str
    state: Literal["created", "running", "completed", "cancelled", "failed"] = "created"
    epoch: int | None = None
    epochs: int
    metrics: Json = Field(default_factory=dict)
    error: Json | None = None
    training: Json
    parent_id: str | None = None
    job_id: str | None = None
    seq: int = 0
    finished_at: datetime | None = None


ROWS: tuple[type[Row], ...] = (
    ExperimentRow,
    SessionRow,
    RoundRow,
    CandidateRow,
    AnswerRow,
    MarkRow,
    RunRow,
    SampleRow,
    ArtifactRow,
    JobRow,
    RequestRow,
    WorkerRow,
    CalibrationRow,
    ConversationRow,
    MessageRow,
    ProfileRow,
    ProfileEventRow,
    LatentRunRow,
)
