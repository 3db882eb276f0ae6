"""The OpenAPI document: problems as problems, and what goes through the event stream described beside the routes."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from pilotage.api.problems import MEDIA_TYPE
from pilotage.api.wire import INLINE
from pilotage.elicitation import KINDS
from pilotage.jobs.base import JobChanged
from pilotage.records import Event, Payload
from pilotage.sessions import events as told
from pilotage.spaces import Axis

Json = dict[str, Any]
TEMPLATE = "#/components/schemas/{model}"
KEY_HEADER = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request is done once, and answered the same again.",
}  # fmt: skip


class LiveFrame(BaseModel):
    """A frame of the work in progress, `event: live`.

    `previews` are [row, media type, base64] of what is new; rows without one keep the preview that they have.
    The phase `ended` is a job's last.
    """

    model_config = ConfigDict(extra="allow")

    topic: str
    job_id: str
    phase: str
    done: int
    total: int
    previews: list[tuple[int, str, str]]


_PAYLOADS: tuple[type[Payload], ...] = (
    told.SessionCreated,
    told.SpaceBuilt,
    told.RoundRequested,
    told.RoundProposed,
    told.RoundShown,
    told.RoundFailed,
    told.AnswerRecorded,
    told.RunFinished,
    told.SessionFinished,
    told.SessionReopened,
    JobChanged,
)
_BESIDE: tuple[type[BaseModel], ...] = (Event, LiveFrame, *KINDS.values(), Axis, *_PAYLOADS)


def describe(app: FastAPI) -> Json:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, routes=app.routes, separate_input_output_schemas=True,
            description="Steer generative models by choosing. Every fault is a problem (RFC 9457) with a stable code.",
        )  # fmt: skip
        _, beside = models_json_schema([(model, "serialization") for model in _BESIDE], ref_template=TEMPLATE)
        schemas = document["components"]["schemas"]
        for name, schema in beside["$defs"].items():
            schemas.setdefault(name, schema)
        for path in document["paths"].values():
            for method, operation in path.items():
                _finish(method, operation)
                _name_inputs(operation, schemas)
        for schema in list(schemas.values()):
            _name_inputs(schema.get("properties", {}), schemas)
        _require_all(document)
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        app.openapi_schema = document
    return app.openapi_schema


def _finish(method: str, operation: Json) -> None:
    fault = operation["responses"].get("default", {}).get("content", {})
    if "application/json" in fault:
        fault[MEDIA_TYPE] = fault.pop("application/json")
    if method == "post":
        operation.setdefault("parameters", []).append(KEY_HEADER)


def _name_inputs(node: Any, schemas: Json) -> None:
    """Give what stands inline for a body that the lab checks (`DescribedBy`) a name of its own."""
    for key, part in _parts(node):
        if isinstance(part, dict) and INLINE in part:
            name = part.pop(INLINE)
            node[key] = {"$ref": TEMPLATE.format(model=name)}
            schemas[name] = {**part, "title": name}
            _name_inputs(schemas[name], schemas)
        else:
            _name_inputs(part, schemas)


def _require_all(document: Json) -> None:
    """What we answer always has all its keys, defaults too; what we take may leave those out."""
    schemas = document["components"]["schemas"]
    taken: set[str] = set()
    bodies = [op.get("requestBody", {}) for path in document["paths"].values() for op in path.values()]
    waiting = [name for body in bodies for name in _references(body)]
    while waiting:
        name = waiting.pop()
        if name not in taken:
            taken.add(name)
            waiting.extend(_references(schemas[name]))
    for name, schema in schemas.items():
        if name not in taken and "properties" in schema:
            schema["required"] = list(schema["properties"])


def _references(node: Any) -> list[str]:
    own = [part.rsplit("/", 1)[-1] for key, part in _parts(node) if key == "$ref"]
    return [*own, *(name for _, part in _parts(node) for name in _references(part))]


def _parts(node: Any) -> list[tuple[Any, Any]]:
    if isinstance(node, dict):
        return list(node.items())
    return list(enumerate(node)) if isinstance(node, list) else []
