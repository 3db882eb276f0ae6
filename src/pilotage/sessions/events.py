"""What happens in a session, as events: the durable story that everything shown can be traced to."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from pilotage.records import EventRegistry, Payload

Json = dict[str, Any]
SESSION_EVENTS = EventRegistry()


@SESSION_EVENTS.register
class SessionCreated(Payload):
    """A session was created with this config."""

    type: ClassVar[str] = "session.created"

    session_id: str
    config: Json
    seed: int


@SESSION_EVENTS.register
class SpaceBuilt(Payload):
    """The session's space exists now; its scales are frozen from here on."""

    type: ClassVar[str] = "session.space_built"

    session_id: str
    space_fingerprint: str
    model_fingerprint: str
    axes: list[Json]
    radius: float


@SESSION_EVENTS.register
class SessionPlaced(Payload):
    """Where the session's pictures are made from here on: its first round, or the first one elsewhere."""

    type: ClassVar[str] = "session.placed"

    session_id: str
    model: str
    model_fingerprint: str | None
    environment: Json


@SESSION_EVENTS.register
class RoundRequested(Payload):
    """A round was asked for."""

    type: ClassVar[str] = "round.requested"

    session_id: str
    round_id: str
    index: int


@SESSION_EVENTS.register
class RoundProposed(Payload):
    """Where the candidates will be, and the forecast for each, written before anything is rendered."""

    type: ClassVar[str] = "round.proposed"

    session_id: str
    round_id: str
    index: int
    candidates: list[Json]
    sampler_state: Json
    expected_gain: float | None = None


@SESSION_EVENTS.register
class RoundShown(Payload):
    """The candidates are there to be judged."""

    type: ClassVar[str] = "round.shown"

    session_id: str
    round_id: str
    index: int
    run_id: str | None
    samples: list[Json]


@SESSION_EVENTS.register
class RoundFailed(Payload):
    """The round has no candidates; it can be asked for again."""

    type: ClassVar[str] = "round.failed"

    session_id: str
    round_id: str
    index: int
    error: Json


@SESSION_EVENTS.register
class AnswerRecorded(Payload):
    """A person judged a round; with all that the belief takes from it.

    `repeat_of` is the round whose set this one showed again.
    """

    type: ClassVar[str] = "answer.recorded"

    session_id: str
    round_id: str
    index: int
    answer_id: str
    answer: Json
    incumbent_id: str | None
    confidence: int | None = None
    tags: Json = Field(default_factory=dict)
    directions: Json = Field(default_factory=dict)
    ties_offered: bool = False
    repeat_of: str | None = None


@SESSION_EVENTS.register
class RunFinished(Payload):
    """A run outside a round has its outputs: a point, previews, fresh seeds, a final render."""

    type: ClassVar[str] = "run.finished"

    run_id: str
    session_id: str | None
    purpose: str
    samples: list[Json]


@SESSION_EVENTS.register
class SessionFinished(Payload):
    """The person named the final picture."""

    type: ClassVar[str] = "session.finished"

    session_id: str
    candidate_id: str
    closeness: int | None
    comment: str


@SESSION_EVENTS.register
class SessionReopened(Payload):
    """A finished session goes on."""

    type: ClassVar[str] = "session.reopened"

    session_id: str


@SESSION_EVENTS.register
class SessionPaused(Payload):
    """No further round is made until the session is resumed."""

    type: ClassVar[str] = "session.paused"

    session_id: str


@SESSION_EVENTS.register
class SessionResumed(Payload):
    """A paused session goes on."""

    type: ClassVar[str] = "session.resumed"

    session_id: str


@SESSION_EVENTS.register
class SessionBranched(Payload):
    """A session began as a copy of another up to one of its rounds."""

    type: ClassVar[str] = "session.branched"

    session_id: str
    parent_id: str
    parent_round_id: str
    config: Json
    seed: int


@SESSION_EVENTS.register
class RoundSuperseded(Payload):
    """A round counts no more: an answer before it was taken back, or it was asked for anew. It stays to be seen."""

    type: ClassVar[str] = "round.superseded"

    session_id: str
    round_id: str
    index: int
    why: Literal["undo", "regenerate"]


@SESSION_EVENTS.register
class AnswerRetracted(Payload):
    """An answer was taken back; its round waits for another."""

    type: ClassVar[str] = "answer.retracted"

    session_id: str
    round_id: str
    index: int
    answer_id: str
    incumbent_id: str | None


@SESSION_EVENTS.register
class CandidateMarked(Payload):
    """A picture was made a favourite or pinned, or is so no more."""

    type: ClassVar[str] = "candidate.marked"

    session_id: str
    candidate_id: str
    sample_id: str
    favourite: bool
    pinned: bool


@SESSION_EVENTS.register
class CandidateRetried(Payload):
    """A candidate that had failed was rendered again, alone."""

    type: ClassVar[str] = "candidate.retried"

    session_id: str
    round_id: str
    candidate_id: str
    attempt: int
    run_id: str
    artifact: str | None
    error: str


@SESSION_EVENTS.register
class ExperimentChanged(Payload):
    """An experiment was created, renamed or described anew."""

    type: ClassVar[str] = "experiment.changed"

    experiment_id: str
    name: str
    config: Json


@SESSION_EVENTS.register
class SessionAssigned(Payload):
    """A session was put into an experiment, or taken out of one."""

    type: ClassVar[str] = "session.assigned"

    session_id: str
    experiment_id: str | None
