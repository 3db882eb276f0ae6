"""The same key: done once, answered the same."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from pilotage.api import idempotency, once
from pilotage.api.once import Asked, Unit
from pilotage.api.routes import ROUTERS
from pilotage.app.lab import Lab
from pilotage.core.clock import system_clock
from pilotage.jobs.binding import BoundStore
from pilotage.store import MemoryStore, RequestRow, SessionRow, Transaction

if TYPE_CHECKING:
    from fastapi import FastAPI

CONFIG = {"model": "analytic", "request": {"prompt": "a disc"}}
BASE = "http://127.0.0.1:8360"
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


def test_the_answer_is_kept_in_the_transaction_of_the_act(client: TestClient, lab: Lab) -> None:
    commits: list[tuple[int, int]] = []
    inner = lab.store._store  # type: ignore[attr-defined]
    whole = inner.transaction

    @contextmanager
    def watched() -> Iterator[Transaction]:
        with whole() as tx:
            yield tx
        commits.append((len(inner.list(SessionRow)), len(inner.list(RequestRow))))

    inner.transaction = watched
    made = client.post("/api/sessions", json=CONFIG, headers=KEY)
    assert made.status_code == 201
    assert commits == [(1, 1)]
    assert json.loads(inner.get(RequestRow, KEY["Idempotency-Key"]).response["body"]) == made.json()


@pytest.mark.parametrize("dies_at", ["request kept", "request committed"])
def test_an_act_whose_server_dies_is_whole_or_not_there(
    app: FastAPI, lab: Lab, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    def die(name: str) -> None:
        if name == dies_at:
            raise RuntimeError(name)

    with monkeypatch.context() as dying:
        dying.setattr(once, "crash_point", die)
        with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
            assert client.post("/api/sessions", json=CONFIG, headers=KEY).status_code == 500
    there = len(lab.list_sessions()[0])
    assert there == len(lab.store.list(RequestRow)) == (dies_at == "request committed")
    with TestClient(app, base_url=BASE) as client:
        again = client.post("/api/sessions", json=CONFIG, headers=KEY)
    assert again.status_code == 201
    assert [one.id for one in lab.list_sessions()[0]] == [again.json()["id"]]


def test_a_refusal_leaves_nothing_of_the_act(client: TestClient, lab: Lab) -> None:
    made = client.post("/api/sessions", json=CONFIG).json()
    seq = lab.store.last_seq()
    refused = client.post(f"/api/sessions/{made['id']}/rounds/1/answers", json={"answer": {}}, headers=KEY)
    assert refused.status_code == 404
    assert (lab.store.last_seq(), len(lab.store.list(RequestRow))) == (seq, 0)


def test_a_key_that_another_server_has_just_used_undoes_the_act(client: TestClient, lab: Lab) -> None:
    class Late(Asked):
        """Finds its key taken as it writes."""

        def row(self, *answer: Any) -> RequestRow:
            row = super().row(*answer)
            with self.store.transaction() as tx:
                tx.insert(row)
            return row

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(idempotency, "Asked", Late)
        assert client.post("/api/sessions", json=CONFIG, headers=KEY).status_code == 409
    assert lab.list_sessions()[0] == []


def test_every_route_that_changes_something_is_one_act(app: FastAPI) -> None:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, Route) and "POST" in (route.methods or ()):
                kept = hasattr(route.endpoint, "__wrapped__")
                assert kept or inspect.iscoroutinefunction(route.endpoint), route.path


def streaming(*pieces: bytes, media_type: bytes, gap: asyncio.Event | None = None, ends: bool = True) -> Any:
    """An ASGI app that sends its answer in pieces; it waits in the midst, and may stop before its end."""

    async def app(_: Any, __: Any, send: Any) -> None:
        headers = [(b"content-type", media_type)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": pieces[0], "more_body": True})
        if gap is not None:
            await gap.wait()
        if ends:
            await send({"type": "http.response.body", "body": pieces[1]})

    return app


async def sent_by(app: Any, store: MemoryStore, heard: Callable[[Any], None]) -> None:
    """What `Idempotency` around an app sends, for one request under a key."""
    scope = {
        "type": "http", "method": "POST", "path": "/", "query_string": b"", "state": {},
        "headers": [(b"idempotency-key", b"click-1")],
    }  # fmt: skip

    async def send(message: Any) -> None:
        heard(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await idempotency.Idempotency(app, lambda: store)(scope, receive, send)


def test_a_stream_is_sent_as_it_comes_and_not_kept() -> None:
    store, heard = MemoryStore(), []

    async def run() -> None:
        gap = asyncio.Event()
        app = streaming(b"data: 1\n\n", b"data: 2\n\n", media_type=b"text/event-stream; charset=utf-8", gap=gap)
        asking = asyncio.create_task(sent_by(app, store, heard.append))
        async with asyncio.timeout(5):
            while len(heard) < 2:
                await asyncio.sleep(0.01)
        assert heard[-1]["body"] == b"data: 1\n\n"
        gap.set()
        await asking

    asyncio.run(run())
    assert [message.get("body") for message in heard] == [None, b"data: 1\n\n", b"data: 2\n\n"]
    assert store.list(RequestRow) == []


@pytest.mark.parametrize("ends", [True, False])
def test_an_answer_that_broke_off_is_not_kept(ends: bool) -> None:
    store, heard = MemoryStore(), []
    asyncio.run(sent_by(streaming(b"{", b"}", media_type=b"application/json", ends=ends), store, heard.append))
    assert [row.response["body"] for row in store.list(RequestRow)] == ["{}"] * ends
    assert len(heard) == 2 + ends


def test_requests_are_forgotten_after_a_week(lab: Lab) -> None:
    now = system_clock()
    with lab.store.transaction() as tx:
        for days in (1, 6, 8, 30):
            at = now - timedelta(days=days)
            tx.put(RequestRow(id=f"{days}", created_at=at, fingerprint="f", status=200, response={}))
    assert idempotency.forget_before(lab.store, now - idempotency.KEPT_FOR) == 2
    assert {row.id for row in lab.store.list(RequestRow)} == {"1", "6"}


class TestUnit:
    def test_its_parts_are_one_transaction_that_it_reads_and_others_do_not(self) -> None:
        inner = MemoryStore()
        store = BoundStore(inner)
        with Unit().act():
            for name in ("a", "b"):
                with store.transaction() as tx:
                    tx.put(request_row(name))
            assert len(store.list(RequestRow)) == 2
            assert len(inner.list(RequestRow)) == 0
        assert len(inner.list(RequestRow)) == 2

    def test_an_act_that_raises_is_undone(self) -> None:
        store = BoundStore(MemoryStore())
        with pytest.raises(ZeroDivisionError):
            act(store, fails_after=True)
        assert store.list(RequestRow) == []
        put(store, "b")

    def test_a_first_part_that_fails_may_be_tried_otherwise(self) -> None:
        store = BoundStore(MemoryStore())
        with Unit().act():
            with pytest.raises(ZeroDivisionError):
                put(store, "a", raises=True)
            put(store, "b")
        assert [row.id for row in store.list(RequestRow)] == ["b"]

    def test_a_later_part_that_fails_and_is_passed_over_undoes_all(self) -> None:
        store = BoundStore(MemoryStore())
        with pytest.raises(RuntimeError, match="passed over"):
            act(store, fails_within=True)
        assert store.list(RequestRow) == []


def act(store: BoundStore, *, fails_within: bool = False, fails_after: bool = False) -> None:
    """An act whose second part fails and is passed over, or that fails after its first."""
    with Unit().act():
        put(store, "a")
        if fails_within:
            with suppress(ZeroDivisionError):
                put(store, "b", raises=True)
        if fails_after:
            raise ZeroDivisionError


def request_row(name: str) -> RequestRow:
    return RequestRow(id=name, created_at=system_clock(), fingerprint="f", status=200, response={})


def put(store: BoundStore, name: str, *, raises: bool = False) -> None:
    with store.transaction() as tx:
        tx.put(request_row(name))
        if raises:
            raise ZeroDivisionError
