"""The outcomes in a cache as one HTML page that opens offline: curves with bands, figures, ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np

from pilotage.bench.cache import Cache
from pilotage.bench.charts import chart, table
from pilotage.bench.names import OURS, names_of
from pilotage.bench.pictures.outcomes import Courses
from pilotage.bench.pictures.page import pictures_of
from pilotage.bench.pictures.standing import Runs
from pilotage.bench.pictures.standing import rows_of as rows_of_pictures
from pilotage.bench.pictures.standing import standings as standings_of_pictures
from pilotage.bench.rows import Row, report
from pilotage.bench.standing import AT, BASELINE, Standing, rows_of, standings
from pilotage.bench.statistics import standard_error
from pilotage.core.errors import NotFoundError
from pilotage.core.shapes import Array

_STYLE = """
:root { color-scheme: light dark; --line: #8884; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 960px; padding: 0 1rem; }
section { border-top: 1px solid var(--line); padding: 1rem 0; }
section h2 { margin: 0 0 .5rem; font-size: 1.1rem; }
svg { width: 100%; max-width: 680px; height: auto; } svg text { fill: currentColor; font-size: 12px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .5rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 9rem; }
.table { overflow-x: auto; }
"""


_TOP = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Pilotage: benchmarks</title><style>{_STYLE}</style></head><body>
"""
_HEAD = """<h1>Whose search finds what a person likes</h1>
<p>True utility of what would be handed over after each round: 0 is the mean of random places, 1 the optimum.
Bands are 95 % intervals of the mean.</p>
"""


def write_page(folder: Path, path: Path, *, command: str) -> int:
    """Write every trial of a folder of outcomes to `path`; how many there were.

    Raises:
        NotFoundError: nothing was run yet.
    """
    named = {names_of(trial): outcomes for trial, outcomes in Cache(folder).trials()}
    pictures = Courses(folder).trials()
    if not (named or pictures):
        raise NotFoundError("nothing was run yet", hint="pilotage bench preferences --quick")
    outcomes = {names: named[names] for names in sorted(named, key=_order)}
    made = report("preferences", [], command=command)
    origin = f"{command} · commit {made['commit'] or 'unknown'} · {made['versions']}"
    ours = {names: runs for names, runs in outcomes.items() if (names[0], OURS) in outcomes}
    path.write_text(page_of(standings(outcomes), standings_of_pictures(pictures), origin=origin, rows=rows_of(ours)))
    return len(outcomes) + len(pictures)


def _order(names: tuple[str, str]) -> tuple[str, int, str]:
    """Ours first, then the baseline."""
    case, method = names
    return case, (OURS, BASELINE).index(method) if method in (OURS, BASELINE) else 2, method


def page_of(
    standings: Mapping[str, Mapping[str, Standing]], pictures: Mapping[str, Mapping[str, Runs]], *, origin: str,
    rows: Sequence[Row] = (),
) -> str:  # fmt: skip
    """The page.

    Args:
        standings: case with its answers -> method -> how it stands.
        pictures: group of targets -> arm -> its runs.
        origin: the command, commit and versions that made it, as one line.
        rows: bars of the former, to be listed before the end.
    """
    names = list(dict.fromkeys(name for methods in standings.values() for name in methods))
    sections = "".join(_section(case, methods, names) for case, methods in standings.items())
    searches = f"{_HEAD}{_ranks(standings, names)}{sections}" if sections else ""
    bars = _bars([*rows, *rows_of_pictures(pictures)])
    return f"{_TOP}{searches}{pictures_of(pictures)}{bars}<footer><p>{escape(origin)}</p></footer></body></html>\n"


def _section(case: str, methods: Mapping[str, Standing], names: Sequence[str]) -> str:
    return f"<section><h2>{escape(case)}</h2>{_curves(case, methods, names)}{_figures(methods)}</section>"


def _curves(case: str, methods: Mapping[str, Standing], names: Sequence[str]) -> str:
    return chart(f"{case}: utility by round", {name: one.utility for name, one in methods.items()}, names)


def _figures(methods: Mapping[str, Standing]) -> str:
    head = ["method", *(f"at {turn}" for turn in AT), "to 90 %", "peaks", "CPU ms", "runs"]
    return table(head, [[name, *_cells(one)] for name, one in methods.items()])


def _cells(one: Standing) -> list[str]:
    turns = one.utility.shape[1]
    reached = [_mean(one.utility[:, turn - 1]) if turn <= turns else "–" for turn in AT]
    rounds = f"> {turns}" if one.rounds is None else f"{one.rounds:.0f}"
    return [*reached, rounds, f"{one.peaks.mean():.1f}", f"{np.median(one.ms):.1f}", str(len(one.utility))]


def _mean(values: Array) -> str:
    return f"{values.mean():.2f}" + (f" ± {standard_error(values):.2f}" if len(values) > 1 else "")


def _ranks(standings: Mapping[str, Mapping[str, Standing]], names: Sequence[str]) -> str:
    """Mean rank over the cases that a method has run, of as many methods as have run each."""
    head = ["method", *(f"mean rank at {turn}" for turn in AT), "cases"]
    rows = []
    for name in names:
        cases = [methods for methods in standings.values() if name in methods and len(methods) > 1]
        ranks = [[_rank(methods, name, turn) for methods in cases] for turn in AT]
        rows.append([name, *(f"{np.mean(found):.1f}" if found else "–" for found in ranks), str(len(cases))])
    return table(head, rows)


def _rank(methods: Mapping[str, Standing], name: str, turn: int) -> int:
    level = {other: float(one.utility[:, min(turn, one.utility.shape[1]) - 1].mean()) for other, one in methods.items()}
    return 1 + sum(value > level[name] for value in level.values())


def _bars(rows: Sequence[Row]) -> str:
    barred = [row for row in rows if row.bar is not None]
    if not barred:
        return ""
    cells = []
    for row in barred:
        ours = "–" if row.ours is None else f"{row.ours:.3f}"
        spread = "" if row.spread is None else "{:.3f} to {:.3f}".format(*row.spread)
        cells.append([row.case, row.metric, ours, spread, f"{row.bar:g}", "yes" if row.holds else "no"])
    return "<h2>Bars</h2>" + table(["case", "figure", "ours", "95 % interval", "bar", "holds"], cells)
