"""Rows that every benchmark prints: this project and its peer on the same work, as a table or as one JSON object."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from pilotage.bench.rows import Row, report

PACKAGES = ("torch", "diffusers")
Interval = tuple[float, float]
__all__ = ["Interval", "Row", "finish", "mean_interval", "options", "quartiles", "ratio_interval"]


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


def ratio_interval(ours: Sequence[float], theirs: Sequence[float]) -> Interval:
    """The 95 % interval of a ratio of medians of paired figures, by bootstrap over the pairs."""
    pairs = np.array([ours, theirs])
    chosen = np.random.default_rng(0).integers(pairs.shape[1], size=(4000, pairs.shape[1]))
    medians = np.median(pairs[:, chosen], axis=2)
    low, high = np.percentile(medians[0] / medians[1], [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def finish(benchmark: str, rows: Sequence[Row], *, as_json: bool) -> int:
    """Print `rows` with the command, commit, device and versions that made them; 0 if every bar holds, else 1."""
    command = " ".join(["python", "-m", f"benchmarks.{benchmark}", *sys.argv[1:]])
    found = report(benchmark, rows, command=command, packages=PACKAGES)
    if as_json:
        print(json.dumps(found))
    else:
        width = max(len(row.case) for row in rows)
        for row in rows:
            print(f"{row.case:{width}}  {_text(asdict(row))}")
        print("  ".join(f"{name} {found[name]}" for name in ("command", "commit", "device", "versions") if found[name]))
    return 0 if all(row.holds is not False for row in rows) else 1


def _text(row: Mapping[str, object]) -> str:
    parts = [f"{row['metric']} {row['ours']}"]
    parts += [f"| {row['peer']}" + ("" if row["theirs"] is None else f" {row['theirs']}")] if row["peer"] else []
    parts += [f"| ratio {row['ratio']}"] if row["ratio"] is not None else []
    parts += [f"| spread {row['spread']}"] if row["spread"] is not None else []
    parts += [f"| bar {row['bar']} {'holds' if row['holds'] else 'MISSED'}"] if row["bar"] is not None else []
    return " ".join([*parts, f"| n {row['n']}"])
