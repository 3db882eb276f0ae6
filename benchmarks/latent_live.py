"""What somebody sees who trains a latent space in the app: how soon it lives, how soon it stops, how soon all is back.

The real server with its worker and the trainer's own processes, as `pilotage serve` starts them, on the digits with the
default preset. `first loss` and `map moved` are from the request that launches a run until a client of its event stream
has been told of a loss, and of a second map: the first one has moved. `cancelled` is from that request until the
stream ends; a stop may wait for one batch more. `told late` is from the moment that an event bears until the client has
it, of all that were written while it listened. A log of 10,000 events is read from its beginning by a new client.

    python -m benchmarks.latent_live [--quick] [--json]
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import httpx

from benchmarks.chat_clients import served
from benchmarks.rows import Row, finish, options, quartiles
from pilotage.labs.latents.cadence import Recording
from pilotage.labs.latents.data import builtin
from pilotage.labs.latents.folder import RunFolder
from pilotage.labs.latents.plan import run_config
from pilotage.labs.latents.writer import RunWriter
from pilotage.models.latents import PRESETS

LAUNCHES, QUICK_LAUNCHES = 5, 2  # two, since quartiles want them
LIVES_S, STOPS_S, READ_S, LATE_MS = 10.0, 1.0, 1.0, 300.0
LOGGED, LOGGED_RUN = 10_000, "long_log"
Seconds = dict[str, list[float]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print."""
    chosen = options(__doc__, arguments)
    with tempfile.TemporaryDirectory() as home:
        log_much(Path(home) / "runs")
        with served(Path(home)) as url, httpx.Client(base_url=url, timeout=120, trust_env=False) as web:
            rows = [*launches(web, QUICK_LAUNCHES if chosen.quick else LAUNCHES), reading(web)]
    return finish("latent_live", rows, as_json=chosen.as_json)


def launches(web: httpx.Client, times: int) -> Iterator[Row]:
    """Launch, watch until the map has moved, stop; a row a moment."""
    seconds: Seconds = {"first loss": [], "map moved": [], "cancelled": []}
    late: list[float] = []
    for _ in range(times):
        for moment, took in launched(web, late).items():
            seconds[moment].append(took)
    for moment, found in seconds.items():
        bar = STOPS_S if moment == "cancelled" else LIVES_S
        middle = statistics.median(found)
        yield Row(moment, "s, median", round(middle, 2), bar=bar, holds=middle <= bar, n=times, spread=quartiles(found))
    most = statistics.quantiles(late, n=20)[-1]
    yield Row(
        "told late", "ms, p95", round(most), bar=LATE_MS, holds=most <= LATE_MS, n=len(late), spread=quartiles(late)
    )


def launched(web: httpx.Client, late: list[float]) -> dict[str, float]:
    """Seconds to each moment of one run; milliseconds from events to us are appended to `late`."""
    begun, maps, seconds = time.perf_counter(), 0, {}
    run = web.post("/api/latents/runs", json={}).raise_for_status().json()["id"]
    listens = time.time()
    for event in told(web, run):
        written = datetime.fromisoformat(event["ts"]).timestamp()
        late += [1000 * (time.time() - written)] if written > listens else []
        maps += event["type"] == "artifact.created" and event["data"]["schema"].startswith("latent_2d")
        if event["type"] == "train.progress":
            seconds.setdefault("first loss", time.perf_counter() - begun)
        if maps == 2 and "map moved" not in seconds:
            seconds["map moved"] = time.perf_counter() - begun
            stopped = time.perf_counter()
            web.post(f"/api/latents/runs/{run}/cancel").raise_for_status()
    return seconds | {"cancelled": time.perf_counter() - stopped}


def log_much(runs: Path) -> None:
    """A run with a long log, as one that was written by another process."""
    digits = builtin("digits")
    folder = RunFolder.create(runs, run_config(LOGGED_RUN, digits, PRESETS["default"].config, Recording()))
    with RunWriter(folder) as writer:
        writer.emit("run.started", {"after_epoch": 0})
        for number in range(LOGGED - 2):
            writer.emit("projection.progress", {"epoch": 1, "method": "pca", "done": number, "due": LOGGED})


def reading(web: httpx.Client) -> Row:
    """The long log, from its first event to its last."""
    begun = time.perf_counter()
    assert sum(1 for _ in itertools.islice(told(web, LOGGED_RUN), LOGGED)) == LOGGED
    took = time.perf_counter() - begun
    return Row(f"a log of {LOGGED:,} events", "s to read", round(took, 2), bar=READ_S, holds=took <= READ_S, n=1)


def told(web: httpx.Client, run: str) -> Iterator[dict]:
    """The events of a run, until its stream ends."""
    with web.stream("GET", f"/api/runs/{run}/events") as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])


if __name__ == "__main__":
    sys.exit(main())
