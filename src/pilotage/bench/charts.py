"""Curves with bands as SVG, and tables, for pages that open offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from pilotage.bench.statistics import standard_error
from pilotage.core.shapes import Array

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 300, 44, 36, 10
COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#b45309", "#0f766e", "#be185d", "#4b5563")
DASHES = ("", "6 3", "2 3", "8 3 2 3")


def chart(title: str, curves: Mapping[str, Array], names: Sequence[str]) -> str:
    """Means with 95 % bands, from at most 0 to 1, and a key.

    Args:
        title: for those who hear the page.
        curves: name -> (n_runs, rounds) values.
        names: of everything on the page: each has its line everywhere.
    """
    rounds = max(values.shape[1] for values in curves.values())
    low = min(0.0, float(np.floor(10 * min(values.mean(axis=0).min() for values in curves.values())) / 10))
    grid = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - 8}" y1="{_y(v, low):.1f}" y2="{_y(v, low):.1f}" stroke="var(--line)"/>'
        f'<text x="{LEFT - 6}" y="{_y(v, low) + 4:.1f}" text-anchor="end">{v:.1f}</text>'
        for v in np.arange(low, 1.01, 0.2)
    )
    ticks = "".join(
        f'<text x="{_x(turn, rounds):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{turn}</text>'
        for turn in range(*((5, rounds + 1, 5) if rounds > 12 else (2, rounds + 1, 2)))
    )
    lines = "".join(_curve(values, names.index(name), low, rounds) for name, values in curves.items())
    keys = "".join(_key(name, names.index(name), place) for place, name in enumerate(curves))
    label = f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 4}" text-anchor="middle">round</text>'
    height = HEIGHT + 18 * len(curves) + 6
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img"><title>{escape(title)}</title>'
        f"{grid}{ticks}{label}{lines}{keys}</svg>"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Escaped; it scrolls by itself where it is too wide."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="table"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _curve(values: Array, style: int, low: float, rounds: int) -> str:
    mean = values.mean(axis=0)
    half = np.array([1.96 * standard_error(column) if len(column) > 1 else 0.0 for column in values.T])
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
