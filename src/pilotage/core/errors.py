"""The error tree: few, named, each with a stable code and a way out."""

from __future__ import annotations

from typing import ClassVar


class PilotageError(Exception):
    """Base of every error that the lab raises on purpose: catch this, not Exception.

    Attributes:
        code: stable identifier; clients and tests match on it.
        hint: what to do next, one sentence; empty when there is nothing to say.
        field: dotted path of the input at fault (`request.width`); empty when no input is.
        facts: whatever else a program may want to read.
    """

    code: ClassVar[str] = "lab_error"

    def __init__(self, message: str, *, hint: str = "", field: str = "", **facts: object) -> None:
        super().__init__(message)
        self.hint, self.field, self.facts = hint, field, facts


class InvalidInputError(PilotageError):
    """An input is missing, malformed or out of range; nothing was done."""

    code = "invalid_input"


class ShapeError(InvalidInputError):
    """An array has another shape than the contract says."""

    code = "shape"


class NotFoundError(PilotageError):
    """No such session, round, candidate, run, job, artifact or model."""

    code = "not_found"


class CleanedError(NotFoundError):
    """The bytes were here and were cleaned away; `run_id` names the run that makes them again."""

    code = "cleaned"


class ConflictError(PilotageError):
    """The act does not fit the present state; what is stored stays as it is."""

    code = "conflict"


class RoundClosedError(ConflictError):
    """An answer came for a round that has its verdict, or that another round has replaced."""

    code = "round_closed"


class RoundOpenError(ConflictError):
    """A new round was asked for while one still waits for its answer."""

    code = "round_open"


class SessionClosedError(ConflictError):
    """The session is completed; reopen it to go on."""

    code = "session_closed"


class SessionPausedError(ConflictError):
    """The session is paused; resume it to go on."""

    code = "session_paused"


class SessionReadOnlyError(ConflictError):
    """The session was imported: it can be read, replayed and branched from, not changed."""

    code = "session_read_only"


class SessionDeletedError(ConflictError):
    """The session lies in the trash; restore it to go on."""

    code = "session_deleted"


class NothingToUndoError(ConflictError):
    """There is no answer that could be taken back."""

    code = "nothing_to_undo"


class UnsupportedInputError(InvalidInputError):
    """The model does not take this input, or lacks one that it needs."""

    code = "unsupported_input"


class ModelUnavailableError(PilotageError):
    """The model cannot be loaded: folder missing or broken, package or device absent."""

    code = "model_unavailable"


class UnsafeModelError(ModelUnavailableError):
    """The checkpoint's format can run code when it is read (pickle)."""

    code = "unsafe_model"


class GenerationError(PilotageError):
    """The model failed while it generated."""

    code = "generation_failed"


class TrainingError(PilotageError):
    """A training came to a number that is none; what it had saved before is safe, and says how far it was well."""

    code = "training_failed"


class OutOfMemoryError(GenerationError):
    """The memory does not hold what was asked for, not even one picture at a time."""

    code = "out_of_memory"


class JobCancelledError(PilotageError):
    """The job was cancelled; its partial work is discarded."""

    code = "cancelled"


class QueueFullError(PilotageError):
    """So many jobs wait that no further one is taken; nothing was done."""

    code = "queue_full"


class ThrottledError(PilotageError):
    """Too much work of minutes was begun by one client within a while; nothing was done."""

    code = "throttled"


class JobLostError(PilotageError):
    """The worker was silent for too long and its job went to another; nothing more is written in its name."""

    code = "job_lost"


class CallInterruptedError(PilotageError):
    """Who was answering ended in the midst of it; what was kept of the answer so far stays."""

    code = "interrupted"


class WorkerAwayError(PilotageError):
    """No worker is there to answer, and none came within a while; nothing was done."""

    code = "worker_away"


class StorageError(PilotageError):
    """The store or the artifact folder refused a write; what was acknowledged before is safe."""

    code = "storage"
