"""The part of the benchmarks' page that is about pictures."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from pilotage.bench.charts import chart, table
from pilotage.bench.names import OURS
from pilotage.bench.pictures.standing import MEASURES, Runs, by_target
from pilotage.bench.statistics import standard_error, told_interval

_HEAD = """<h1>Whose pictures get better</h1>
<p>Real pictures: a judge who errs looks for a hidden one that the model can make, and every arm makes as many pictures.
0 is the mean of random places' pictures, 1 the hidden one itself. Bands are 95 % intervals over targets.</p>
"""


def pictures_of(table_of: Mapping[str, Mapping[str, Runs]]) -> str:
    """A section a group of targets; nothing, if nothing was run.

    Args:
        table_of: group of targets -> arm -> its runs.
    """
    names = [OURS, *dict.fromkeys(name for arms in table_of.values() for name in arms if name != OURS)]
    sections = "".join(_section(case, arms, names) for case, arms in table_of.items())
    return f"{_HEAD}{sections}" if sections else ""


def _section(case: str, arms: Mapping[str, Runs], names: list[str]) -> str:
    ordered = {name: arms[name] for name in names if name in arms}
    score = {name: by_target(runs, lambda course: course.score) for name, runs in ordered.items()}
    new = {name: by_target(runs, lambda course: course.new) for name, runs in ordered.items()}
    return (
        f"<section><h2>{escape(case)}</h2>"
        f"<h3>The picture that would come out</h3>{chart(f'{case}: score by round', score, names)}"
        f"<h3>New pictures, mean of each round</h3>{chart(f'{case}: score of new pictures by round', new, names)}"
        f"{table(['arm', *MEASURES, 'runs'], [_cells(name, runs) for name, runs in ordered.items()])}</section>"
    )


def _cells(name: str, runs: Runs) -> list[str]:
    cells = [name]
    for metric, measure in MEASURES.items():
        found = by_target(runs, measure)
        error = f" ± {standard_error(found):.2f}" if len(found) > 1 else ""
        cells.append(told_interval(found) if metric == "slope" else f"{found.mean():.2f}{error}")
    return [*cells, str(len(runs))]
