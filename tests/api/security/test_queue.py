"""Work is bounded: the numbers that a job may be asked with, how many may wait, and whom the lab may ask."""

from __future__ import annotations

import base64
import os
import pickle
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pilotage.api.app import create_app
from pilotage.app.settings import Settings
from pilotage.app.wiring import server_lab

BASE = "http://127.0.0.1:8360"
CONFIG = {"model": "analytic", "request": {"prompt": "a disc"}}


@pytest.fixture
def queued(tmp_path: Path) -> Iterator[TestClient]:
    """The server's own lab on a database, with room for three jobs and no worker to do them."""
    settings = Settings(home=tmp_path, queue_limit=3)
    lab = server_lab(settings)
    with TestClient(create_app(lab, settings, port=8360), base_url=BASE) as client:
        yield client
    lab.engine.close()
    lab.store.close()


def test_a_full_queue_refuses_before_anything_is_done_and_says_when_to_come_again(queued: TestClient) -> None:
    run = {"model": "analytic", "request": {"prompt": "x"}}
    session = queued.post("/api/sessions", json=CONFIG).json()["id"]
    waiting = [queued.post("/api/runs", json={**run, "seed": seed}) for seed in range(2)]
    first = queued.post(f"/api/sessions/{session}/rounds")
    assert {answer.status_code for answer in (*waiting, first)} == {202}

    other = queued.post("/api/sessions", json=CONFIG).json()["id"]
    before = queued.get("/api/sessions").json()
    refused = [
        queued.post("/api/runs", json={**run, "seed": 9}),
        queued.post(f"/api/sessions/{other}/rounds", headers={"Idempotency-Key": "one"}),
        queued.post("/api/models/warm", json={"model": "analytic"}),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"], answer.json()["kind"]) == (429, "queue_full", "passing")
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["facts"] == {"limit": 3}
    assert queued.get("/api/sessions").json() == before, "a refusal leaves no round behind"

    again = queued.post(f"/api/sessions/{session}/rounds")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"]), "what waits already is no new job"
    assert queued.post(waiting[0].headers["location"] + "/cancel").status_code == 200
    assert queued.post(f"/api/sessions/{other}/rounds", headers={"Idempotency-Key": "one"}).status_code == 202


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/runs", {"request": {"prompt": "x", "steps": 10**9}}, "request.steps"),
        ("/api/runs", {"request": {"prompt": "x", "width": 10**6}}, "request.width"),
        ("/api/runs", {"request": {"prompt": "x"}, "n": 10**6}, "n"),
        ("/api/runs", {"request": {"prompt": "x"}, "device": "cuda:7"}, "device"),
        ("/api/runs", {"request": {"prompt": "x", "path": "/etc/passwd"}}, "request.path"),
        ("/api/sessions", {"request": {"prompt": "x"}, "candidates": 10**6}, "candidates"),
        ("/api/sessions", {"request": {"prompt": "x"}, "dimension": 10**6}, "dimension"),
        ("/api/sessions", {"request": {"prompt": "x"}, "sampler": {"kind": "sobol", "n": 10**9}}, "sampler"),
        ("/api/sessions", {"request": {"prompt": "x" * 5000}}, "request.prompt"),
    ],
)
def test_what_a_job_is_asked_with_is_bounded(queued: TestClient, path: str, body: Any, field: str) -> None:
    refused = queued.post(path, json={"model": "analytic", **body})
    assert refused.status_code == 422, refused.text
    assert refused.json()["field"].startswith(field), refused.json()


@pytest.fixture
def ear() -> Iterator[tuple[str, list[Any]]]:
    """An address on this computer, and the connections that were made to it."""
    heard: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        done = threading.Event()

        def hear() -> None:
            while not done.is_set():
                try:
                    heard.append(listener.accept())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=hear)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", heard
        done.set()
        thread.join()


def test_no_request_makes_the_server_ask_another(queued: TestClient, ear: tuple[str, list[Any]]) -> None:
    address, heard = ear
    for ref in (
        f"http://{address}/model",
        f"//{address}/x",
        f"hub:{address}/x",
        f"file://{address}/x",
        f"\\\\{address}\\x",
    ):
        for answer in (
            queued.get(f"/api/models/{ref}"),
            queued.post("/api/models/warm", json={"model": ref}),
            queued.post("/api/sessions", json={**CONFIG, "model": ref}),
            queued.post("/api/prompts/check", json={"model": ref, "prompt": "x"}),
        ):
            assert answer.status_code in (404, 422), (ref, answer.text)
    time.sleep(0.2)
    assert heard == []


def test_no_field_of_the_api_takes_an_address(queued: TestClient) -> None:
    def fields(node: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(node, dict):
            yield from node.get("properties", {}).items()
            for value in node.values():
                yield from fields(value)
        elif isinstance(node, list):
            for value in node:
                yield from fields(value)

    found = dict(fields(queued.get("/openapi.json").json()))
    assert len(found) > 50
    suspicious = ("url", "uri", "href", "webhook", "callback", "proxy", "endpoint")
    assert not [
        name
        for name, schema in found.items()
        if name.lower().endswith(suspicious) or "uri" in str(schema.get("format"))
    ]


class Bomb:
    """What runs a command when it is read as a pickle."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch '{self.proof}'",)


def test_a_pickle_in_the_queues_tables_is_never_run(serving: Callable[..., Any], tmp_path: Path) -> None:
    proof = tmp_path / "it-ran"
    pickle.loads(pickle.dumps(Bomb(proof)))  # noqa: S301  (the bomb works)
    assert proof.exists()
    proof.unlink()
    bomb = base64.b64encode(pickle.dumps(Bomb(proof))).decode()
    settings = Settings(home=tmp_path / "home")
    lab = server_lab(settings)
    jobs = [lab.generate({"prompt": "x"}, model="analytic", seed=seed) for seed in range(3)]
    lab.engine.close()
    lab.store.close()
    with sqlite3.connect(tmp_path / "home" / "pilotage.db") as database:
        for job, kind in zip(jobs[:2], ("py_pickle", "portable_json"), strict=True):
            for change, value in (("workflow_status SET serialization", kind), ("workflow_input SET inputs", bomb)):
                changed = database.execute(f"UPDATE {change} = ? WHERE workflow_uuid LIKE ?", (value, f"{job.id}%"))
                assert changed.rowcount == 1
    with serving(tmp_path / "home") as served, served.client() as client:
        served.wait_for_worker()
        end = time.monotonic() + 40
        while client.get(f"/api/jobs/{jobs[2].id}").json()["state"] != "succeeded":
            assert time.monotonic() < end, "the honest job behind them isn't done"
            time.sleep(0.1)
    assert not proof.exists()
