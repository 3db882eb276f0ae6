"""How a session came to where it is, how steady its answers are, and whether the advice to stop is any good."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pilotage.cli.context import Context, bar, emit
from pilotage.cli.sessions import SESSION, as_json

if TYPE_CHECKING:
    from pilotage.sessions.convergence import Convergence, CoursePoint
    from pilotage.simulation.steadiness import Measured, Steadiness

UNKNOWN = "not known"
_QUICK_SEEDS = 4
_VERDICTS = {"go_on": "go on", "worth_stopping": "worth stopping", "cannot_tell": "can’t tell yet"}


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def convergence(ctx: Context, session_id: str, as_json: bool) -> None:
    """Whether to go on, and what each answer came to: what was left, steps, radius, forecasts."""
    found = ctx.lab().get_convergence(session_id)
    emit(found, as_json=as_json, text=convergence_text(found))


def convergence_text(found: Convergence) -> str:
    """The advice, a line a round, and how the forecasts fared."""
    verdict = f"{_VERDICTS[found.now.verdict]}: {found.now.sentence}"
    return "\n".join([verdict, *_changed(found), *map(_line, found.course), _forecasts(found)])


def _changed(found: Convergence) -> Iterator[str]:
    if found.before is not None and found.before.left is not None and found.now.left is not None:
        yield f"your last answer: from {found.before.left:.0%} left to {found.now.left:.0%}"
    if found.now.moved_by:
        told = ", ".join(f"{one.raised:+.1f} by answer {one.answer}" for one in found.now.moved_by)
        yield f"what made your best, in units of choice noise over the prompt: {told}"


def _line(point: CoursePoint) -> str:
    now = point.advice
    left = UNKNOWN if now is None or now.left is None else f"{now.left:4.0%} [{now.low:.0%}, {now.high:.0%}]"
    gain = UNKNOWN if now is None or now.gain is None else f"{now.gain:.1%}"
    parts = [f"round {point.round:>3}", f"left {left:<16}", f"gain {gain:<9}", f"step {_number(point.step):<9}"]
    parts += [f"radius {_number(point.radius):<9}", point.reason or ""]
    return "  ".join([*parts, *([f"({point.escape.reason})"] if point.escape else [])]).rstrip()


def _forecasts(found: Convergence) -> str:
    figures = found.figures
    if figures.forecast_skill is None:
        return "forecasts: none to be checked yet"
    right = f"{figures.forecasts}, {figures.forecast_hits:.0%} right"
    return f"forecasts: {right}, {figures.forecast_skill:+.2f} nats over an even guess"


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f}"


@click.command()
@click.argument("session_id", metavar=SESSION)
@as_json
@click.pass_obj
def steadiness(ctx: Context, session_id: str, as_json: bool) -> None:
    """How steady your choices are, told from sets that came again: agreement, noise, slips."""
    found = ctx.lab().get_steadiness(session_id)
    emit(found, as_json=as_json, text="\n".join([found.sentence, *_measured(found)]))


def _measured(found: Steadiness) -> Iterator[str]:
    shares = {"the same again": found.agreement, "noise": found.noise, "slips": found.lapse}
    told = {name: _band(one, "{:.0%}") for name, one in shares.items() if one}
    if found.temperature:
        told["beside belief"] = f"{_band(found.temperature, '{:.2f}')} times the noise that it expects"
    return (f"{name:<16}{words}" for name, words in told.items())


def _band(one: Measured, form: str) -> str:
    return f"{form.format(one.value)}, 90 % sure: {form.format(one.low)} to {form.format(one.high)}"


@click.command()
@click.option("--quick", is_flag=True, help="Four runs a case.")
@click.option("--case", "cases", multiple=True, help="As in `preferences`; repeat it. Three if absent.")
@click.option("--method", default="default", help="default, SAMPLER+MODEL, or {kind: pilotage, sampler: {…}}.")
@click.option("--seeds", type=click.IntRange(1, 1000), help="Runs per case and way of answering (20).")
@click.option("-j", "processes", type=click.IntRange(1, 64), default=1, help="Processes.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of outcomes (HOME/bench).")
@as_json
@click.pass_obj
def stop(
    ctx: Context, quick: bool, cases: tuple[str, ...], method: str, seeds: int | None, processes: int,
    cache: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """What those have who stop when they are advised to, and how soon that is."""
    from pilotage.bench import stopping as benchmark  # noqa: PLC0415  (--help must not pay for it)
    from pilotage.bench.rows import report, table  # noqa: PLC0415

    found = benchmark.measure(
        cache or ctx.settings().home / "bench", cases=cases or benchmark.CASES, method=method,
        seeds=seeds or (_QUICK_SEEDS if quick else benchmark.SEEDS), processes=processes, progress=bar,
    )  # fmt: skip
    rows = benchmark.rows_of(found)
    command = " ".join(["pilotage", *sys.argv[1:]])
    emit(report("stop", rows, command=command), as_json=as_json, text=table(rows))
    sys.exit(0 if all(row.holds is not False for row in rows) else 1)
