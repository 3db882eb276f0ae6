"""No address is reached without the token: every route is walked, and one that is added later is guarded too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute

from pilotage.api.app import create_app
from pilotage.api.guard import Guard
from pilotage.api.observe import Observe
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 8360
TOKEN = "t" * 40
HEADERS = [("host", f"127.0.0.1:{PORT}"), ("content-type", "application/json"), ("sec-fetch-site", "same-origin")]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
ELSEWHERE = ("/", "/index.html", "/assets/app.js", "/docs/start.js", "/nowhere", "/api/nowhere", "/login", "/metrics")
Ask = Callable[..., Any]


@pytest.fixture
def guarded(lab: Lab) -> FastAPI:
    """The app as other computers would meet it."""
    return create_app(lab, Settings(host="0.0.0.0", token=TOKEN), port=PORT)


def walk(routes: list[BaseRoute], above: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """(an address, its methods) of each route, and of those of each mounted app."""
    for route in routes:
        if isinstance(route, Mount):
            yield f"{above}{route.path}/", frozenset(METHODS)
            yield from walk(list(route.routes), above + route.path)
        elif isinstance(route, Host | WebSocketRoute):
            raise AssertionError(f"the walk does not know how to ask for {route}")
        elif isinstance(route, Route) or hasattr(route, "path"):
            yield above + concrete(str(route.path)), frozenset(getattr(route, "methods", None) or METHODS)
        else:
            yield from walk(list(included(route)), above)


def included(route: BaseRoute) -> list[BaseRoute]:
    """The routes of a router that was included as a whole."""
    inner = getattr(route, "original_router", None) or getattr(route, "router", None)
    assert inner is not None, f"the walk does not know {route!r}"
    return list(inner.routes)


def concrete(path: str) -> str:
    return path.replace("{", "").replace("}", "").replace(":path", "")


def open_addresses(app: FastAPI, ask: Ask) -> list[tuple[str, str, int]]:
    """Every request without the token that is answered with anything but a demand for it."""
    addresses = {path: methods for path, methods in walk(app.routes)}
    asked = [(method, path) for path, methods in addresses.items() for method in {*methods, "GET", "POST"}]
    asked += [(method, path) for path in ELSEWHERE for method in METHODS]
    replies = [(method, path, ask(app, method, path, HEADERS, b"{}")) for method, path in asked]
    assert all(TOKEN.encode() not in reply.body for _, _, reply in replies)
    return [(method, path, reply.status) for method, path, reply in replies if reply.status != 401]


def test_every_route_asks_for_the_token(guarded: FastAPI, ask: Ask) -> None:
    paths = [path for path, _ in walk(guarded.routes)]
    described = {concrete(path) for path in guarded.openapi()["paths"]}
    assert described < set(paths), "the walk misses a route"
    assert {"/openapi.json", "/docs", "/api/events", "/path"} <= set(paths)
    assert open_addresses(guarded, ask) == []


def test_a_route_that_is_added_later_asks_for_it_too(guarded: FastAPI, ask: Ask) -> None:
    reached: list[str] = []

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    guarded.add_api_route("/api/new", lambda: reached.append("new"), methods=["GET", "DELETE"])
    guarded.mount("/mounted", bare)
    guarded.router.routes.insert(0, guarded.router.routes.pop())
    assert "/mounted/" in [path for path, _ in walk(guarded.routes)]
    assert open_addresses(guarded, ask) == []
    assert reached == []


def test_the_walk_sees_an_open_door(lab: Lab, ask: Ask) -> None:
    assert len(open_addresses(create_app(lab, Settings(), port=PORT), ask)) > 30


def test_nothing_stands_before_the_guard_but_what_writes_the_log(guarded: FastAPI) -> None:
    assert [layer.cls for layer in guarded.user_middleware][:2] == [Observe, Guard]
