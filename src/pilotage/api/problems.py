"""Problems (RFC 9457): the one table from error codes to statuses, and what a client reads of a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pilotage.core.errors import PilotageError, StorageError, ThrottledError

Kind = Literal["input", "passing", "device", "bug"]
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, what is safe, what to do.

    Attributes:
        kind: input (yours to change), passing (try again), device (this computer or its models), bug (ours).
        field: dotted path of the input at fault; empty when no input is.
        request_id: names this request in the log; what to report of a bug.
        retry_after: seconds after which a passing fault is worth another try.
    """

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    kind: Kind
    hint: str = ""
    field: str = ""
    request_id: str = ""
    retry_after: float | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a code is told over HTTP."""

    status: int
    kind: Kind
    title: str
    retry_after: float | None = None


MEANINGS: Mapping[str, Meaning] = {
    # the lab's own errors
    "lab_error": Meaning(500, "bug", "The lab failed"),
    "invalid_input": Meaning(422, "input", "Something in the request can't be used"),
    "shape": Meaning(422, "input", "A list of numbers has another length than needed"),
    "unsupported_input": Meaning(422, "input", "The model doesn't take this"),
    "not_found": Meaning(404, "input", "There is no such thing here"),
    "cleaned": Meaning(410, "input", "This was cleaned away and can be rendered again"),
    "conflict": Meaning(409, "input", "That doesn't fit the present state"),
    "round_closed": Meaning(409, "input", "This round takes no answer any more"),
    "round_open": Meaning(409, "input", "A round waits for your answer"),
    "session_closed": Meaning(409, "input", "The session is completed"),
    "session_paused": Meaning(409, "input", "The session is paused"),
    "session_read_only": Meaning(409, "input", "The session is read only"),
    "session_deleted": Meaning(409, "input", "The session is in the trash"),
    "nothing_to_undo": Meaning(409, "input", "There is nothing to undo"),
    "model_unavailable": Meaning(422, "device", "The model can't be loaded"),
    "unsafe_model": Meaning(422, "input", "The checkpoint could run code when it is read"),
    "generation_failed": Meaning(500, "device", "The model failed while it worked"),
    "training_failed": Meaning(422, "input", "The training ran off into numbers that are none"),
    "out_of_memory": Meaning(507, "device", "The memory is too small for this"),
    "queue_full": Meaning(429, "passing", "The queue is full", retry_after=5),
    "throttled": Meaning(429, "passing", "Too much was begun at once", retry_after=30),
    "cancelled": Meaning(409, "input", "The job was cancelled"),
    "job_lost": Meaning(409, "device", "Another worker has the job now"),
    "interrupted": Meaning(503, "passing", "The worker ended in the midst of it", retry_after=2),
    "worker_away": Meaning(503, "passing", "No worker is there", retry_after=5),
    "storage": Meaning(507, "device", "The disk or the database refused a write"),
    # the door's own
    "malformed_json": Meaning(422, "input", "The body isn't JSON that can be used"),
    "unsupported_media_type": Meaning(415, "input", "The body must be JSON"),
    "body_too_large": Meaning(413, "input", "The body is too large"),
    "key_reused": Meaning(422, "input", "The idempotency key was used for another request"),
    "bad_host": Meaning(400, "input", "This app doesn't answer to that host name"),
    "foreign_origin": Meaning(403, "input", "The request comes from another site"),
    "token_required": Meaning(401, "input", "A token is needed"),
    "no_route": Meaning(404, "input", "There is no such address"),
    "method_not_allowed": Meaning(405, "input", "This address takes other methods"),
    "body_too_slow": Meaning(408, "passing", "The body came too slowly", retry_after=1),
    "busy": Meaning(503, "passing", "Busy for a moment", retry_after=1),
    "internal": Meaning(500, "bug", "A bug in Pilotage or in a plug-in"),
}


def meaning_of(error: PilotageError) -> Meaning:
    """The row of the error's code; a plug-in's error is told as its nearest known ancestor."""
    codes = [str(getattr(kind, "code", "")) for kind in type(error).__mro__]
    return next(MEANINGS[code] for code in codes if code in MEANINGS)


def problem_of(error: Exception, *, request_id: str = "") -> Problem:
    """What a client reads of an error; of a bug it is the request id, never the traceback."""
    if _is_passing(error):
        return problem(
            "busy", "The database is busy with another write.", request_id=request_id,
            hint="Nothing was lost; try again.",
        )  # fmt: skip
    if isinstance(error, PilotageError):
        meaning = meaning_of(error)
        return problem(
            error.code, str(error), meaning=meaning, hint=error.hint, field=error.field, request_id=request_id,
            facts=_plain(error.facts), **_when(error),
        )  # fmt: skip
    return problem(
        "internal", "Something failed that should not. What was stored before is safe.", request_id=request_id,
        hint=f"Report it with this request id: {request_id}. The log in the home folder has the details.",
    )  # fmt: skip


def problem(code: str, detail: str, *, meaning: Meaning | None = None, **known: Any) -> Problem:
    """A problem of `code`, by the table."""
    row = meaning or MEANINGS[code]
    return Problem(
        type=f"urn:pilotage:problem:{code}", title=row.title, status=row.status, kind=row.kind, code=code,
        detail=detail, **{"retry_after": row.retry_after, **known},
    )  # fmt: skip


def _is_passing(error: Exception) -> bool:
    """Whether the same request may succeed a moment later: the database is locked by another process."""
    return isinstance(error, StorageError) and "locked" in str(error)


def _when(error: PilotageError) -> dict[str, Any]:
    """When another try is worth it, where the error knows that better than its code."""
    known = isinstance(error, ThrottledError) and "seconds" in error.facts
    return {"retry_after": error.facts["seconds"]} if known else {}


def _plain(facts: Mapping[str, object]) -> dict[str, Any]:
    simple = (str, int, float, bool, type(None), list, dict)
    return {name: value for name, value in facts.items() if isinstance(value, simple)}
