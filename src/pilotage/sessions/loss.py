"""What goes with sessions, and what stays because others show it too; read, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from pilotage.sessions.retention import UNDER_WAY
from pilotage.store import ArtifactRow, CandidateRow, JobRow, Reader, Row, SampleRow

R = TypeVar("R", bound=Row)
_CHUNK = 500  # values in one question to the database


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes with some sessions, and what stays because others show it.

    Attributes:
        own, shared: artifact -> its bytes.
        users: session that stays -> which of these artifacts it shows.
        jobs: how many are under way.
    """

    own: Mapping[str, int]
    shared: Mapping[str, int]
    users: Mapping[str, Set[str]]
    jobs: int


def loss_of(reader: Reader, session_ids: Set[str]) -> Loss:
    """What would go if these sessions did, all together."""
    samples = list(among(reader, SampleRow, "session_id", sorted(session_ids)))
    users = _other_users(reader, session_ids, samples)
    shared = {artifact for names in users.values() for artifact in names}
    jobs = list(among(reader, JobRow, "topic", sorted(session_ids)))
    files = {str((job.result or {}).get("artifact", "")) for job in jobs} - {""}
    all_of = {sample.artifact for sample in samples if sample.artifact} | files
    sizes = {row.id: row.size for row in among(reader, ArtifactRow, "id", sorted(all_of)) if row.cleaned_at is None}
    return Loss(
        own={name: size for name, size in sizes.items() if name not in shared},
        shared={name: size for name, size in sizes.items() if name in shared},
        users=users, jobs=sum(job.state in UNDER_WAY for job in jobs),
    )  # fmt: skip


def carriers(reader: Reader, session_ids: Set[str], samples: Sequence[SampleRow]) -> list[CandidateRow]:
    """Candidates of other sessions that show these samples, newest session first."""
    rows = among(reader, CandidateRow, "sample_id", [sample.id for sample in samples])
    others = (row for row in rows if row.session_id not in session_ids)
    return sorted(others, key=lambda row: row.created_at, reverse=True)


def _other_users(reader: Reader, session_ids: Set[str], samples: Sequence[SampleRow]) -> Mapping[str, set[str]]:
    """Session id -> which of these artifacts it shows too, as a branch or because it made the same bytes."""
    artifacts = {sample.id: sample.artifact for sample in samples if sample.artifact}
    users: dict[str, set[str]] = {}
    for row in carriers(reader, session_ids, samples):
        if name := artifacts.get(row.sample_id or ""):
            users.setdefault(row.session_id, set()).add(name)
    for sample in among(reader, SampleRow, "artifact", sorted(set(artifacts.values()))):
        if sample.session_id not in session_ids and sample.artifact:
            users.setdefault(sample.session_id or "", set()).add(sample.artifact)
    return users


def among(reader: Reader, kind: type[R], field: str, values: Sequence[str]) -> Iterator[R]:
    """The rows whose `field` is one of many values."""
    for start in range(0, len(values), _CHUNK):
        yield from reader.list(kind, where={field: tuple(values[start : start + _CHUNK])})
