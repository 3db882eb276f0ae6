"""Rows that every benchmark prints: this project and its peer on the same work, as a table or as one JSON object."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from pilotage.core.versions import installed

PACKAGES = ("pilotage", "numpy", "scipy", "torch", "diffusers")
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; None where a number is unknown or no bar is set.

    Attributes:
        ratio: ours / theirs.
        bar: what is promised; `holds` says whether it is kept.
        n: independent repetitions behind each number.
        spread: (low, high): the quartiles of what is repeated, or a mean's 95 % interval.
    """

    case: str
    metric: str
    ours: float
    peer: str | None = None
    theirs: float | None = None
    ratio: float | None = None
    bar: float | None = None
    holds: bool | None = None
    n: int = 1
    spread: Interval | None = None


def options(doc: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    """The flags that every benchmark takes: `quick` and `as_json`."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("--quick", action="store_true", help="few repetitions: does it run, roughly how much")
    parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
    return parser.parse_args(arguments)


def quartiles(values: Sequence[float], digits: int = 3) -> Interval:
    """The first and third quartile of two values or more."""
    low, _, high = statistics.quantiles(values, n=4)
    return round(low, digits), round(high, digits)


def mean_interval(values: Sequence[float], digits: int = 3) -> Interval:
    """The mean's 95 % interval, of two values or more, by the normal approximation."""
    middle, half = statistics.fmean(values), 1.96 * statistics.stdev(values) / len(values) ** 0.5
    return round(middle - half, digits), round(middle + half, digits)


def finish(benchmark: str, rows: Sequence[Row], *, as_json: bool) -> int:
    """Print `rows` with the command, commit, device and versions that made them; 0 if every bar holds, else 1."""
    origin = {
        "command": " ".join(["python", "-m", f"benchmarks.{benchmark}", *sys.argv[1:]]),
        "commit": _commit(),
        "device": f"{platform.machine()} cpu, {platform.system()}",
        "versions": {"python": platform.python_version(), **installed(PACKAGES)},
    }
    if as_json:
        print(json.dumps({"benchmark": benchmark, "rows": [asdict(row) for row in rows], **origin}))
    else:
        width = max(len(row.case) for row in rows)
        for row in rows:
            print(f"{row.case:{width}}  {_text(asdict(row))}")
        print("  ".join(f"{name} {value}" for name, value in origin.items() if value))
    return 0 if all(row.holds is not False for row in rows) else 1


def _text(row: Mapping[str, object]) -> str:
    parts = [f"{row['metric']} {row['ours']}"]
    parts += [f"| {row['peer']}" + ("" if row["theirs"] is None else f" {row['theirs']}")] if row["peer"] else []
    parts += [f"| ratio {row['ratio']}"] if row["ratio"] is not None else []
    parts += [f"| spread {row['spread']}"] if row["spread"] is not None else []
    parts += [f"| bar {row['bar']} {'holds' if row['holds'] else 'MISSED'}"] if row["bar"] is not None else []
    return " ".join([*parts, f"| n {row['n']}"])


def _commit() -> str | None:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None
