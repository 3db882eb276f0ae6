"""The command `taste`: what earlier sessions in one space tell of the next one, seen and corrected."""

from __future__ import annotations

import re
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import as_json
from pilotage.core.errors import InvalidInputError

_OPINION = re.compile(r"^(?P<axis>.+)=(?P<mean>[-+]?[\d.]+)(?:(?:±|\+-)(?P<sd>[\d.]+))?$")


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def taste(context: click.Context, as_json: bool) -> None:
    """What your earlier sessions tell of the next; begin one with --set taste=profile. Alone: all profiles."""
    if context.invoked_subcommand is None:
        found = context.obj.lab().list_tastes()
        lines = [f"{one.space[:12]}  {one.sessions:>3} sessions  {one.answers:>4} answers  {one.prompt}  "
                 f"({', '.join(one.axes)})" for one in found]  # fmt: skip
        emit([one.model_dump() for one in found], as_json=as_json, text="\n".join(lines) or "no profile yet")


@taste.command("show")
@click.argument("space")
@as_json
@click.pass_obj
def show_taste(ctx: Context, space: str, as_json: bool) -> None:
    """Tell a profile, axis by axis; SPACE is the beginning of its name, or a session in it."""
    lab = ctx.lab()
    profile = lab.get_taste(lab.space_named(space))
    emit(profile, as_json=as_json, text=_text(profile))


@taste.command("edit")
@click.argument("space")
@click.option("--weight", type=click.FloatRange(0, 1), help="0: it says nothing; 1: all that the sessions tell.")
@click.option("--exclude", multiple=True, metavar="SESSION_ID", help="Leave this session out; repeat it.")
@click.option("--include", multiple=True, metavar="SESSION_ID", help="Let it count again.")
@click.option("--axis", "axes", multiple=True, metavar="NAME=MEAN±SD", help="Your own word on an axis, in its units.")
@click.option("--no-opinion", multiple=True, metavar="NAME", help="Expect nothing on this axis.")
@click.option("--as-told", multiple=True, metavar="NAME", help="Take your own word on this axis back.")
@as_json
@click.pass_obj
def edit_taste(ctx: Context, /, space: str, as_json: bool, **changes: Any) -> None:
    """Correct a profile; what you don't name stays as it is."""
    from pilotage.sessions.taste_settings import TasteSettings  # noqa: PLC0415

    lab = ctx.lab()
    name = lab.space_named(space)
    before = lab.get_taste(name).settings.model_dump()
    profile = lab.edit_taste(name, TasteSettings.model_validate(_changed(before, **changes)))
    emit(profile, as_json=as_json, text=_text(profile))


def _changed(
    before: dict[str, Any], weight: float | None, exclude: tuple[str, ...], include: tuple[str, ...],
    axes: tuple[str, ...], no_opinion: tuple[str, ...], as_told: tuple[str, ...],
) -> dict[str, Any]:  # fmt: skip
    opinions = {**before["axes"], **dict(map(_opinion, axes)), **{name: {} for name in no_opinion}}
    return {
        "weight": before["weight"] if weight is None else weight,
        "excluded": [one for one in dict.fromkeys((*before["excluded"], *exclude)) if one not in include],
        "axes": {name: said for name, said in opinions.items() if name not in as_told},
    }


def _opinion(text: str) -> tuple[str, dict[str, float]]:
    found = _OPINION.match(text)
    if found is None:
        raise InvalidInputError(f"{text!r} is not NAME=MEAN±SD", field="axes", hint="Such as 'red ↔ blue=0.4±0.2'.")
    sd = {"sd": float(found["sd"])} if found["sd"] else {}
    return found["axis"], {"mean": float(found["mean"]), **sd}


def _text(profile: Any) -> str:
    """A line an axis, then a line a session."""
    width = max(len(one.axis.name) for one in profile.axes)
    lines = [f"“{profile.prompt}”, {profile.model}: what the next session is expected to like (90 % of the time)"]
    for one in profile.axes:
        note = "" if one.opinion is None else "  your own word"
        lines.append(f"  {one.axis.name:<{width}}  {one.mean:+.2f}  ({one.low:+.2f} to {one.high:+.2f}){note}")
    alike = "" if profile.agreement is None else f"; alike to {100 * profile.agreement:.0f} %"
    lines.append(f"told by {sum(one.counts for one in profile.sessions)} sessions{alike}; "
                 f"counts for {100 * profile.settings.weight:.0f} %")  # fmt: skip
    return "\n".join([*lines, *(f"  {one.id}  {one.answers:>3} answers  {one.why}".rstrip()
                                for one in profile.sessions)])  # fmt: skip
