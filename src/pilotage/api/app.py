"""The app: routes, the one stack of middlewares, and every fault as a problem."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from pilotage import __version__
from pilotage.api.bodies import BodyGate
from pilotage.api.events import Feed, LiveSource
from pilotage.api.guard import Guard, policy_for
from pilotage.api.idempotency import Idempotency
from pilotage.api.observe import Observe
from pilotage.api.once import kept_once
from pilotage.api.openai_errors import told as told_at
from pilotage.api.openapi import describe
from pilotage.api.pages import router as pages
from pilotage.api.problems import MEDIA_TYPE, Problem, problem, problem_of
from pilotage.api.routes import ROUTERS
from pilotage.api.throttle import Throttle
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.core.errors import PilotageError
from pilotage.core.faults import fault_of, in_words

_BY_STATUS = {
    404: "no_route", 405: "method_not_allowed", 408: "body_too_slow", 413: "body_too_large",
    415: "unsupported_media_type",
}  # fmt: skip


class _App(FastAPI):
    """FastAPI with a document of our own."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        return describe(self)


def create_app(lab: Lab, settings: Settings, *, port: int | None = None, live: LiveSource | None = None) -> FastAPI:
    """The app over a lab.

    Args:
        lab: what the routes call.
        settings: whom to listen to, and where things are kept.
        port: what the app really listens on, if the settings leave it open.
        live: the worker's live channel.

    Raises:
        InvalidInputError: the settings would let other computers in without a token.
    """
    policy = policy_for(settings, port if port is not None else settings.port)
    feed = Feed(lab.store, live)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(lab.sweep_messages)
        feed.start()
        yield
        await lab.desk.close()
        await feed.stop()

    app = _App(
        title="Pilotage", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False, strict_content_type=False,
        generate_unique_id_function=lambda route: route.name,
        responses={"default": {"model": Problem, "description": "A problem (RFC 9457)."}},
    )  # fmt: skip
    app.state.lab, app.state.settings, app.state.feed = lab, settings, feed
    app.state.throttle = Throttle()
    for router in (*ROUTERS, pages):
        app.include_router(kept_once(router))
    app.add_exception_handler(PilotageError, _fault)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Idempotency, store=lambda: lab.store)  # innermost first
    app.add_middleware(BodyGate)
    app.add_middleware(Guard, policy=policy)
    app.add_middleware(Observe)
    return app


def respond(request: Request, told: Problem) -> Response:
    """A problem as a response."""
    headers = {"Cache-Control": "no-store"}
    if told.retry_after is not None:
        headers["Retry-After"] = str(round(told.retry_after))
    known = told.model_copy(update={"request_id": request.state.request_id})
    status, body = told_at(known, request.url.path)
    return Response(body, status, headers, MEDIA_TYPE)


def _fault(request: Request, error: Exception) -> Response:
    return respond(request, problem_of(error, request_id=request.state.request_id))


def _unreadable(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [fault_of(fault["loc"][1:], fault["msg"]) for fault in found]
    first = faults[0] if faults else {"field": "", "message": "unreadable"}
    return respond(request, problem("invalid_input", in_words(first), field=first["field"], facts={"faults": faults}))


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = _BY_STATUS.get(status, "invalid_input" if status < 500 else "internal")
    told = problem(code, f"{request.method} {request.url.path}"[:300])
    return respond(request, told.model_copy(update={"status": status}))
