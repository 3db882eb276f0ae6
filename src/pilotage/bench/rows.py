"""What every benchmark prints: rows that compare us with a peer on the same work, and where they come from."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pilotage.core.versions import installed


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; None where a number is unknown or no bar is set.

    Attributes:
        case: what was worked on.
        metric: what was measured.
        ours: our figure.
        peer: who else did the same work.
        theirs: their figure.
        ratio: ours / theirs.
        bar: what is promised; `holds` says whether it is kept.
        n: independent repetitions behind each number.
        spread: (low, high): a 95 % interval, of `ours` or of ours less theirs; of repeated times the quartiles.
    """

    case: str
    metric: str
    ours: float | None
    peer: str | None = None
    theirs: float | None = None
    ratio: float | None = None
    bar: float | None = None
    holds: bool | None = None
    n: int = 1
    spread: tuple[float, float] | None = None


def report(benchmark: str, rows: Sequence[Row], *, command: str, packages: Sequence[str] = ()) -> dict[str, Any]:
    """One JSON object: the rows, and the command, commit, device and versions that made them."""
    return {
        "benchmark": benchmark,
        "rows": [asdict(row) for row in rows],
        "command": command,
        "commit": _commit(),
        "device": f"{platform.machine()} cpu, {platform.system()}",
        "versions": {"python": platform.python_version(), **installed(("pilotage", "numpy", "scipy", *packages))},
    }


def table(rows: Sequence[Row]) -> str:
    """A line a row."""
    width = max((len(row.case) for row in rows), default=0)
    return "\n".join(f"{row.case:<{width}}  {_text(row)}" for row in rows)


def _text(row: Row) -> str:
    parts = [f"{row.metric} {_figure(row.ours)}"]
    parts += [f"| {row.peer} {_figure(row.theirs)}"] if row.peer else []
    parts += [f"| ratio {_figure(row.ratio)}"] if row.ratio is not None else []
    parts += ["| [{:.3f}, {:.3f}]".format(*row.spread)] if row.spread else []
    parts += [f"| bar {row.bar:g} {'holds' if row.holds else 'MISSED'}"] if row.bar is not None else []
    return " ".join([*parts, f"| n {row.n}"])


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _commit() -> str | None:
    """Of the checkout that this package lies in, if it lies in one."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return found.stdout.strip() or None
