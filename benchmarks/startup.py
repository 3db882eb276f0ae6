"""How long it takes to start: the terminal's help, the import, and a first round without weights.

Each case is a fresh process; the peer is `python -c pass` in the same interpreter, so the ratio says how many
times longer than the bare interpreter one waits. Alternating, in one run.

    python -m benchmarks.startup [--quick] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

COMMAND = "python -m benchmarks.startup"
BARE = (sys.executable, "-c", "pass")
CASES = {
    "pilotage --help": (sys.executable, "-m", "pilotage", "--help"),
    "import pilotage": (sys.executable, "-c", "import pilotage"),
    "first round of analytic": (
        sys.executable,
        "-c",
        "import pilotage; pilotage.Session(model='analytic', seed=1).ask()",
    ),
}


def wall_ms(command: Sequence[str]) -> float:
    """Wall time of one process from start to end, in milliseconds."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - begun)


def row_of(case: str, repeats: int) -> dict[str, Any]:
    """One row: medians of alternating runs, the median of the paired ratios, its quartiles as the spread."""
    for command in (CASES[case], BARE):
        wall_ms(command)  # once, so that both find their files in memory
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(wall_ms(CASES[case]))
        theirs.append(wall_ms(BARE))
    low, middle, high = statistics.quantiles([a / b for a, b in zip(ours, theirs, strict=True)], n=4)
    return {
        "case": case, "metric": "wall ms", "ours": round(statistics.median(ours), 1), "peer": "python -c pass",
        "theirs": round(statistics.median(theirs), 1), "ratio": round(middle, 2), "bar": None, "holds": None,
        "n": repeats, "spread": [round(low, 2), round(high, 2)],
    }  # fmt: skip


def report(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The object that `--json` prints."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "benchmark": "startup", "rows": list(rows), "command": COMMAND, "commit": commit.stdout.strip() or None,
        "device": f"cpu, {os.cpu_count()} cores",
        "versions": {"python": platform.python_version(), "pilotage": version("pilotage")},
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="5 repeats instead of 25")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args(arguments)
    rows = [row_of(case, 5 if options.quick else 25) for case in CASES]
    if options.as_json:
        print(json.dumps(report(rows)))
        return 0
    for row in rows:
        print("{case:24} {metric} ours {ours:8} {peer} {theirs:6} ratio {ratio:6} (quartiles {spread})".format(**row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
