"""Take away: what leaves the lab when a session is done, each kind as one file."""

from __future__ import annotations

from pilotage.core.errors import InvalidInputError
from pilotage.core.hashing import canonical_json
from pilotage.core.media import Media
from pilotage.models import ModelInfo
from pilotage.reports.recipe import with_recipe
from pilotage.reports.record import events_of, record_of
from pilotage.reports.replay import replay_of
from pilotage.reports.script import script_of
from pilotage.reports.story import Believe, story_of
from pilotage.reports.subject import Subject
from pilotage.sessions.convergence import Advise
from pilotage.sessions.ports import Ports

ENDINGS = {"png": ".png", "embeddings": ".safetensors", "script": ".py", "replay": ".json"}


def check_kind(kind: str) -> None:
    """Refuse what cannot be taken away.

    Raises:
        InvalidInputError: another word than png, embeddings, script or replay.
    """
    if kind not in ENDINGS:
        raise InvalidInputError(f"{kind!r} cannot be taken away", hint=f"One of: {', '.join(ENDINGS)}.", field="kind")


def file_name(session_id: str, kind: str) -> str:
    """What a file is called; the script looks for its embeddings under this name."""
    return f"{session_id}-{kind}{ENDINGS[kind]}"


def picture(ports: Ports, subject: Subject) -> Media:
    """The picture as a PNG with its recipe; its newest render at chosen steps and size, if there is one."""
    return with_recipe(Media(subject.artifact.media_type, ports.artifacts.get(subject.artifact.id)), subject)


def script(subject: Subject, info: ModelInfo) -> Media:
    """The diffusers script."""
    return Media("text/x-python", script_of(subject, info).encode())


def replay(ports: Ports, session_id: str, believe: Believe, advise: Advise) -> Media:
    """The replay document."""
    with ports.store.snapshot() as reader:
        record = record_of(reader, session_id)
    story = story_of(record, list(events_of(ports.store, record)), believe, advise)
    return Media("application/json", canonical_json(replay_of(record, story, exported_at=ports.clock())).encode())
