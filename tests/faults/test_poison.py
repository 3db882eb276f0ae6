"""A job that kills every worker that takes it up is given up, with the cause; the queue goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


def test_a_job_over_which_three_workers_die_fails_and_the_queue_goes_on(serve: Any, check_home: Any) -> None:
    server = serve(PILOTAGE_CRASH_AT="render begun")
    with server.client() as client:
        session = client.post("/api/sessions", json=CONFIG).headers["location"]
        client.post(f"{session}/rounds")
        first = judged(client, f"{session}/rounds/1")
        poison = client.post(f"{session}/points", json={"z": [0.0] * 5}).json()["id"]
        answer = {"kind": "ranking", "order": [first["candidates"][1]["id"]]}
        client.post(f"{session}/rounds/1/answers", json={"answer": answer, "next_round": True})  # waits behind it
        job = until(lambda: client.get(f"/api/jobs/{poison}").json(), lambda job: job["ended_at"] is not None)
        dead = time.monotonic()
        assert job["state"] == "failed"
        assert "died 3 times over this job" in job["error"]["message"]
        assert "ended by SIGKILL" in job["error"]["message"]
        judged(client, f"{session}/rounds/2")
        took = time.monotonic() - dead
    print(f"F7: given up after three deaths; the next round was there {took:.1f} s later")
    assert took < 10
    server.stop()
    assert check_home(server.home) == []


def judged(client: Any, path: str) -> Any:
    """The round once it can be judged."""
    return until(lambda: client.get(path).json(), lambda round_: round_["state"] == "awaiting")


def until(ask: Callable[[], Any], good: Callable[[Any], bool], seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not good(told := ask()):
        assert time.monotonic() < end, told
        time.sleep(0.1)
    return told
