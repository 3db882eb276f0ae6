"""What deleting a session takes, and what stays because others show it too; read, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pilotage.sessions.retention import TRASH_KEPT, UNDER_WAY
from pilotage.sessions.views import View
from pilotage.store import (
    ArtifactRow,
    CandidateRow,
    ExperimentRow,
    JobRow,
    Reader,
    Row,
    SampleRow,
    SessionRow,
)

R = TypeVar("R", bound=Row)
_CHUNK = 500  # values in one question to the database


class SharedBy(View):
    """Another session that the deletion touches: a branch, or one that shows the same pictures."""

    id: str
    name: str
    is_branch: bool
    pictures: int


class Deletion(View):
    """What deleting a session takes and leaves.

    Attributes:
        pictures, bytes: what goes for good after the week.
        shared_pictures, shared_bytes: what stays, because `shared_by` show it.
        jobs: those under way, which are cancelled.
        deleted_at, final_at: since when it is in the trash, and until when it can be restored; None before.
    """

    session_id: str
    name: str
    rounds: int
    answers: int
    pictures: int
    bytes: int
    shared_pictures: int
    shared_bytes: int
    shared_by: list[SharedBy]
    experiment: str | None
    jobs: int
    deleted_at: datetime | None
    final_at: datetime | None


def deletion(reader: Reader, session_id: str) -> Deletion:
    """What deleting a session would take, or has taken.

    Raises:
        NotFoundError: no such session.
    """
    session = reader.get(SessionRow, session_id)
    samples = reader.list(SampleRow, where={"session_id": session_id})
    users = _other_users(reader, session_id, samples)
    shared = {artifact for names in users.values() for artifact in names}
    jobs = reader.list(JobRow, where={"topic": session_id})
    files = {str((job.result or {}).get("artifact", "")) for job in jobs} - {""}
    own = {sample.artifact for sample in samples if sample.artifact} | files
    sizes = {row.id: row.size for row in among(reader, ArtifactRow, "id", sorted(own)) if row.cleaned_at is None}
    experiment = reader.find(ExperimentRow, session.experiment_id or "")
    return Deletion(
        session_id=session.id, name=session.name, rounds=session.rounds, answers=session.answers,
        pictures=len(sizes.keys() - shared), bytes=sum(sizes[name] for name in sizes.keys() - shared),
        shared_pictures=len(sizes.keys() & shared), shared_bytes=sum(sizes[name] for name in sizes.keys() & shared),
        shared_by=_shared_by(reader, session_id, users), experiment=experiment.name if experiment else None,
        jobs=sum(job.state in UNDER_WAY for job in jobs), deleted_at=session.deleted_at,
        final_at=session.deleted_at + TRASH_KEPT if session.deleted_at else None,
    )  # fmt: skip


def carriers(reader: Reader, session_id: str, samples: Sequence[SampleRow]) -> list[CandidateRow]:
    """Candidates of other sessions that show these samples, newest session first."""
    rows = among(reader, CandidateRow, "sample_id", [sample.id for sample in samples])
    return sorted((row for row in rows if row.session_id != session_id), key=lambda row: row.created_at, reverse=True)


def _other_users(reader: Reader, session_id: str, samples: Sequence[SampleRow]) -> Mapping[str, set[str]]:
    """Session id -> which of these artifacts it shows too, as a branch or because it made the same bytes."""
    artifacts = {sample.id: sample.artifact for sample in samples if sample.artifact}
    users: dict[str, set[str]] = {}
    for row in carriers(reader, session_id, samples):
        if name := artifacts.get(row.sample_id or ""):
            users.setdefault(row.session_id, set()).add(name)
    for sample in among(reader, SampleRow, "artifact", sorted(set(artifacts.values()))):
        if sample.session_id != session_id and sample.artifact:
            users.setdefault(sample.session_id or "", set()).add(sample.artifact)
    return users


def _shared_by(reader: Reader, session_id: str, users: Mapping[str, set[str]]) -> list[SharedBy]:
    branches = {row.id for row in reader.list(SessionRow, where={"parent_id": session_id})}
    rows = reader.list(SessionRow, where={"id": tuple(branches | users.keys())})
    return [
        SharedBy(id=row.id, name=row.name, is_branch=row.id in branches, pictures=len(users.get(row.id, ())))
        for row in rows
    ]


def among(reader: Reader, kind: type[R], field: str, values: Sequence[str]) -> Iterator[R]:
    """The rows whose `field` is one of many values."""
    for start in range(0, len(values), _CHUNK):
        yield from reader.list(kind, where={field: tuple(values[start : start + _CHUNK])})
