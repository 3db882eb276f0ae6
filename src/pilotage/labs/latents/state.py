"""What a run is and where it stands: `config.json`, and `summary.json`, which follows from the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import ConflictError
from pilotage.labs.latents.events import RunEvent

RunState = Literal["created", "running", "completed", "cancelled", "failed"]

_ENTERS: dict[str, tuple[RunState, frozenset[RunState]]] = {  # event -> the state that it begins, after which ones
    "run.started": ("running", frozenset({"created", "cancelled", "failed"})),  # the last two resume
    "run.completed": ("completed", frozenset({"running"})),
    "run.cancelled": ("cancelled", frozenset({"created", "running"})),
    "run.failed": ("failed", frozenset({"created", "running"})),
}


class RunConfig(BaseModel):
    """All that a run was asked for; written once.

    Attributes:
        run_id: the folder's name.
        training: the training's config, every field.
        data: the image set: at least its name and sha256.
        viz_indices: positions in the image set that maps and grids show, from the first epoch to the last.
        recording: what is written, and how often.
        parent: the run and epoch that this one goes on from, or was cloned of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    run_id: str
    created_at: datetime
    training: dict[str, Any]
    data: dict[str, Any]
    viz_indices: tuple[int, ...] = Field(max_length=1 << 20)
    recording: dict[str, Any] = Field(default_factory=dict)
    parent: dict[str, Any] | None = None


class RunSummary(BaseModel):
    """Where a run stands, as its log tells.

    Attributes:
        epoch: the last one whose metrics are known; None before the first.
        metrics: those of that epoch.
        error: code and message of what ended it; None unless it failed.
        resumed: how often it went on after an end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    run_id: str
    state: RunState = "created"
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    epoch: int | None = None
    metrics: dict[str, Any] = Field(default_factory=dict)
    error: dict[str, Any] | None = None
    resumed: int = 0

    def after(self, event: RunEvent) -> RunSummary:
        """The summary once `event` has happened.

        Raises:
            ConflictError: it can't happen in this state.
        """
        if event.type in _ENTERS:
            return self._entered(event)
        is_late = event.type == "run.created" and event.seq != 1
        if is_late or (event.type.startswith("train.") and self.state != "running"):
            raise ConflictError(f"{event.type} in a run that is {self.state}")
        if event.type != "train.metrics":
            return self
        return self.model_copy(update={"epoch": event.data.get("epoch"), "metrics": dict(event.data)})

    def _entered(self, event: RunEvent) -> RunSummary:
        state, befores = _ENTERS[event.type]
        if self.state not in befores:
            raise ConflictError(f"{event.type} in a run that is {self.state}")
        if state != "running":
            error = dict(event.data) if state == "failed" else None
            return self.model_copy(update={"state": state, "finished_at": event.ts, "error": error})
        again = {"started_at": self.started_at or event.ts, "resumed": self.resumed + (self.state != "created")}
        return self.model_copy(update={"state": state, "finished_at": None, "error": None, **again})


def summarise(config: RunConfig, events: Iterable[RunEvent]) -> RunSummary:
    """The summary that follows from a run's log.

    Raises:
        ConflictError: an event could not happen where it stands.
    """
    summary = RunSummary(run_id=config.run_id, created_at=config.created_at)
    for event in events:
        summary = summary.after(event)
    return summary
