"""How quickly the server answers while a round is being made: GET of a session of 20 rounds, idle and under load.

The real server with its worker, as `pilotage serve` starts them. Idle and load alternate, five times; under
load, rounds of the starter model are generated one after another all the while. The peer is the same request
on the idle server; `GET /api/health` beside it shows what the machine itself costs.

    python -m benchmarks.api_latency [--quick] [--json]
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks.rows import Row, finish, options, quartiles

ROUNDS = 20
BAR_MS = 100.0
BAR_RATIO = 2.0


@contextlib.contextmanager
def served(home: Path) -> Iterator[httpx.Client]:
    """A server of its own, asked over one connection as a browser does."""
    environment = {**os.environ, "PILOTAGE_HOME": str(home), "PILOTAGE_PRELOAD": "always"}
    command = [sys.executable, "-u", "-m", "pilotage", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        with httpx.Client(base_url=url, timeout=120.0, trust_env=False) as client:
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def make_round(client: httpx.Client, session: str) -> dict[str, Any]:
    """Ask for a round and wait until it can be judged."""
    asked = client.post(f"/api/sessions/{session}/rounds").raise_for_status().json()
    while True:
        round_ = client.get(f"/api/sessions/{session}/rounds/{asked['index']}").json()
        if round_["state"] == "awaiting":
            return round_
        if round_["state"] == "failed":
            raise RuntimeError(json.dumps(round_["error"]))
        time.sleep(0.1)  # a page hears of it by the event stream; asking in a hurry would be the load


def answer(client: httpx.Client, session: str, round_: dict[str, Any]) -> None:
    """Take the second candidate."""
    sent = {"answer": {"kind": "ranking", "order": [round_["candidates"][1]["id"]]}}
    client.post(f"/api/sessions/{session}/rounds/{round_['index']}/answers", json=sent).raise_for_status()


def create(client: httpx.Client, model: str, prompt: str) -> str:
    """A session; its id."""
    config = {"model": model, "seed": 1, "request": {"prompt": prompt}}
    return client.post("/api/sessions", json=config).raise_for_status().json()["id"]


def latencies(client: httpx.Client, path: str, n: int) -> list[float]:
    """Milliseconds of `n` requests, a little apart, as a person's page makes them."""
    times = []
    for _ in range(n):
        begun = time.perf_counter()
        client.get(path).raise_for_status()
        times.append(1000 * (time.perf_counter() - begun))
        time.sleep(0.005)
    return times


def p99(values: Sequence[float]) -> float:
    """The 99th percentile, by nearest rank."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


@contextlib.contextmanager
def generating(client: httpx.Client, session: str) -> Iterator[None]:
    """Rounds of `session` are made one after another meanwhile."""
    stop = threading.Event()

    def work() -> None:
        with httpx.Client(base_url=client.base_url, timeout=120.0, trust_env=False) as own:
            while not stop.is_set():
                answer(own, session, make_round(own, session))

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.0)
    try:
        yield
    finally:
        stop.set()
        thread.join()


def measure(repeats: int, n: int) -> list[Row]:
    """Alternate idle and load; one row a path."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as client:
        shown = create(client, "analytic", "a disc")
        for _ in range(ROUNDS):
            answer(client, shown, make_round(client, shown))
        busy = create(client, "starter", "a red circle")
        answer(client, busy, make_round(client, busy))  # warm
        paths = {"session of 20 rounds": f"/api/sessions/{shown}", "health": "/api/health"}
        idle: dict[str, list[float]] = {case: [] for case in paths}
        load: dict[str, list[float]] = {case: [] for case in paths}
        for _ in range(repeats):
            for case, path in paths.items():
                idle[case].append(p99(latencies(client, path, n)))
            with generating(client, busy):
                for case, path in paths.items():
                    load[case].append(p99(latencies(client, path, n)))
    return [_row(case, idle[case], load[case], barred=case != "health") for case in paths]


def _row(case: str, idle: Sequence[float], load: Sequence[float], *, barred: bool) -> Row:
    ours, theirs = statistics.median(load), statistics.median(idle)
    return Row(
        case=case, metric="p99 ms while a round generates", ours=round(ours, 1), peer="idle", theirs=round(theirs, 1),
        ratio=round(ours / theirs, 2), bar=BAR_MS if barred else None,
        holds=ours < BAR_MS and ours <= BAR_RATIO * theirs if barred else None, n=len(load), spread=quartiles(load, 1),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = options(__doc__, arguments)
    rows = measure(2, 50) if given.quick else measure(5, 200)
    return finish("api_latency", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
