"""Servers that are killed while they are talked to: what they acknowledged is there, and there once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import Any

import httpx
import pytest

CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


class Visitor(threading.Thread):
    """Somebody who sends requests under keys until the server is gone."""

    def __init__(self, server: Any, name: str, session: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, Any] = {}
        self.sent: dict[str, tuple[str, Any]] = {}
        self._server, self._name, self._session = server, name, session

    def run(self) -> None:
        number = 0
        with self._server.client() as client:
            while True:
                number += 1
                key = f"{self._name}-{number}"
                self.sent[key] = (
                    ("/api/sessions", {**CONFIG, "name": key})
                    if number % 2
                    else (f"{self._session}/points", {"z": [0.01 * (number % 50)] * 5, "seed": number})
                )
                try:
                    told = send(client, key, *self.sent[key])
                except httpx.HTTPError:
                    return
                self.acknowledged[key] = told


def send(client: httpx.Client, key: str, path: str, body: Any) -> Any:
    told = client.post(path, json=body, headers={"Idempotency-Key": key})
    assert told.status_code < 300, told.text
    return told.json()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_what_a_killed_server_acknowledged_is_there_and_every_key_counts_once(
    serve: Any, check_home: Any, cycles: Any, dice: random.Random, database: str
) -> None:
    kills, sent, answered = cycles(3), {}, {}
    server = serve(PILOTAGE_QUEUE_LIMIT="10000")
    with server.client() as client:
        session = client.post("/api/sessions", json=CONFIG).headers["location"]
        client.post(f"{session}/rounds")
        while client.get(f"{session}/rounds/1").json()["state"] != "awaiting":
            time.sleep(0.1)
    for cycle in range(kills):
        visitors = [Visitor(server, f"c{cycle}-v{number}", session) for number in range(3)]
        for visitor in visitors:
            visitor.start()
        end = time.monotonic() + 60
        while not all(visitor.acknowledged for visitor in visitors):
            assert time.monotonic() < end, "the server acknowledges nothing"
            time.sleep(0.01)
        time.sleep(dice.uniform(0.0, 0.8))
        server.kill()
        for visitor in visitors:
            visitor.join(60)
            sent |= visitor.sent
            answered |= visitor.acknowledged
        server.start()
    lost = []
    with server.client() as client:
        for key, told in answered.items():
            kind = "sessions" if sent[key][0] == "/api/sessions" else "jobs"
            if client.get(f"/api/{kind}/{told['id']}").status_code != 200:
                lost.append(key)
        again = {key: send(client, key, *request) for key, request in sent.items()}
        sessions = Counter(one["name"] for one in pages(client))
    twice = [key for key, told in answered.items() if again[key]["id"] != told["id"]]
    twice += [name for name, count in sessions.items() if count > 1]
    print(
        f"F2 on {'PostgreSQL' if database else 'SQLite'}: {kills} kills, {len(sent)} requests, "
        f"{len(answered)} acknowledged, {len(lost)} lost, {len(twice)} done twice"
    )
    assert lost == twice == []
    assert {key for key, (path, _) in sent.items() if path == "/api/sessions"} == set(sessions) - {"", "a disc"}
    assert len(answered) >= 3 * kills
    server.stop()
    assert check_home(server.home) == []


def pages(client: httpx.Client) -> list[Any]:
    """All sessions."""
    found, after = [], None
    while True:
        page = client.get("/api/sessions", params={"limit": 200, **({"after": after} if after else {})}).json()
        found += page["items"]
        after = page["next"]
        if after is None:
            return found


def test_a_second_server_on_one_folder_is_refused_and_told_by_whom(serve: Any) -> None:
    server = serve()
    command = [sys.executable, "-m", "pilotage", "--home", str(server.home), "serve", "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode != 0
    for told in (str(server.process.pid), os.uname().nodename, server.base):
        assert told in ran.stderr
    with server.client() as client:
        assert client.get("/api/health").status_code == 200
    server.kill()
    server.start()  # a folder whose server died is free at once
