"""What steering costs where every row of a batch has its own doses: tokens a CPU-second of the default language model.

Four batches of 32 rows and the same prompts take turns, in an order that changes: unsteered; one dose for all rows;
32 distinct doses of two directions at one block; 32 distinct doses of 18 directions at 18 blocks. Then the 32
distinct ones are served one by one, as servers must that steer a whole batch alike. Greedy, one thread; a ratio is
of medians, its spread the 95 % interval by bootstrap over the turns. A case against the unsteered batch holds if
its ratio reaches the bar and the interval begins above 0.93.

    OMP_NUM_THREADS=1 python -m benchmarks.language_throughput [--quick] [--json]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.rows import Row, finish, options, ratio_interval
from pilotage.models.language import (
    Direction,
    Exchange,
    LanguageModel,
    Message,
    Sampling,
    TextRequest,
    default_source,
)

ROWS, TOKENS = 32, 8
TURNS, QUICK_TURNS, SERIAL_TURNS = 31, 3, 3
LOWEST = 0.93  # where the interval of a ratio must begin
BLOCK, BLOCKS = 19, range(6, 24)
SIZE = 0.1  # of a hidden state's usual length: the longest push
TOPICS = (
    "a walk in the park",
    "the moon",
    "a busy kitchen",
    "an old library",
    "rain",
    "a long train ride",
    "dogs",
    "sea",
)
Pushes = Sequence[Mapping[str, float]]


def directions_of(model: LanguageModel) -> dict[str, Direction]:
    """Random directions, two at one block and one at each of 18, as long as hidden states usually are there."""
    rng = np.random.default_rng(0)
    norms = model.residual_norms([Exchange((Message(role="user", content="Hello."),), "Hello, how may I help you?")])

    def at(layer: int) -> Direction:
        vector = rng.standard_normal(model.info.hidden or 0)
        return Direction(layer, (vector / np.linalg.norm(vector) * norms[layer]).astype(np.float32))

    return {"first": at(BLOCK), "second": at(BLOCK), **{f"block {layer}": at(layer) for layer in BLOCKS}}


def arms() -> dict[str, Pushes]:
    """The doses of each batch, a row each."""
    doses = np.linspace(-SIZE, SIZE, ROWS).tolist()
    return {
        "unsteered": [{}] * ROWS,
        "one": [{"first": SIZE / 2, "second": -SIZE / 2}] * ROWS,
        "1 layer": [{"first": dose, "second": SIZE / 2 - dose} for dose in doses],
        "18 layers": [{f"block {layer}": dose / len(BLOCKS) for layer in BLOCKS} for dose in doses],
    }


def requests_of(pushes: Pushes) -> list[TextRequest]:
    """A request a row: the same prompts for every batch."""
    sampling = Sampling(max_tokens=TOKENS, temperature=0)
    asked = [f"Tell me a long story about {TOPICS[row % len(TOPICS)]}." for row in range(len(pushes))]
    return [
        TextRequest(messages=(Message(role="user", content=words),), pushes=dict(push), sampling=sampling)
        for words, push in zip(asked, pushes, strict=True)
    ]


def speed(model: LanguageModel, batches: Sequence[Sequence[TextRequest]], directions: Mapping[str, Direction]) -> float:
    """Tokens a CPU-second, over batches one after the other."""
    begun, tokens = time.process_time(), 0
    for batch in batches:
        tokens += sum(len(output.tokens) for output in model.generate(batch, directions=directions))
    return tokens / (time.process_time() - begun)


def measure(turns: int, serial_turns: int) -> list[Row]:
    """All cases."""
    model = LanguageModel("smollm2", default_source(), device="cpu")
    model.load()
    directions = directions_of(model)
    work = {name: requests_of(pushes) for name, pushes in arms().items()}
    for batch in work.values():
        speed(model, [batch[:4]], directions)  # warm
    found: dict[str, list[float]] = {name: [] for name in work}
    serial: list[float] = []
    for turn in range(turns):
        names = list(work) if turn % 2 else list(reversed(work))
        for name in names:
            found[name].append(speed(model, [work[name]], directions))
        if turn < serial_turns:
            serial.append(speed(model, [[request] for request in work["1 layer"]], directions))
    distinct = found["1 layer"]
    return [
        against("32 distinct vs unsteered, 1 layer", distinct, "unsteered", found["unsteered"], 0.97, LOWEST),
        against(
            "32 distinct vs unsteered, 18 layers", found["18 layers"], "unsteered", found["unsteered"], 0.95, LOWEST
        ),
        against("32 distinct vs one dose for all", distinct, "one dose for all", found["one"], 0.97, LOWEST),
        against("32 distinct vs serial", distinct[:serial_turns], "one by one", serial, 5.0, 0.0),
    ]


def against(case: str, ours: Sequence[float], peer: str, theirs: Sequence[float], bar: float, lowest: float) -> Row:
    """A case whose ratio must reach `bar`, and its interval begin at `lowest` or above."""
    ratio = statistics.median(ours) / statistics.median(theirs)
    spread = ratio_interval(ours, theirs)
    return Row(
        case=case, metric="tokens per CPU-s", ours=round(statistics.median(ours), 2), peer=peer,
        theirs=round(statistics.median(theirs), 2), ratio=round(ratio, 3), bar=bar,
        holds=ratio >= bar and spread[0] >= lowest, n=len(ours), spread=spread,
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(__doc__, arguments)
    rows = measure(QUICK_TURNS, 1) if given.quick else measure(TURNS, SERIAL_TURNS)
    return finish("language_throughput", rows, as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
