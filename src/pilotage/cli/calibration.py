"""The commands `calibrate` and `space`: what one unit of an axis changes, and what a place decides beside the noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.options import session_settings, settings_of
from pilotage.cli.sessions import as_json

FEATURES = click.option("--features", default="layout", show_default=True, help="What sees a change: layout, …")


@click.command()
@session_settings
@FEATURES
@click.option("--carriers", default=4, show_default=True, type=click.IntRange(2, 16), help="Objects to measure on.")
@click.option("--noises", default=1, show_default=True, type=click.IntRange(1, 8), help="Seeds for each object.")
@click.option("--known", is_flag=True, help="Draw nothing: tell what was measured before.")
@as_json
@click.pass_obj
def calibrate(
    ctx: Context, /, features: str, carriers: int, noises: int, known: bool, as_json: bool, **settings: Any
) -> None:
    """Measure what one unit of each axis changes, for sessions on PROMPT that begin later."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415

    lab, config = ctx.lab(), settings_of(**settings)
    if known:
        view = lab.get_calibration(config).model_dump(mode="json")
        emit(view, as_json=as_json, text=_axes_table(view["axes"], unfound=view["unfound"]))
        return
    job = lab.calibrate(config, features=features, carriers=carriers, seeds=noises)
    found = raise_if_failed(lab.wait(job.id)).result or {}
    emit(found, as_json=as_json, text=_axes_table(found["axes"]))


@click.command()
@session_settings
@FEATURES
@click.option("--places", default=8, show_default=True, type=click.IntRange(3, 32), help="Places, in all and by axis.")
@click.option("--noises", default=4, show_default=True, type=click.IntRange(3, 16), help="Seeds for each place.")
@as_json
@click.pass_obj
def space(ctx: Context, /, features: str, places: int, noises: int, as_json: bool, **settings: Any) -> None:
    """Tell how much of a picture its place in the space decides, and how much the noise; in all and by axis."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415

    lab = ctx.lab()
    job = lab.diagnose_space(settings_of(**settings), features=features, places=places, seeds=noises)
    found = raise_if_failed(lab.wait(job.id)).result or {}
    emit(found, as_json=as_json, text=_shares_table(found))


def _axes_table(axes: Sequence[dict[str, Any]], *, unfound: int = 0) -> str:
    """One line an axis: caption differences in one unit, and how large a change one unit is seen to make."""
    width = max([4, *(len(axis["name"]) for axis in axes)])
    lines = [f"{'axis':<{width}}  {'scale':>5}  {'one unit':>8}"]
    for axis in axes:
        if axis["effect"] is None:
            lines.append(f"{axis['name']:<{width}}  not measured")
            continue
        rough = "  seen in a preview only" if axis.get("rough") else ""
        note = rough if axis["visible"] else "  changes nothing that can be seen"
        lines.append(f"{axis['name']:<{width}}  {axis['scale']:>5.2f}  {axis['calibrated']:>8.3f}{note}")
    more = [f"{unfound} more, not measured: found when a session begins"] if unfound else []
    return "\n".join([*lines, *more])


def _shares_table(found: dict[str, Any]) -> str:
    """What the place decides, what the noise, in all and by axis."""
    rows = [{"name": "the whole space", **found["space"]}, *found["axes"]]
    width = max(len(row["name"]) for row in rows)
    lines = [f"{'share of what differs':<{width}}  place (95 %)         noise  both"]
    for row in rows:
        low, high = row["interval"]
        lines.append(f"{row['name']:<{width}}  {row['z']:.2f} ({low:.2f} to {high:.2f})  "
                     f"{row['seed']:.2f}   {row['both']:.2f}")  # fmt: skip
    return "\n".join(lines)
