"""The report of an axis of language as one HTML page that opens offline: words, curves, numbers, texts side by side."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from pilotage import __version__
from pilotage.labs.language.axis_report import AxisReport, Sample
from pilotage.reports.axis_figures import Course, curve, heat_map

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}: what steering does</title><style>
{style}</style></head><body>
<h1>{title}</h1><p class="soft">{made}</p>
"""
_NEUTRAL = 0.005  # below it a dose is none
_LAYERS = "Score: the most effect less damage that any strength reaches. The chosen cell is ringed."


def axis_page(report: AxisReport) -> str:
    """The page: the numbers of the report, drawn and in words; nothing in it is fetched or run."""
    method = f"{_words(report.method)} at block {report.layer}, measured on {report.answers} held-out answers a pole"
    made = escape(f"{report.axis} · {report.model.name} ({report.model.fingerprint[:16]}) · {method}")
    title = escape(f"{report.poles.negative} ↔ {report.poles.positive}")
    told = "".join(f"<li>{escape(sentence)}</li>" for sentence in _sentences(report))
    samples = "".join(_sample(one, report, place) for place, one in enumerate(report.samples))
    return (
        f"{_HEAD.format(title=title, style=_style(), made=made)}<h2>In words</h2><ul>{told}</ul>{_figures(report)}"
        f"{_numbers(report)}{_layers(report)}<h2>Side by side</h2>{samples}"
        f"<footer><p>Made by Pilotage {escape(__version__)}.</p></footer></body></html>\n"
    )


def _style() -> str:
    """The app's design tokens, dark where the reader's system is; then the page's own."""
    folder = files("pilotage.reports.page")
    tokens, own = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("tokens.css", "axis.css"))
    dark = r"@media (prefers-color-scheme: dark) { :root \1 }"
    return re.sub(r':root\[data-theme="dark"\] (\{[^}]*\})', dark, tokens) + own


def _sentences(report: AxisReport) -> list[str]:
    low, high, floor = report.poles.negative, report.poles.positive, _floor(report)
    asked = "×{:.2f} and ×{:.2f}".format(*report.instructed_perplexity)
    told = [
        f"From full {low} to full {high}, {high} answers gain {report.effect:.2f} nats a token on {low} ones: their"
        f" odds grow {math.exp(report.effect):.3g}-fold.",
        *([] if floor is None else [f"Random directions of the same size do {floor:.2f} at most."]),
        f"Asking for it in words does {report.instructed:.2f}; text then becomes {asked} as unusual.",
        f"Rank correlation of dose and effect {report.monotone:.2f}; a line explains {report.straight:.0%} of it.",
    ]
    if report.won is not None:
        told.append(f"{report.won:.0%} of the held-out pairs move the right way.")
    if (beside := report.composition) is not None:
        told.append(
            f"With {beside.other}, the axis that is most like it (cosine {beside.cosine:+.2f}), each at dose"
            f" {beside.dose:g}: it does {beside.together:.2f} where alone it does {beside.alone:.2f}, and"
            f" {beside.other} by itself does {beside.spilled:+.2f} on its answers."
        )
    for pole, cost in ((low, report.damage[0]), (high, report.damage[-1])):
        told.append(
            f"At full {pole}, text is ×{cost.perplexity:.2f} as unusual as without steering, other answers shift by"
            f" {_kl(cost.kl):.2f} nats a token, and variety of wording is ×{cost.distinct:.2f}."
        )
    return told


def _figures(report: AxisReport) -> str:
    damage, doses, floor, half = report.damage, report.doses, _floor(report), report.instructed / 2
    courses = {
        "Nats a token against no steering. Band: random directions; dashes: asked in words; half of either each way.":
            Course("Effect by dose", doses, _effects(report), "{:+.1f}", 0, (-1, 1),
                   None if floor is None else floor / 2, (-half, half)),
        "Perplexity against no steering. Dashes: asked in words.":
            Course("How unusual the text becomes", doses, tuple(one.perplexity for one in damage), "×{:.2f}", 1, (1, 2),
                   asked=report.instructed_perplexity),
        "KL divergence on everyday answers, nats a token.":
            Course("How far other answers shift", doses, tuple(_kl(one.kl) for one in damage), "{:.2f}", 0, (0, 0.5)),
        "Distinct-2 against no steering.":
            Course("How varied the wording stays", doses, tuple(one.distinct for one in damage), "×{:.2f}", 1,
                   (0.8, 1.1)),
    }  # fmt: skip
    poles = (report.poles.negative, report.poles.positive)
    drawn = (f"<figure><figcaption><strong>{escape(course.title)}</strong><br>{escape(reading)}</figcaption>"
             f"{curve(course, poles)}</figure>" for reading, course in courses.items())  # fmt: skip
    return f'<h2>What doses do</h2><div class="figures">{"".join(drawn)}</div>'


def _numbers(report: AxisReport) -> str:
    head = ["dose", "effect", "perplexity", "KL", "distinct-2", "declined", *(["meaning"] if report.meaning else [])]
    rows = []
    for place, (dose, effect, cost) in enumerate(zip(report.doses, _effects(report), report.damage, strict=True)):
        means = [f"{report.meaning.scores[place]:+.2f}"] if report.meaning else []
        rows.append([f"{dose:+.2f}", f"{effect:+.2f}", f"×{cost.perplexity:.2f}", f"{_kl(cost.kl):.2f}",
                     f"×{cost.distinct:.2f}", f"{report.refusals[place]:.0%}", *means])  # fmt: skip
    return f"<h2>Numbers by dose</h2>{_table(head, rows)}"


def _layers(report: AxisReport) -> str:
    if not report.heat:
        return ""
    best = sorted(report.heat, key=lambda one: -one.score)
    rows = [[f"{_words(one.method)}, block {one.layer}", f"{one.effect:.2f}", f"{one.damage:.2f}", f"{one.score:.2f}"]
            for one in best]  # fmt: skip
    table = _table(["cell", "effect", "damage", "score"], rows)
    return (
        f'<h2>Where in the model, and how</h2><p class="soft">{_LAYERS}</p>'
        f"{heat_map(report.heat, (report.method, report.layer))}"
        f"<details><summary>As a table</summary>{table}</details>"
    )


def _sample(sample: Sample, report: AxisReport, place: int) -> str:
    texts = "".join(f"<dt>{escape(_dose(dose, report))}</dt><dd>{escape(text.strip()) or '<em>nothing</em>'}</dd>"
                    for dose, text in zip(report.doses, sample.texts, strict=True))  # fmt: skip
    is_open = " open" if place == 0 else ""
    return f"<details{is_open}><summary>{escape(sample.prompt)}</summary><dl>{texts}</dl></details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return f'<div class="table"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _dose(dose: float, report: AxisReport) -> str:
    if abs(dose) < _NEUTRAL:
        return "neutral"
    return f"{report.poles.positive if dose > 0 else report.poles.negative} {abs(dose):.2f}"


def _effects(report: AxisReport) -> tuple[float, ...]:
    """Nats a token at each dose, against none."""
    zero = report.gaps[report.doses.index(0.0)]
    return tuple(gap - zero for gap in report.gaps)


def _floor(report: AxisReport) -> float | None:
    return max((abs(one) for one in report.floor), default=None)


def _kl(value: float) -> float:
    """Of the same texts it comes out as a little less than 0."""
    return max(value, 0.0)


def _words(method: str) -> str:
    return method.replace("_", " ")
