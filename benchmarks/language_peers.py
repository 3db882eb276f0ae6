"""One steered answer at a time, by ours and by the packages that steer one model for everybody.

The same model, weights, prompt, vector, layer and precision; greedy; one thread; turns alternate. Each package runs as
a process in an environment of its own, made under `build/peers` at the first run. Their tokens are compared with ours:
the same work gives the same ones, up to rounding.

    OMP_NUM_THREADS=1 python -m benchmarks.language_peers [--quick] [--json]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.language_throughput import against
from benchmarks.rows import Row, finish, options
from pilotage.models.language import (
    Direction,
    Exchange,
    LanguageModel,
    Message,
    Sampling,
    TextRequest,
    default_source,
)

PEERS = {"steering-vectors": "steering-vectors==0.12.2", "repeng": "repeng==0.4.0"}
TORCH = "torch==2.13.0"
ENVIRONMENTS = Path(__file__).resolve().parent.parent / "build" / "peers"
PROMPT = "The old lighthouse keeper began to tell the children a long story. "
LAYER, PUSH, BAR = 19, 0.1, 0.95
TOKENS, TURNS, QUICK_TURNS = 48, 9, 3
Asked = dict[str, Any]


def interpreter(package: str) -> Path:
    """The Python of a package's environment, which is made if it is not there."""
    home = ENVIRONMENTS / package
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        install = [python, "-m", "pip", "install", "-q"]
        subprocess.run([*install, TORCH], check=True)
        subprocess.run([*install, TORCH, PEERS[package]], check=True)
        (home / "ready").touch()
    return python


class Peer:
    """A process that answers one prompt at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.hear()

    def hear(self) -> Asked:
        """What it says next; its errors are on our standard error."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # what else it prints is its own
                return dict(json.loads(line))
        raise SystemExit(f"language_peers: a peer ended with {self._process.wait()}")

    def answer(self, tokens: Sequence[int], count: int) -> Asked:
        """As `language_peer_process` says it."""
        assert self._process.stdin is not None
        print(json.dumps({"prompt_tokens": list(tokens), "new_tokens": count}), file=self._process.stdin, flush=True)
        return self.hear()


@contextmanager
def peer(package: str, folder: Path, direction: Path, dtype: str) -> Iterator[Peer]:
    """A package at work, until the block ends."""
    script = Path(__file__).with_name("language_peer_process.py")
    process = subprocess.Popen(
        [interpreter(package), script, package, folder, direction, str(LAYER), dtype], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        yield Peer(process)
    finally:
        process.kill()
        process.wait()


def measure(turns: int, count: int) -> list[Row]:
    """A case a package."""
    model = LanguageModel("smollm2", default_source(), device="cpu")
    model.load()
    direction = a_direction(model)
    request = TextRequest(
        prompt=PROMPT, pushes={"it": 1.0}, positions="all", sampling=Sampling(max_tokens=count, temperature=0)
    )
    prompt = prompt_tokens(model)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "direction.npy"
        np.save(place, direction.vector)
        folder, dtype = Path(str(model.info.path)), str(model.info.dtype)
        peers = {name: stack.enter_context(peer(name, folder, place, dtype)) for name in PEERS}
        speeds: dict[str, list[float]] = {name: [] for name in ("ours", *PEERS)}
        made: dict[str, Sequence[int]] = {}
        for turn in range(turns + 1):  # the first warms up
            for name in sorted(speeds, reverse=bool(turn % 2)):
                made[name], seconds = (
                    ours(model, request, direction) if name == "ours" else theirs(peers[name], prompt, count)
                )
                if turn:
                    speeds[name].append(len(made[name]) / seconds)
    return [beside(name, speeds, made) for name in PEERS]


def a_direction(model: LanguageModel) -> Direction:
    """A random direction, a tenth as long as hidden states usually are at its block."""
    rng = np.random.default_rng(0)
    norms = model.residual_norms([Exchange((Message(role="user", content="Hello."),), "Hello, how may I help you?")])
    vector = rng.standard_normal(model.info.hidden or 0)
    return Direction(LAYER, (PUSH * norms[LAYER] * vector / np.linalg.norm(vector)).astype(np.float32))


def prompt_tokens(model: LanguageModel) -> list[int]:
    """The prompt as the model's own tokenizer reads it."""
    from transformers import AutoTokenizer

    return list(AutoTokenizer.from_pretrained(model.info.path)(PROMPT)["input_ids"])


def ours(model: LanguageModel, request: TextRequest, direction: Direction) -> tuple[Sequence[int], float]:
    """The tokens of one answer, and its CPU seconds."""
    begun = time.process_time()
    (output,) = model.generate([request], directions={"it": direction})
    return output.tokens, time.process_time() - begun


def theirs(one: Peer, prompt: Sequence[int], count: int) -> tuple[Sequence[int], float]:
    """The same of a package."""
    said = one.answer(prompt, count)
    return said["tokens"], said["cpu_s"]


def beside(name: str, speeds: Mapping[str, Sequence[float]], made: Mapping[str, Sequence[int]]) -> Row:
    """Ours against one package; the case says how many tokens agree from the beginning."""
    agree = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(made["ours"], made[name], strict=False)))
    case = f"one answer vs {name} ({agree} of {len(made['ours'])} tokens agree)"
    return against(case, speeds["ours"], PEERS[name], speeds[name], BAR, 0.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(__doc__, arguments)
    rows = measure(QUICK_TURNS, 16) if given.quick else measure(TURNS, TOKENS)
    return finish("language_peers", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
