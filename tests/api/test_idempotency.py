"""The same key: done once, answered the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
from starlette.testclient import TestClient

from pilotage.app.lab import Lab

if TYPE_CHECKING:
    from fastapi import FastAPI

CONFIG = {"model": "analytic", "request": {"prompt": "a disc"}}
KEY = {"Idempotency-Key": "click-1"}


def test_a_request_sent_twice_is_done_once(client: TestClient) -> None:
    first = client.post("/api/sessions", json=CONFIG, headers=KEY)
    again = client.post("/api/sessions", json=CONFIG, headers=KEY)
    assert again.json() == first.json()
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    assert again.headers["idempotency-replayed"] == "true"
    assert len(client.get("/api/sessions").json()["items"]) == 1


def test_the_same_key_with_another_body_or_address_is_refused(client: TestClient) -> None:
    client.post("/api/sessions", json=CONFIG, headers=KEY)
    for path, body in (("/api/sessions", {**CONFIG, "name": "other"}), ("/api/sessions/check", CONFIG)):
        refused = client.post(path, json=body, headers=KEY)
        assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")


def test_without_a_key_two_requests_are_two(client: TestClient) -> None:
    assert (
        client.post("/api/sessions", json=CONFIG).json()["id"] != client.post("/api/sessions", json=CONFIG).json()["id"]
    )


def test_a_refusal_is_not_remembered(client: TestClient) -> None:
    assert client.post("/api/sessions", json={"request": {"prompt": ""}}, headers=KEY).status_code == 422
    assert client.post("/api/sessions", json=CONFIG, headers=KEY).status_code == 201


def test_a_key_that_is_none_is_refused(client: TestClient, app: FastAPI, ask: Callable[..., Any]) -> None:
    for key in ("", "x" * 201, "a b", "\xff"):
        headers = [("host", "127.0.0.1:8360"), ("content-type", "application/json"), ("idempotency-key", key)]
        assert ask(app, "POST", "/api/sessions", headers, b"{}").json()["field"] == "Idempotency-Key"


def test_twenty_at_once_are_one(app: FastAPI, lab: Lab) -> None:
    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8360") as client:
            return await asyncio.gather(*(client.post("/api/sessions", json=CONFIG, headers=KEY) for _ in range(20)))

    answers = asyncio.run(all_at_once())
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(lab.list_sessions()[0]) == 1
