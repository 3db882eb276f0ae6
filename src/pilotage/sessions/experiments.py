"""Experiments: named groups of sessions that are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import ConflictError
from pilotage.core.ids import new_id
from pilotage.sessions.config import Name
from pilotage.sessions.events import ExperimentChanged, SessionAssigned
from pilotage.sessions.ports import Ports
from pilotage.sessions.rounds import writable
from pilotage.store import ExperimentRow, Reader, SessionRow, Transaction


class ExperimentText(BaseModel):
    """What a person says of an experiment; `config` holds the settings that its sessions start with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = Field(min_length=1)
    description: str = Field("", max_length=10_000)
    config: dict[str, Any] = Field(default_factory=dict)


def create_experiment(ports: Ports, text: ExperimentText) -> ExperimentRow:
    """A new experiment, without sessions."""
    now = ports.clock()
    row = ExperimentRow(id=new_id("exp"), created_at=now, updated_at=now, **text.model_dump())
    with ports.store.transaction() as tx:
        return _write(ports, tx, row)


def change_experiment(ports: Ports, experiment_id: str, changes: Mapping[str, Any]) -> ExperimentRow:
    """Rename or describe an experiment; sessions that it has stay as they are.

    Raises:
        NotFoundError: no such experiment.
        ConflictError: it is in the trash.
    """
    with ports.store.transaction() as tx:
        known = _living(tx, experiment_id)
        text = ExperimentText.model_validate({**known.model_dump(include=set(ExperimentText.model_fields)), **changes})
        return _write(ports, tx, known.model_copy(update={**text.model_dump(), "updated_at": ports.clock()}))


def assign(ports: Ports, session_id: str, experiment_id: str | None) -> SessionRow:
    """Put a session into an experiment, or (None) take it out of its own.

    Raises:
        NotFoundError: no such session or experiment.
        ConflictError: the experiment is in the trash.
    """
    with ports.store.transaction() as tx:
        session = writable(tx, session_id)
        if experiment_id is not None:
            _living(tx, experiment_id)
        if session.experiment_id != experiment_id:
            tx.put(session := session.model_copy(update={"experiment_id": experiment_id}))
            ports.tell(tx, session_id, SessionAssigned(session_id=session_id, experiment_id=experiment_id))
    return session


def _living(reader: Reader, experiment_id: str) -> ExperimentRow:
    row = reader.get(ExperimentRow, experiment_id)
    if row.deleted_at is not None:
        raise ConflictError(f"experiment {row.name!r} is in the trash", hint="Restore it first.", field="experiment_id")
    return row


def _write(ports: Ports, tx: Transaction, row: ExperimentRow) -> ExperimentRow:
    tx.put(row)
    ports.tell(tx, row.id, ExperimentChanged(experiment_id=row.id, name=row.name, config=row.config))
    return row
