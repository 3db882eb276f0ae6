"""The outcomes in a cache as one HTML page that opens offline: curves with bands, figures, ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np

from pilotage.bench.cache import Cache
from pilotage.bench.names import OURS, names_of
from pilotage.bench.rows import Row, report
from pilotage.bench.standing import AT, BASELINE, Standing, rows_of, standings
from pilotage.bench.statistics import standard_error
from pilotage.core.errors import NotFoundError
from pilotage.core.shapes import Array

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 300, 44, 36, 10
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#b45309", "#0f766e", "#be185d", "#4b5563")
DASHES = ("", "6 3", "2 3", "8 3 2 3")

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


_HEAD = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Pilotage: benchmark of preferences</title><style>{_STYLE}</style></head><body>
<h1>Whose search finds what a person likes</h1>
<p>True utility of what would be handed over after each round: 0 is the mean of random places, 1 the optimum.
Bands are 95 % intervals of the mean.</p>
"""


def write_page(cache: Cache, path: Path, *, command: str) -> int:
    """Write every trial of a cache to `path`; how many there were.

    Raises:
        NotFoundError: nothing was run yet.
    """
    named = {names_of(trial): outcomes for trial, outcomes in cache.trials()}
    if not named:
        raise NotFoundError("nothing was run yet", hint="pilotage bench preferences --quick")
    outcomes = {names: named[names] for names in sorted(named, key=_order)}
    made = report("preferences", [], command=command)
    origin = f"{command} · commit {made['commit'] or 'unknown'} · {made['versions']}"
    ours = {names: runs for names, runs in outcomes.items() if (names[0], OURS) in outcomes}
    path.write_text(page_of(standings(outcomes), origin=origin, rows=rows_of(ours)))
    return len(outcomes)


def _order(names: tuple[str, str]) -> tuple[str, int, str]:
    """Ours first, then the baseline."""
    case, method = names
    return case, (OURS, BASELINE).index(method) if method in (OURS, BASELINE) else 2, method


def page_of(standings: Mapping[str, Mapping[str, Standing]], *, origin: str, rows: Sequence[Row] = ()) -> str:
    """The page.

    Args:
        standings: case with its answers -> method -> how it stands.
        origin: the command, commit and versions that made it, as one line.
        rows: bars, to be listed at the end.
    """
    names = list(dict.fromkeys(name for methods in standings.values() for name in methods))
    sections = "".join(_section(case, methods, names) for case, methods in standings.items())
    return (
        f"{_HEAD}{_ranks(standings, names)}{sections}{_bars(rows)}"
        f"<footer><p>{escape(origin)}</p></footer></body></html>\n"
    )


def _section(case: str, methods: Mapping[str, Standing], names: Sequence[str]) -> str:
    return f"<section><h2>{escape(case)}</h2>{_chart(case, methods, names)}{_figures(methods)}</section>"


def _chart(case: str, methods: Mapping[str, Standing], names: Sequence[str]) -> str:
    rounds = max(one.utility.shape[1] for one in methods.values())
    low = min(0.0, float(np.floor(10 * min(one.utility.mean(axis=0).min() for one in methods.values())) / 10))
    grid = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{_y(v, low):.1f}" y2="{_y(v, low):.1f}" stroke="var(--line)"/>'
        f'<text x="{LEFT - 6}" y="{_y(v, low) + 4:.1f}" text-anchor="end">{v:.1f}</text>'
        for v in np.arange(low, 1.01, 0.2)
    )
    ticks = "".join(
        f'<text x="{_x(turn, rounds):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{turn}</text>'
        for turn in range(5, rounds + 1, 5)
    )
    curves = "".join(_curve(one, names.index(name), low, rounds) for name, one in methods.items())
    keys = "".join(_key(name, names.index(name), place) for place, name in enumerate(methods))
    label = f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 4}" text-anchor="middle">round</text>'
    height = HEIGHT + 18 * len(methods) + 6
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img"><title>{escape(case)}: utility by round</title>'
        f"{grid}{ticks}{label}{curves}{keys}</svg>"
    )


def _curve(one: Standing, style: int, low: float, rounds: int) -> str:
    mean = one.utility.mean(axis=0)
    half = np.array([1.96 * standard_error(column) if len(column) > 1 else 0.0 for column in one.utility.T])
    turns = np.arange(1, len(mean) + 1)
    edge = [*zip(turns, mean + half, strict=True), *zip(turns[::-1], (mean - half)[::-1], strict=True)]
    band = " ".join(f"{_x(turn, rounds):.1f},{_y(float(value), low):.1f}" for turn, value in edge)
    line = " ".join(f"{_x(turn, rounds):.1f},{_y(float(value), low):.1f}" for turn, value in enumerate(mean, start=1))
    colour = COLOURS[style % len(COLOURS)]
    return (
        f'<polygon points="{band}" fill="{colour}" opacity="0.13"/>'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" {_dash(style)}/>'
    )


def _key(name: str, style: int, place: int) -> str:
    y, colour = HEIGHT + 18 * place + 10, COLOURS[style % len(COLOURS)]
    return (
        f'<line x1="{LEFT}" x2="{LEFT + 28}" y1="{y - 4}" y2="{y - 4}" '
        f'stroke="{colour}" stroke-width="2" {_dash(style)}/>'
        f'<text x="{LEFT + 36}" y="{y}">{escape(name)}</text>'
    )


def _dash(style: int) -> str:
    """Lines differ in more than colour."""
    dash = DASHES[style % len(DASHES)]
    return f'stroke-dasharray="{dash}"' if dash else ""


def _x(turn: float, rounds: int) -> float:
    return LEFT + (WIDTH - LEFT - 8) * (turn - 1) / max(rounds - 1, 1)


def _y(value: float, low: float) -> float:
    share = (min(max(value, low), 1.0) - low) / (1.0 - low)
    return TOP + (HEIGHT - BOTTOM - TOP) * (1.0 - share)


def _figures(methods: Mapping[str, Standing]) -> str:
    head = ["method", *(f"at {turn}" for turn in AT), "to 90 %", "peaks", "CPU ms", "runs"]
    return _table(head, [[name, *_cells(one)] for name, one in methods.items()])


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
    return _table(head, rows)


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
    return "<h2>Bars</h2>" + _table(["case", "figure", "ours", "95 % interval", "bar", "holds"], cells)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="table"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
