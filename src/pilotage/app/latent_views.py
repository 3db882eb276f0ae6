"""What page, terminal and library see of the latent lab."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from pilotage.app.latent_choices import KnobDifference
from pilotage.store import LatentRunRow

Json = dict[str, Any]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LatentRunView(_View):
    """A run in a list. `seq` is the number of its newest event, `metrics` those of its last epoch."""

    id: str
    created_at: datetime
    kind: str
    data: str
    state: str
    epoch: int | None
    epochs: int
    metrics: Json
    error: Json | None
    parent_id: str | None
    job_id: str | None
    seq: int
    finished_at: datetime | None

    @classmethod
    def of(cls, row: LatentRunRow) -> LatentRunView:
        """Of a row."""
        return cls(**{name: getattr(row, name) for name in LatentRunView.model_fields})


class LatentRunDetail(LatentRunView):
    """A run with all that it was asked for and all that it has made.

    `artifacts` holds path, sha256, bytes, schema and epoch of each file that was told of; `checkpoints` the epochs that
    the network lab can be asked about.
    """

    config: Json
    resumed: int
    differences: tuple[KnobDifference, ...]
    artifacts: list[Json]
    checkpoints: tuple[int, ...]


class LatentDeletion(_View):
    """What a deletion takes, or took."""

    run_id: str
    files: int
    bytes: int
    deleted: bool


class LatentEvent(_View):
    """A line of a run's log; `seq` is its number."""

    seq: int
    ts: datetime
    type: str
    v: int
    data: Json
