"""Rows and events, kept: in memory for a script, in a database for the app."""

from pilotage.store.base import Cursor, Reader, Store, Transaction, cursor
from pilotage.store.memory import MemoryStore
from pilotage.store.rows import (
    ROWS,
    AnswerRow,
    ArtifactRow,
    CandidateRow,
    JobRow,
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
    "CandidateRow",
    "Cursor",
    "JobRow",
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
