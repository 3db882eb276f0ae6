"""Rows that every benchmark prints: this project and its peer on the same work, as a table or as one JSON object."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; None where a number is unknown or no bar is set.

    Attributes:
        ratio: ours / theirs.
        bar: what `ours` must not exceed; `holds` says whether it does not.
        n: independent repetitions behind each number.
        spread: half-width of the 95 % interval of `ours`.
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
    spread: float | None = None


def print_report(benchmark: str, rows: Sequence[Row], *, command: str, packages: Sequence[str], as_json: bool) -> None:
    """Print `rows` with the command, commit, device and versions that made them."""
    origin = {
        "command": command,
        "commit": _commit(),
        "device": f"{platform.machine()} cpu, {platform.system()}",
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
    }
    if as_json:
        print(json.dumps({"benchmark": benchmark, "rows": [asdict(row) for row in rows], **origin}))
        return
    width = max(len(row.case) for row in rows)
    for row in rows:
        print(f"{row.case:{width}}  {_text(asdict(row))}")
    print("  ".join(f"{name} {value}" for name, value in origin.items() if value))


def _text(row: Mapping[str, object]) -> str:
    parts = [f"{row['metric']} {_number(row['ours'])}"]
    parts += [f"+-{_number(row['spread'])}"] if row["spread"] is not None else []
    parts += [f"| {row['peer']} {_number(row['theirs'])}"] if row["peer"] else []
    parts += [f"| ratio {_number(row['ratio'])}"] if row["ratio"] is not None else []
    parts += [f"| bar {row['bar']} {'holds' if row['holds'] else 'MISSED'}"] if row["bar"] is not None else []
    return " ".join([*parts, f"| n {row['n']}"])


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _commit() -> str | None:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None
