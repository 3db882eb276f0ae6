"""Maps of 2,000 latents by our UMAP and by umap-learn, in CPU-seconds and in trustworthiness; neighbours of 60,000.

The same points, 15 neighbours, two dimensions, one thread; each package in a process of its own, umap-learn in an
environment made under `build/peers` at the first run. `umap 2k` counts all from points to layout, neighbours included,
after a first layout; `first umap 2k` is that first one and what importing the package costs, compiling included.
`latents` are those of an autoencoder after three epochs on handwritten digits; `clusters` are ten Gaussians in 16
dimensions. Trustworthiness is of 15 neighbours, mean over seeds; the peer's less .01 is the bar.

    OMP_NUM_THREADS=1 python -m benchmarks.projections [--quick] [--json]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import Row, finish, options, quartiles
from pilotage.core.shapes import Array
from pilotage.labs.latents.data.builtin import builtin
from pilotage.labs.latents.maps import neighbours, trust
from pilotage.models.latents import PRESETS, Examples

PEER = "umap-learn==0.5.12"
ENVIRONMENT = Path(__file__).resolve().parent.parent / "build" / "peers" / "umap-learn"
POINTS, MANY, K, SECONDS, SLACK = 2000, 60_000, 15, 3.0, 0.01
TURNS, QUICK_TURNS = 7, 2


def interpreter() -> Path:
    """The Python of the peer's environment, which is made if it is not there."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEER], check=True)
        (ENVIRONMENT / "ready").touch()
    return python


def latents() -> Array:
    """(2000, 16) codes of an autoencoder."""
    from pilotage.models.latents.reading import encode
    from pilotage.models.latents.training import train

    digits = builtin("digits")
    rows = np.random.default_rng(0).permutation(len(digits.images))[:POINTS]
    examples = Examples(np.ascontiguousarray(digits.images[rows]), digits.labels[rows], 10)
    trained = train(PRESETS["ae"].config.model_copy(update={"epochs": 3}), examples)
    return encode(trained.model, examples.images).z.astype(np.float64)


def clusters() -> Array:
    """(2000, 16) points of ten Gaussians, each flatter from dimension to dimension."""
    rng = np.random.default_rng(0)
    middles = 2.5 * rng.standard_normal((10, 16))
    return middles[rng.integers(0, 10, POINTS)] + rng.standard_normal((POINTS, 16)) * np.linspace(1, 0.3, 16)


def by(package: str, points: Array, turns: int) -> tuple[dict[str, Any], Array]:
    """What a package cost, and its layouts, turn by turn."""
    python = Path(sys.executable) if package == "pilotage" else interpreter()
    script = Path(__file__).with_name("projections_process.py")
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "points.npy", Path(folder) / "layouts.npy"
        np.save(given, points)
        said = subprocess.run(
            [python, script, package, given, made, str(turns)],
            env={**os.environ, **one_thread}, check=True, text=True, stdout=subprocess.PIPE,
        ).stdout  # fmt: skip
        return json.loads(said.splitlines()[-1]), np.load(made)


def rows_of(data: str, points: Array, turns: int) -> list[Row]:
    """Cost, first cost and trustworthiness on one set of points."""
    (mine, my_layouts), (other, their_layouts) = by("pilotage", points, turns), by("umap-learn", points, turns)
    near = neighbours(points, K)
    ours, theirs = (
        [float(trust(points, layout, near).trustworthiness.mean()) for layout in layouts[1:]]
        for layouts in (my_layouts, their_layouts)
    )
    best, bar = statistics.fmean(ours), statistics.fmean(theirs) - SLACK
    first = [cost["import"] + cost["seconds"][0] for cost in (mine, other)]
    same = float(my_layouts[0].tobytes() == my_layouts[1].tobytes())
    return [
        seconds(f"umap 2k, {data}", mine["seconds"][1:], other["seconds"][1:]),
        seconds(f"first umap 2k, {data}", first[:1], first[1:]),
        Row(case=f"umap 2k, {data}", metric="trustworthiness", ours=round(best, 4), peer=PEER,
            theirs=round(bar + SLACK, 4), ratio=round(best / (bar + SLACK), 4), bar=round(bar, 4), holds=best >= bar,
            n=len(ours), spread=quartiles(ours, 4)),
        Row(case=f"umap 2k, {data}", metric="same bytes again", ours=same, bar=1.0, holds=same == 1.0),
    ]  # fmt: skip


def seconds(case: str, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """A cost beside the peer's; the bar is ours alone."""
    middle, other = statistics.median(ours), statistics.median(theirs)
    return Row(
        case=case, metric="CPU s", ours=round(middle, 2), peer=PEER, theirs=round(other, 2),
        ratio=round(middle / other, 3), bar=SECONDS, holds=middle <= SECONDS, n=len(ours),
        spread=quartiles(ours, 2) if len(ours) > 1 else None,
    )  # fmt: skip


def neighbours_of(count: int) -> Row:
    """Exact neighbours of points without clusters, which no tree makes easy."""
    points = np.random.default_rng(0).standard_normal((count, 16))
    begun = time.process_time()
    neighbours(points, K)
    return Row(case=f"neighbours of {count:,}", metric="CPU s", ours=round(time.process_time() - begun, 2))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether every bar holds."""
    given = options(__doc__, arguments)
    turns = QUICK_TURNS if given.quick else TURNS
    rows = [*rows_of("latents", latents(), turns), *rows_of("clusters", clusters(), turns)]
    return finish("projections", [*rows, neighbours_of(POINTS), neighbours_of(MANY)], as_json=given.as_json)


if __name__ == "__main__":
    sys.exit(main())
