"""Rows and events, kept: in memory for a script, in a database for the app."""

from pilotage.store.base import Cursor, Reader, Store, Transaction, cursor
from pilotage.store.memory import MemoryStore
from pilotage.store.rows import (
    ROWS,
    AnswerRow,
    ArtifactRow,
    CalibrationRow,
    CandidateRow,
    ExperimentRow,
    JobRow,
    MarkRow,
    RequestRow,
    RoundRow,
    Row,
    RunRow,
    SampleRow,
    SessionRow,
    WorkerRow,
)

__all__ = [
    "ROWS",
    "AnswerRow",
    "ArtifactRow",
    "CalibrationRow",
    "CandidateRow",
    "Cursor",
    "ExperimentRow",
    "JobRow",
    "MarkRow",
    "MemoryStore",
    "Reader",
    "RequestRow",
    "RoundRow",
    "Row",
    "RunRow",
    "SampleRow",
    "SessionRow",
    "Store",
    "Transaction",
    "WorkerRow",
    "cursor",
]
