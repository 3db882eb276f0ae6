"""What is deleted, restored, gone for good or cleaned, as events."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pilotage.records import Payload
from pilotage.sessions.events import SESSION_EVENTS


@SESSION_EVENTS.register
class SessionDeleted(Payload):
    """A session went into the trash."""

    type: ClassVar[str] = "session.deleted"

    session_id: str
    final_at: datetime


@SESSION_EVENTS.register
class SessionRestored(Payload):
    """A session came back out of the trash, whole."""

    type: ClassVar[str] = "session.restored"

    session_id: str


@SESSION_EVENTS.register
class SessionPurged(Payload):
    """A session is gone for good; `seqs` are the first and last places of each stretch of its events, gone too."""

    type: ClassVar[str] = "session.purged"

    session_id: str
    rounds: int
    answers: int
    pictures: int
    seqs: list[tuple[int, int]]


@SESSION_EVENTS.register
class ExperimentDeleted(Payload):
    """An experiment went into the trash, with these of its sessions; the others stay, and stay assigned."""

    type: ClassVar[str] = "experiment.deleted"

    experiment_id: str
    session_ids: list[str]
    final_at: datetime


@SESSION_EVENTS.register
class ExperimentRestored(Payload):
    """An experiment came back out of the trash, with the sessions that had gone with it."""

    type: ClassVar[str] = "experiment.restored"

    experiment_id: str
    session_ids: list[str]


@SESSION_EVENTS.register
class ExperimentPurged(Payload):
    """An experiment is gone for good; `seqs` as in `session.purged`. Sessions that it had are in none since."""

    type: ClassVar[str] = "experiment.purged"

    experiment_id: str
    seqs: list[tuple[int, int]]


@SESSION_EVENTS.register
class ArtifactsCleaned(Payload):
    """A clean removed artifacts; what can be rendered again says so where it was."""

    type: ClassVar[str] = "artifacts.cleaned"

    files: int
    bytes: int
    classes: list[str]
