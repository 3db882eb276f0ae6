"""What deleting a session or an experiment takes, as it is told before and after."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from pilotage.sessions.loss import loss_of
from pilotage.sessions.retention import TRASH_KEPT, gone_with
from pilotage.sessions.views import View
from pilotage.store import ExperimentRow, Reader, SessionRow


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
    loss = loss_of(reader, {session_id})
    experiment = reader.find(ExperimentRow, session.experiment_id or "")
    return Deletion(
        session_id=session.id, name=session.name, rounds=session.rounds, answers=session.answers,
        pictures=len(loss.own), bytes=sum(loss.own.values()),
        shared_pictures=len(loss.shared), shared_bytes=sum(loss.shared.values()),
        shared_by=_shared_by(reader, session_id, loss.users), experiment=experiment.name if experiment else None,
        jobs=loss.jobs, deleted_at=session.deleted_at,
        final_at=_final(session.deleted_at),
    )  # fmt: skip


def _shared_by(reader: Reader, session_id: str, users: Mapping[str, Set[str]]) -> list[SharedBy]:
    branches = {row.id for row in reader.list(SessionRow, where={"parent_id": session_id})}
    rows = reader.list(SessionRow, where={"id": tuple(branches | users.keys())})
    return [
        SharedBy(id=row.id, name=row.name, is_branch=row.id in branches, pictures=len(users.get(row.id, ())))
        for row in rows
    ]


class ExperimentDeletion(View):
    """What deleting an experiment takes and leaves.

    Attributes:
        sessions: those that go with it, or have gone; the others stay, and stay assigned until it is gone for good.
        staying: how many stay.
        rounds, answers, pictures, bytes, shared_pictures, shared_bytes, jobs: of the sessions that go, together.
        deleted_at, final_at: as in a session's deletion.
    """

    experiment_id: str
    name: str
    sessions: list[str]
    staying: int
    rounds: int
    answers: int
    pictures: int
    bytes: int
    shared_pictures: int
    shared_bytes: int
    jobs: int
    deleted_at: datetime | None
    final_at: datetime | None


def experiment_deletion(reader: Reader, experiment_id: str, *, with_sessions: bool = False) -> ExperimentDeletion:
    """What deleting an experiment would take, or has taken: then `with_sessions` says nothing.

    Raises:
        NotFoundError: no such experiment.
    """
    row = reader.get(ExperimentRow, experiment_id)
    members = reader.list(SessionRow, where={"experiment_id": experiment_id})
    going = (
        gone_with(row, members) if row.deleted_at else [one for one in members if with_sessions and not one.deleted_at]
    )
    loss = loss_of(reader, {one.id for one in going})
    return ExperimentDeletion(
        experiment_id=row.id, name=row.name, sessions=[one.id for one in going],
        staying=sum(one.deleted_at is None for one in members) - (0 if row.deleted_at else len(going)),
        rounds=sum(one.rounds for one in going), answers=sum(one.answers for one in going),
        pictures=len(loss.own), bytes=sum(loss.own.values()),
        shared_pictures=len(loss.shared), shared_bytes=sum(loss.shared.values()), jobs=loss.jobs,
        deleted_at=row.deleted_at, final_at=_final(row.deleted_at),
    )  # fmt: skip


def _final(deleted_at: datetime | None) -> datetime | None:
    return None if deleted_at is None else deleted_at + TRASH_KEPT
