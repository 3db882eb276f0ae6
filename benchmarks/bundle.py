"""How long a bundle of a thousand candidates takes: written, checked, opened in another lab.

The session is real: rounds of the analytic scene on SQLite, its pictures on disk. The peer is `zipfile` alone, packing
the very same files in the same way; what we do besides is read the rows, tell the story and hash.

    python -m benchmarks.bundle [--quick] [--json]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.rows import Row, finish, options, quartiles
from pilotage.app.lab import Lab
from pilotage.app.settings import Settings
from pilotage.app.wiring import local_lab
from pilotage.reports.checks import verify_bundle
from pilotage.sessions.acts import Submission

CANDIDATES = 8
CONFIG = {
    "model": "analytic", "seed": 1, "request": {"prompt": "a disc"}, "candidates": CANDIDATES,
    "sampler": {"kind": "sobol"}, "preference_model": {"kind": "winner_average"},
}  # fmt: skip
BAR_S = 10.0


def steered(lab: Lab, rounds: int) -> str:
    """A session of so many answered rounds; its id."""
    session = lab.create_session(CONFIG).id
    for index in range(1, rounds + 1):
        job = lab.request_round(session).job
        assert job is not None
        lab.wait(job.id)
        best = lab.get_round(session, index).candidates[index % CANDIDATES].id
        lab.answer(session, index, Submission(answer={"kind": "ranking", "order": [best]}, comment="warmer"))
    return session


def packed_plainly(folder: Path, to: Path) -> None:
    """The peer: the same files, from a folder, by zipfile alone."""
    with zipfile.ZipFile(to, "w") as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                method = zipfile.ZIP_STORED if path.suffix == ".png" else zipfile.ZIP_DEFLATED
                packed.write(path, path.relative_to(folder), method)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(home: Path, rounds: int, repeats: int) -> list[Row]:
    """The rows of one session: bundle against plain zip, then verify and import."""
    lab, out = local_lab(Settings(home=home / "lab")), home / "bundle.zip"
    session = steered(lab, rounds)
    lab.bundle(session, out)
    with zipfile.ZipFile(out) as packed:
        packed.extractall(home / "files")
        count = sum(name.startswith("pictures/") for name in packed.namelist())
    times: dict[str, list[float]] = {"bundle": [], "plain": [], "verify": [], "import": []}
    for number in range(repeats):
        other = local_lab(Settings(home=home / f"other-{number}"))
        times["bundle"].append(seconds(lambda: lab.bundle(session, out)))
        times["plain"].append(seconds(lambda: packed_plainly(home / "files", home / "plain.zip")))
        times["verify"].append(seconds(lambda: verify_bundle(out)))
        times["import"].append(seconds(lambda other=other: other.import_bundle(out)))
    case = f"{rounds * CANDIDATES} candidates, {count} pictures, {out.stat().st_size / 1e6:.1f} MB"
    return [
        row_of(case, name, times, bar=BAR_S if name == "bundle" else None) for name in ("bundle", "verify", "import")
    ]


def row_of(case: str, name: str, times: dict[str, list[float]], *, bar: float | None) -> Row:
    """One row: the median, and the median of the paired ratios to the plain zip."""
    ours, ratios = times[name], [a / b for a, b in zip(times[name], times["plain"], strict=True)]
    middle = statistics.median(ours)
    return Row(
        case=f"{name}: {case}", metric="seconds", ours=round(middle, 3), peer="zipfile alone",
        theirs=round(statistics.median(times["plain"]), 3), ratio=round(statistics.median(ratios), 2), bar=bar,
        holds=None if bar is None else middle <= bar, n=len(ours),
        spread=quartiles(ours) if len(ours) > 1 else None,
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 if the bar holds."""
    chosen = options(__doc__, arguments)
    with tempfile.TemporaryDirectory() as home:
        rows = measure(Path(home), *((12, 2) if chosen.quick else (125, 5)))
    return finish("bundle", rows, as_json=chosen.as_json)


if __name__ == "__main__":
    sys.exit(main())
