"""What a round costs beside its pictures: our `generate` against diffusers called by hand, on the same rows.

Both get the same prompt embeddings and seeds and make four 64 x 64 pictures in 10 steps at guidance 3 with the
starter model. Cases: `raw call`, one pipeline call for all four; `four calls`, one for each, as a loop
over candidates would do. Ours also encodes PNGs; the peer stops at PIL pictures.

    python -m benchmarks.round_overhead [--quick] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from pilotage.models import DiffusionModel, GenerationRequest, Row

STEPS, GUIDANCE, SEEDS = 10, 3.0, (1, 2, 3, 4)
COMMAND = "python -m benchmarks.round_overhead"
BARS = {"raw call": 1.05, "four calls": 1.0}  # ours / theirs, at most
Clocks = tuple[float, float]  # wall and CPU seconds


def starter() -> DiffusionModel:
    """The starter on the CPU, loaded."""
    import pilotage_starter

    model = DiffusionModel("starter", pilotage_starter.path(), device="cpu")
    model.load()
    return model


def raw_call(pipeline: Any, point: Any, seeds: Sequence[int]) -> Any:
    """The peer: diffusers as its documentation shows, given embeddings and one generator a row."""
    import torch

    def stacked(name: str) -> Any:
        return torch.from_numpy(point[name].copy()).repeat(len(seeds), 1, 1)

    return pipeline(
        prompt_embeds=stacked("prompt_embeds"), negative_prompt_embeds=stacked("negative_prompt_embeds"),
        num_inference_steps=STEPS, guidance_scale=GUIDANCE, width=64, height=64,
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
    ).images  # fmt: skip


def clocked(work: Callable[[], Any]) -> Clocks:
    """Wall and CPU seconds of one call, all threads counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def paired(ours: Callable[[], Any], theirs: Callable[[], Any], repeats: int) -> list[tuple[Clocks, Clocks]]:
    """Alternating measurements, the order swapped each time, after two warm ones of each."""
    for work in (ours, theirs, ours, theirs):
        work()
    gc.collect()
    found = []
    for index in range(repeats):
        if index % 2:
            peer = clocked(theirs)
            found.append((clocked(ours), peer))
        else:
            found.append((clocked(ours), clocked(theirs)))
    return found


def rows_of(case: str, pairs: Sequence[tuple[Clocks, Clocks]]) -> list[dict[str, Any]]:
    """One row a clock: medians in milliseconds, the median of the paired ratios, its quartiles as the spread."""
    rows = []
    for clock, metric in enumerate(("wall ms", "CPU ms")):
        mine, peers = ([1000 * pair[side][clock] for pair in pairs] for side in (0, 1))
        ratios = [a / b for a, b in zip(mine, peers, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        rows.append({
            "case": case, "metric": metric, "ours": round(statistics.median(mine), 1), "peer": "diffusers",
            "theirs": round(statistics.median(peers), 1), "ratio": round(middle, 3), "bar": BARS[case],
            "holds": middle <= BARS[case], "n": len(pairs), "spread": [round(low, 3), round(high, 3)],
        })  # fmt: skip
    return rows


def measure(model: DiffusionModel, repeats: int, generate: Callable[..., Any] | None = None) -> list[dict[str, Any]]:
    """All rows; `generate(request, rows)` is what is measured, `model.generate` if None."""
    request = GenerationRequest(prompt="a red fox", steps=STEPS, guidance=GUIDANCE)
    point = model.encode(request)
    batch = [Row(point, seed) for seed in SEEDS]
    pipeline = model._loaded.pipeline  # type: ignore[union-attr]  # the peer runs the very same weights
    run = generate or model.generate
    peers = {
        "raw call": lambda: raw_call(pipeline, point, SEEDS),
        "four calls": lambda: [raw_call(pipeline, point, (seed,)) for seed in SEEDS],
    }
    return [
        row for case, peer in peers.items() for row in rows_of(case, paired(lambda: run(request, batch), peer, repeats))
    ]


def report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The object that `--json` prints."""
    import diffusers
    import torch

    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    versions = {"python": platform.python_version(), "torch": torch.__version__, "diffusers": diffusers.__version__}
    device = f"cpu, {torch.get_num_threads()} threads"
    return {"benchmark": "round_overhead", "rows": rows, "command": COMMAND, "device": device,
            "commit": commit.stdout.strip() or None, "versions": versions}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="5 repeats instead of 31")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args(arguments)
    rows = measure(starter(), 5 if options.quick else 31)
    if options.as_json:
        print(json.dumps(report(rows)))
    else:
        for row in rows:
            print("{case:12} {metric:8} ours {ours:8} {peer} {theirs:8} ratio {ratio:6} (quartiles {spread}) "
                  "bar {bar} {mark}".format(**row, mark="holds" if row["holds"] else "MISSED"))  # fmt: skip
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
