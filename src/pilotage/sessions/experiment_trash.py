"""Deleting an experiment, alone or with its sessions: a week in the trash, then for good."""

from __future__ import annotations

from collections.abc import Sequence

from pilotage.jobs import JobEngine
from pilotage.sessions.deletion import ExperimentDeletion, experiment_deletion
from pilotage.sessions.events import SessionAssigned
from pilotage.sessions.ports import Ports
from pilotage.sessions.retention import TRASH_KEPT, gone_with
from pilotage.sessions.retention_events import ExperimentDeleted, ExperimentPurged, ExperimentRestored
from pilotage.sessions.trash_marks import cancel_jobs, put_aside, stretches, take_back
from pilotage.store import ExperimentRow, Reader, SessionRow


def delete_experiment(
    ports: Ports, engine: JobEngine, experiment_id: str, *, with_sessions: bool = False
) -> ExperimentDeletion:
    """Put an experiment into the trash; deleted twice, it is one deletion, the first.

    Without its sessions these stay as they are, and stay assigned, so that a restored experiment has them again.

    Raises:
        NotFoundError: no such experiment.
    """
    with ports.store.transaction() as tx:
        row = tx.get(ExperimentRow, experiment_id)
        going = tx.list(SessionRow, where=_living(experiment_id)) if with_sessions and not row.deleted_at else ()
        if row.deleted_at is None:
            now = ports.clock()
            tx.put(row.model_copy(update={"deleted_at": now}))
            for session in going:
                put_aside(ports, tx, session, now)
            ids = [session.id for session in going]
            told = ExperimentDeleted(experiment_id=experiment_id, session_ids=ids, final_at=now + TRASH_KEPT)
            ports.tell(tx, experiment_id, told)
    for session in going:
        cancel_jobs(ports.store, engine, session.id)
    return experiment_deletion(ports.store, experiment_id)


def restore_experiment(ports: Ports, experiment_id: str) -> ExperimentRow:
    """Take an experiment out of the trash, with the sessions that went with it.

    Raises:
        NotFoundError: no such experiment; after its week it is gone.
    """
    with ports.store.transaction() as tx:
        row = tx.get(ExperimentRow, experiment_id)
        if row.deleted_at is not None:
            back = gone_with(row, tx.list(SessionRow, where={"experiment_id": experiment_id}))
            for session in back:
                take_back(ports, tx, session)
            tx.put(row := row.model_copy(update={"deleted_at": None}))
            told = ExperimentRestored(experiment_id=experiment_id, session_ids=[session.id for session in back])
            ports.tell(tx, experiment_id, told)
    return row


def experiments_in_trash(reader: Reader) -> Sequence[ExperimentRow]:
    """The experiments in the trash, the one that was deleted last first."""
    deleted = [row for row in reader.list(ExperimentRow) if row.deleted_at is not None]
    return sorted(deleted, key=lambda row: (row.deleted_at, row.id), reverse=True)


def purge_experiments(ports: Ports, *, all_now: bool = False) -> list[str]:
    """Remove for good the experiments whose week is over, or all in the trash; sessions that are left have none."""
    gone = []
    for due in experiments_in_trash(ports.store):
        with ports.store.transaction() as tx:
            row = tx.find(ExperimentRow, due.id)
            if row is None or row.deleted_at is None or not (all_now or ports.clock() - row.deleted_at >= TRASH_KEPT):
                continue
            for session in tx.list(SessionRow, where={"experiment_id": row.id}):
                tx.put(session.model_copy(update={"experiment_id": None}))
                ports.tell(tx, session.id, SessionAssigned(session_id=session.id, experiment_id=None))
            told = ExperimentPurged(experiment_id=row.id, seqs=stretches(ports.store, row.id))
            tombstone = ports.tell(tx, row.id, told)
            tx.remove(ExperimentRow, {"id": row.id})
            tx.forget(row.id, before=tombstone.seq)
            gone.append(row.id)
    return gone


def _living(experiment_id: str) -> dict[str, str | None]:
    return {"experiment_id": experiment_id, "deleted_at": None}
