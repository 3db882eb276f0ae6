"""How long it takes to start: the terminal's help, the import, and a first round without weights.

Each case is a fresh process; the peer is `python -c pass` in the same interpreter, so the ratio says how many
times longer than the bare interpreter one waits. Alternating, in one run.

    python -m benchmarks.startup [--quick] [--json]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.rows import Row, finish, options, quartiles

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


def row_of(case: str, repeats: int) -> Row:
    """One row: medians of alternating runs, the median of the paired ratios, its quartiles as the spread."""
    for command in (CASES[case], BARE):
        wall_ms(command)  # once, so that both find their files in memory
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(wall_ms(CASES[case]))
        theirs.append(wall_ms(BARE))
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Row(
        case=case, metric="wall ms", ours=round(statistics.median(ours), 1), peer="python -c pass",
        theirs=round(statistics.median(theirs), 1), ratio=round(statistics.median(ratios), 2), n=repeats,
        spread=quartiles(ratios, 2),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    given = options(__doc__, arguments)
    return finish("startup", [row_of(case, 5 if given.quick else 25) for case in CASES], as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
