"""`pilotage serve` as a person starts it: a real process, a real worker, a real database."""

from __future__ import annotations

import concurrent.futures
import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CONFIG = {"model": "analytic", "seed": 7, "request": {"prompt": "a disc"}}


def start(served: Any, **more: Any) -> str:
    return served.client().post("/api/sessions", json={**CONFIG, **more}).json()["id"]


def pick(round_: dict[str, Any], slot: int, **more: Any) -> dict[str, Any]:
    return {"answer": {"kind": "ranking", "order": [round_["candidates"][slot]["id"]]}, **more}


def has_ids(stream: Any, n: int) -> bool:
    return len(stream.ids) >= n


def until(ask: Callable[[], Any], good: Callable[[Any], bool], seconds: float = 60) -> Any:
    """What `ask` says once it is good; a heartbeat comes every two seconds."""
    end = time.monotonic() + seconds
    while not good(told := ask()):
        assert time.monotonic() < end, told
        time.sleep(0.1)
    return told


def test_create_round_answer_next_while_the_stream_tells(served: Any, listen: Callable[..., Any]) -> None:
    stream = listen(served.base)
    session_id = start(served)
    with served.client() as client:
        assert client.post(f"/api/sessions/{session_id}/rounds").status_code == 202
        stream.wait(lambda one: one.types().count("round.shown") == 1)
        round_ = served.round(session_id, 1)
        answered = client.post(f"/api/sessions/{session_id}/rounds/1/answers", json=pick(round_, 1, next_round=True))
        assert answered.status_code == 201
        stream.wait(lambda one: one.types().count("round.shown") == 2)
        second = served.round(session_id, 2)
        assert second["candidates"][0]["carried_from"] == round_["candidates"][1]["id"]
        assert client.get(f"/api/sessions/{session_id}/belief").json()["answers"] == 1
        told = until(lambda: client.get("/api/diagnostics").json(), lambda told: told["model"] is not None)
    assert "session.created" in stream.types()
    assert stream.ids == sorted(set(stream.ids))
    assert told["timings"]["last_round_ms"] > 0
    assert told["model"]["ref"] == "analytic"


def test_the_work_in_progress_is_seen_and_leaves_no_mark_on_the_cursor(served: Any, listen: Callable[..., Any]) -> None:
    session_id = start(served)
    stream = listen(served.base, params={"topics": session_id})
    with served.client() as client:
        client.post(f"/api/sessions/{session_id}/rounds")
        served.round(session_id, 1)
        for _ in range(20):  # the live channel connects again within two seconds of a worker's start
            client.post(f"/api/sessions/{session_id}/points", json={"z": [0.1] * 5})
            time.sleep(0.3)
            live = [other for other in stream.others if other["event"] == "live"]
            if "ended" in {frame["phase"] for frame in live}:
                break
    assert "ended" in {frame["phase"] for frame in live}
    assert all(frame["id"] is None and frame["topic"] == session_id for frame in live)


def test_a_stream_taken_up_again_has_no_gap_and_no_repeat(served: Any, listen: Callable[..., Any]) -> None:
    session_id = start(served)
    with served.client() as client:
        client.post(f"/api/sessions/{session_id}/rounds")
        for index in range(1, 4):
            round_ = served.round(session_id, index)
            client.post(f"/api/sessions/{session_id}/rounds/{index}/answers", json=pick(round_, 0, next_round=True))
        served.round(session_id, 4)
    whole = listen(served.base, last_id=0)
    whole.wait(lambda one: one.types().count("round.shown") >= 4 and one.types()[-1] == "job.changed")
    wanted, seen = [i for i in whole.ids if i <= whole.ids[-1]], []
    while len(seen) < len(wanted):
        part = listen(served.base, last_id=seen[-1] if seen else 0)
        enough = min(7, len(wanted) - len(seen))
        part.wait(functools.partial(has_ids, n=enough))
        part.close()
        seen += part.ids[:enough]
    assert seen == wanted


def test_a_double_click_makes_one_round_and_a_stale_answer_is_refused(served: Any) -> None:
    session_id = start(served)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        path = f"/api/sessions/{session_id}/rounds"
        clicks = list(pool.map(lambda _: served.client().post(path), range(8)))
    made = {click.json()["id"] for click in clicks if click.status_code == 202}
    assert len(made) == 1
    assert {click.status_code for click in clicks} <= {202, 409}  # 409: the round was there already, to be judged
    round_ = served.round(session_id, 1)
    with served.client() as client:
        assert client.post(f"{path}/1/answers", json=pick(round_, 0)).status_code == 201
        stale = client.post(f"{path}/1/answers", json=pick(round_, 1))
        assert (stale.status_code, stale.json()["code"]) == (409, "round_closed")
        assert len(client.get(f"/api/sessions/{session_id}").json()["round_views"]) == 1


