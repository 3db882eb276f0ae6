"""Figures of an axis' report, for pages that open offline: curves over the dose as SVG, layers and methods as a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from pilotage.labs.language.axis_report import Heat

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 460, 190, 52, 10, 24
_CIVIDIS = ((0, 34, 78), (53, 69, 108), (102, 105, 112), (148, 142, 119), (200, 184, 102), (254, 232, 56))
_DARK = 0.464  # share below which white is read better than black


@dataclass(frozen=True, slots=True)
class Course:
    """Something over the dose.

    Attributes:
        title: what it is, for those who hear the page too.
        doses, values: equally many.
        unit: how a value is written.
        level: what no steering has.
        least: values that the scale holds in any case, so that noise looks like noise.
        chance: how far from the level random directions come, either way.
        asked: what asking in words comes to at dose -1 and 1.
    """

    title: str
    doses: tuple[float, ...]
    values: tuple[float, ...]
    unit: str
    level: float
    least: tuple[float, float]
    chance: float | None = None
    asked: tuple[float, float] | None = None


def curve(course: Course, poles: tuple[str, str]) -> str:
    """The course as SVG."""
    band = () if course.chance is None else (course.level - course.chance, course.level + course.chance)
    seen = (*course.values, *course.least, *band, *(course.asked or ()))
    scale = _Scale(min(seen), max(seen))
    line = " ".join(scale.place(dose, value) for dose, value in zip(course.doses, course.values, strict=True))
    spots = "".join(f'<circle cx="{scale.x(dose):.1f}" cy="{scale.y(value):.1f}" r="3"/>'
                    for dose, value in zip(course.doses, course.values, strict=True))  # fmt: skip
    level = scale.y(course.level)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(course.title)}</title>',
        f'<path class="ground" d="M{LEFT} {TOP}H{WIDTH - 8}M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - 8}"/>',
        "".join(_chance(scale, low, high) for low, high in pairwise(band)),
        f'<path class="level" d="M{LEFT} {level:.1f}H{WIDTH - 8}"/>',
        _asked(scale, course.asked) if course.asked else "",
        f'<polyline class="line" points="{line}"/>{spots}',
        _text(LEFT - 6, TOP + 8, course.unit.format(scale.high), "end"),
        _text(LEFT - 6, HEIGHT - BOTTOM, course.unit.format(scale.low), "end"),
        _text(LEFT, HEIGHT - 6, poles[0], "start"),
        _text(scale.x(0), HEIGHT - 6, "neutral", "middle"),
        _text(WIDTH - 8, HEIGHT - 6, poles[1], "end"),
        "</svg>",
    ]
    return "".join(parts)


def heat_map(cells: Sequence[Heat], chosen: tuple[str, int]) -> str:
    """Scores by method and layer as a table, the chosen cell marked."""
    layers = sorted({cell.layer for cell in cells})
    scores = {(cell.method, cell.layer): cell.score for cell in cells}
    low, high = min(scores.values()), max(scores.values())
    head = "".join(f'<th scope="col">{layer}</th>' for layer in layers)
    body = ""
    for method in dict.fromkeys(cell.method for cell in cells):
        row = "".join(_cell(scores.get((method, layer)), (low, high), (method, layer) == chosen) for layer in layers)
        body += f'<tr><th scope="row">{escape(method.replace("_", " "))}</th>{row}</tr>'
    return (f'<div class="table"><table class="heat"><thead><tr><th scope="col">method \\ block</th>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")  # fmt: skip


class _Scale:
    """Where doses and values lie in a figure."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high if high > low else low + 1

    def x(self, dose: float) -> float:
        return LEFT + 8 + (WIDTH - LEFT - 24) * (dose + 1) / 2

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)

    def place(self, dose: float, value: float) -> str:
        return f"{self.x(dose):.1f},{self.y(value):.1f}"


def _chance(scale: _Scale, low: float, high: float) -> str:
    top, height = scale.y(high), scale.y(low) - scale.y(high)
    return f'<rect class="chance" x="{LEFT}" width="{WIDTH - LEFT - 8}" y="{top:.1f}" height="{height:.1f}"/>'


def _asked(scale: _Scale, ends: tuple[float, float]) -> str:
    first, last = scale.y(ends[0]), scale.y(ends[1])
    return f'<path class="asked" d="M{scale.x(-1):.1f} {first:.1f}h60M{scale.x(1):.1f} {last:.1f}h-60"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def _cell(score: float | None, ends: tuple[float, float], chosen: bool) -> str:
    if score is None:
        return '<td class="none" title="not looked at"></td>'
    share = (score - ends[0]) / (ends[1] - ends[0]) if ends[1] > ends[0] else 1.0
    at = share * (len(_CIVIDIS) - 1)
    low, high = _CIVIDIS[int(at)], _CIVIDIS[min(int(at) + 1, len(_CIVIDIS) - 1)]
    red, green, blue = (round(a + (at % 1) * (b - a)) for a, b in zip(low, high, strict=True))
    ink, mark = "#fff" if share < _DARK else "#000", ' class="chosen"' if chosen else ""
    told = f"{score:.2f} ✓" if chosen else f"{score:.2f}"
    return f'<td{mark} style="background:rgb({red} {green} {blue});color:{ink}">{told}</td>'
