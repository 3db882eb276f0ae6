"""Many people talk at once: 64 clients with doses of their own, 32 new tokens each, and how quick health stays.

The real server with its worker and the default language model, as `pilotage serve` starts them. Each client streams
one answer of `/v1/chat/completions`, steered along two of the axes that ship; all begin together. `whole` is until the
last is done, `first token` until a client reads something. The peer of health is the same request while nobody talks.

    python -m benchmarks.chat_clients [--quick] [--json]
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.api_latency import p99
from benchmarks.rows import Row, finish, options, quartiles

CLIENTS, TOKENS = 64, 32
WHOLE_S, HEALTH_MS = 120.0, 100.0
MODEL = "smollm2"


@dataclass(frozen=True, slots=True)
class Told:
    """What one client saw: seconds from its request, and how its answer ended."""

    first_s: float
    whole_s: float
    tokens: int
    fault: str


@contextlib.contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server of its own."""
    environment = {**os.environ, "PILOTAGE_HOME": str(home), "PILOTAGE_PRELOAD": "never"}
    command = [sys.executable, "-u", "-m", "pilotage", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        yield next(word for word in process.stdout.readline().split() if word.startswith("http"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


async def talk(web: httpx.AsyncClient, number: int, steering: dict[str, float]) -> Told:
    """One client's answer, read as it comes."""
    body = {
        "model": MODEL, "max_tokens": TOKENS, "seed": number, "stream": True, "steering": steering,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": f"Tell me something about the number {number}."}],
    }  # fmt: skip
    begun, first, tokens, fault = time.perf_counter(), 0.0, 0, ""
    async with web.stream("POST", "/v1/chat/completions", json=body) as response:
        if response.status_code != 200:
            return Told(0, 0, 0, (await response.aread()).decode())
        async for line in response.aiter_lines():
            piece = json.loads(line[6:]) if line.startswith("data: {") else {}
            fault = fault or str(piece.get("error", ""))
            if any(choice["delta"].get("content") for choice in piece.get("choices", [])):
                first = first or time.perf_counter() - begun
            tokens = (piece.get("usage") or {}).get("completion_tokens", tokens)
    return Told(first, time.perf_counter() - begun, tokens, fault)


async def health(web: httpx.AsyncClient, times: list[float]) -> None:
    """Milliseconds of one request after the other, a little apart, until cancelled."""
    while True:
        begun = time.perf_counter()
        (await web.get("/api/health")).raise_for_status()
        times.append(1000 * (time.perf_counter() - begun))
        await asyncio.sleep(0.02)


async def crowd(url: str, clients: int, axes: Sequence[str]) -> tuple[list[Told], float, list[float], list[float]]:
    """What all clients saw, how long it took, and milliseconds of health: idle, and meanwhile."""
    idle: list[float] = []
    meanwhile: list[float] = []
    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=url, timeout=600, trust_env=False, limits=limits) as web,
        httpx.AsyncClient(base_url=url, timeout=600, trust_env=False) as watcher,
    ):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(health(watcher, idle), 5)
        watching = asyncio.create_task(health(watcher, meanwhile))
        begun = time.perf_counter()
        doses = [{axis: (number % 9 - 4) / 4 for axis in axes[number % 2 :: 2]} for number in range(clients)]
        told = await asyncio.gather(*(talk(web, number, doses[number]) for number in range(clients)))
        whole = time.perf_counter() - begun
        watching.cancel()
    return told, whole, idle, meanwhile


def axes_of(url: str) -> list[str]:
    """The axes that steer the default model; warms it, too."""
    with httpx.Client(base_url=url, timeout=600, trust_env=False) as web:
        asked = {"model": MODEL, "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}
        web.post("/v1/chat/completions", json=asked).raise_for_status()
        axes = web.get("/api/language/axes", params={"model": MODEL}).raise_for_status().json()
    return [axis["name"] for axis in axes if (axis["pack"] or {}).get("usable")][:2]


def measure(clients: int) -> list[Row]:
    """One crowd; a row each for the whole, the first token and health."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url:
        axes = axes_of(url)
        told, whole, idle, meanwhile = asyncio.run(crowd(url, clients, axes))
    faults = [one.fault for one in told if one.fault or not one.tokens]
    if faults:
        raise RuntimeError(f"{len(faults)} of {clients} failed, the first: {faults[0]}")
    firsts = sorted(one.first_s for one in told)
    tokens = sum(one.tokens for one in told)
    slow, calm = p99(meanwhile), p99(idle)
    case = f"{clients} clients x {TOKENS} tokens, {len(axes)} axes"
    return [
        Row(case, "whole, s", round(whole, 1), bar=WHOLE_S, holds=whole <= WHOLE_S, n=clients),
        Row(case, "tokens a second", round(tokens / whole, 1), n=tokens),
        Row(case, "first token, s, median", round(firsts[clients // 2], 2), n=clients, spread=quartiles(firsts)),
        Row(
            case, "health p99, ms", round(slow, 1), peer="idle", theirs=round(calm, 1), ratio=round(slow / calm, 2),
            bar=HEALTH_MS, holds=slow <= HEALTH_MS, n=len(meanwhile), spread=quartiles(meanwhile),
        ),
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print."""
    chosen = options(__doc__, arguments)
    return finish("chat_clients", measure(8 if chosen.quick else CLIENTS), as_json=chosen.as_json)


if __name__ == "__main__":
    sys.exit(main())