def test_a_killed_worker_comes_back_and_its_round_is_finished(served: Any) -> None:
    before = served.wait_for_worker()
    with served.client() as client:
        ids = []
        for number in range(6):  # more work than a moment can do, so that the blow meets a round
            ids.append(start(served, candidates=9, name=str(number)))
            client.post(f"/api/sessions/{ids[-1]}/rounds")
        os.kill(before, signal.SIGKILL)
        assert client.get("/api/health").status_code == 200
    rounds = [served.round(session_id, 1, seconds=60) for session_id in ids]
    assert [round_["state"] for round_ in rounds] == ["awaiting"] * 6, rounds
    assert all(len({c["slot"] for c in round_["candidates"]}) == 9 for round_ in rounds)
    assert served.wait_for_worker(other_than=before) != before


def test_the_server_never_loads_a_model_package(served: Any) -> None:
    code = """
import sys
from starlette.testclient import TestClient
from pilotage.api.app import create_app
from pilotage.app.settings import Settings
from pilotage.app.wiring import server_lab
settings = Settings()
lab = server_lab(settings)
with TestClient(create_app(lab, settings, port=8360), base_url="http://127.0.0.1:8360") as client:
    assert client.get("/api/models").status_code == 200
    assert client.get("/v1/models").status_code == 200
    assert client.post("/api/language/conversations", json={}).status_code in (201, 404)
    assert client.get("/api/diagnostics").status_code == 200
    made = client.post("/api/sessions", json={"model": "starter", "request": {"prompt": "a fox"}})
    assert made.status_code == 201, made.text
    assert client.post(made.headers["location"] + "/rounds").status_code == 202
lab.engine.close()
print([name for name in ("torch", "diffusers", "transformers", "accelerate") if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1:] == ["[]"], ran.stdout + ran.stderr


def test_a_second_server_on_the_same_home_says_who_holds_it(served: Any) -> None:
    command = [sys.executable, "-m", "pilotage", "--home", str(served.home), "serve", "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 4
    assert str(served.process.pid) in ran.stderr
    assert served.base in ran.stderr


def test_a_taken_port_says_by_whom(served: Any, tmp_path: Path) -> None:
    port = served.base.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "pilotage", "--home", str(tmp_path), "serve", "--port", port]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 4
    assert f"port {port} is taken by another Pilotage" in ran.stderr
    assert "--port 0" in ran.stderr


def test_an_open_address_without_a_token_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pilotage", "--home", str(tmp_path), "serve", "--host", "0.0.0.0", "--port", "0"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 2
    assert "PILOTAGE_TOKEN" in ran.stderr
    assert not (tmp_path / "pilotage.db").exists()


def test_the_log_is_json_with_the_request_and_without_its_query(served: Any) -> None:
    with served.client() as client:
        asked = client.get("/api/sessions/ses_unknown", params={"token": "secret-in-a-query"})
    time.sleep(0.1)
    log = (served.home / "logs" / "api.jsonl").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    own = next(line for line in lines if line.get("request_id") == asked.headers["x-request-id"])
    assert (own["session_id"], own["status"]) == ("ses_unknown", 404)
    assert "secret-in-a-query" not in log


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(serving: Callable[..., Any], tmp_path: Path, blow: signal.Signals) -> None:
    with serving(tmp_path) as served:
        served.wait_for_worker()
        family = children(served.process.pid)
        assert family
        served.process.send_signal(blow)
        served.process.wait(20)
        end = time.monotonic() + 20
        while any(alive(pid) for pid in family):
            assert time.monotonic() < end, "a process is left over"
            time.sleep(0.1)
    if blow == signal.SIGTERM:
        assert served.process.returncode == 0


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found.append(int(entry.name))
    return [*found, *(low for one in found for low in children(one))]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.starter
def test_the_starter_paints_with_previews_and_says_that_it_is_warm(
    serving: Callable[..., Any], listen: Callable[..., Any], tmp_path: Path
) -> None:
    with serving(tmp_path, PILOTAGE_PRELOAD="true") as served, served.client() as client:
        stream = listen(served.base)
        warm = until(
            lambda: client.get("/api/diagnostics").json(), lambda t: (t["model"] or {}).get("state") == "warm", 120
        )
        assert warm["model"]["cold_ms"] > 0
        session_id = start(served, model="starter", request={"prompt": "a red fox"})
        asked = client.post(f"/api/sessions/{session_id}/rounds")
        round_ = served.round(session_id, 1, seconds=60)
        shown = client.get(f"/api/artifacts/{round_['candidates'][1]['artifact']}")
        told = until(lambda: client.get("/api/diagnostics").json(), lambda t: t["model"]["last_round_ms"] is not None)
    assert asked.status_code == 202
    assert shown.content.startswith(b"\x89PNG")
    steps = [frame for frame in stream.others if frame["event"] == "live" and frame["phase"] == "generating"]
    assert {frame["total"] for frame in steps} == {10}
    assert any(frame["previews"] for frame in steps)
    assert told["sentence"].startswith("Images are made by Pilotage starter")
    assert told["device"]["active"] == warm["model"]["device"]


def test_an_answer_does_not_wait_for_the_network(served: Any) -> None:
    """Without TCP_NODELAY every answer takes the 40 ms of a delayed acknowledgement."""
    with served.client() as client:
        took = []
        for _ in range(20):
            begun = time.perf_counter()
            client.get("/api/health")
            took.append(time.perf_counter() - begun)
    assert min(took) < 0.03
