"""Faults under `/v1`: a problem like any other, with the part beside it that OpenAI's clients read."""

from __future__ import annotations

import json

from pilotage.api.problems import Problem

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def told(problem: Problem, path: str) -> tuple[int, bytes]:
    """Status and body of a fault at an address.

    OpenAI says 400 where we say 422; the code stays ours, so that one can look it up.

    Source: https://platform.openai.com/docs/guides/error-codes
    """
    if not path.startswith("/v1/"):
        return problem.status, problem.model_dump_json().encode()
    status = 400 if problem.status == 422 else problem.status
    return status, json.dumps({**problem.model_dump(mode="json"), "status": status, **body(problem)}).encode()


def body(problem: Problem) -> dict[str, dict[str, str | None]]:
    """The part that OpenAI's clients read."""
    kind = "invalid_request_error" if problem.kind == "input" else "server_error"
    message = f"{problem.detail} {problem.hint}".strip()
    return {
        "error": {
            "message": message, "type": _TYPES.get(problem.status, kind), "param": problem.field or None,
            "code": problem.code,
        }
    }  # fmt: skip
