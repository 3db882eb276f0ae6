"""The command `profiles`: doses set by hand, compared, or learned; kept, exported, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.language import MODEL, doses_of
from pilotage.cli.sessions import as_json

_KEYS = "1 or 2 is better, t: about equal, +: too much {} in both, -: too little, q: stop"


@click.group()
def profiles() -> None:
    """Profiles of language: which doses suit you."""


@profiles.command("list")
@click.option("--owner", help="Of this person alone.")
@as_json
@click.pass_obj
def list_profiles(ctx: Context, owner: str | None, as_json: bool) -> None:
    """All profiles, newest first."""
    found, _ = ctx.lab().list_profiles(owner=owner, limit=200)
    lines = [f"{one.id}  revision {one.revision:>3}  {one.name}  {one.owner}".rstrip() for one in found]
    emit([one.model_dump(mode="json") for one in found], as_json=as_json, text="\n".join(lines) or "no profile yet")


@profiles.command("create")
@click.argument("name", default="")
@click.option("--axis", "axes", multiple=True, help="What may be steered; all axes if none is given. Repeat it.")
@click.option("--owner", default="", help="Whose it is.")
@as_json
@click.pass_obj
def create_profile(ctx: Context, name: str, axes: tuple[str, ...], owner: str, as_json: bool) -> None:
    """Begin a profile, with nothing said yet."""
    made = ctx.lab().create_profile(name, axes=axes, owner=owner)
    emit(made, as_json=as_json, text=made.id)


@profiles.command("show")
@click.argument("profile_id")
@click.option("--revision", type=click.IntRange(0), help="As it was after so many events.")
@as_json
@click.pass_obj
def show_profile(ctx: Context, profile_id: str, revision: int | None, as_json: bool) -> None:
    """What is believed of each axis, and why."""
    view = ctx.lab().get_profile(profile_id, revision)
    emit(view, as_json=as_json, text=_text(view))


@profiles.command("set")
@click.argument("profile_id")
@click.argument("doses", nargs=-1, required=True)
@as_json
@click.pass_obj
def set_doses(ctx: Context, profile_id: str, doses: tuple[str, ...], as_json: bool) -> None:
    """Set DOSES by hand, such as formality=0.5."""
    view = ctx.lab().record(profile_id, [{"kind": "doses_set", "doses": doses_of(doses)}])
    emit(view, as_json=as_json, text=_text(view))


@profiles.command("calibrate")
@click.argument("profile_id")
@click.option("--prompt", "prompts", multiple=True, required=True, help="One of your own; each pair is on the next.")
@click.option(
    "--axis",
    "axes",
    multiple=True,
    help="What to find out about; those that the model has vectors of, if none is given. Repeat it.",
)
@click.option("--rounds", default=8, show_default=True, type=click.IntRange(1, 100), help="Pairs, at most.")
@click.option("--max-tokens", default=80, show_default=True, type=click.IntRange(1, 4096), help="Of a text.")
@MODEL
@click.pass_obj
def calibrate_profile(ctx: Context, /, profile_id: str, prompts: tuple[str, ...], axes: tuple[str, ...], rounds: int,
                      max_tokens: int, model: str) -> None:  # fmt: skip
    """Compare pairs of texts until your doses are known well enough."""
    from pilotage.language import Language  # noqa: PLC0415

    lab = ctx.lab()
    lm = Language(lab, model)
    packs, axes = lab.steerable(model), axes or lab.to_learn(profile_id, model)
    for _ in range(rounds):
        question = lab.next_question(profile_id, prompts, axes=axes)
        doses = [{axis: dose for axis, dose in option.items() if axis in packs} for option in question.options]
        outputs = lm.generate(question.prompt, doses=doses, max_tokens=max_tokens,
                              seed=question.sampling_seed)  # fmt: skip
        click.secho(question.prompt, bold=True)
        for place, output in enumerate(outputs, start=1):
            click.echo(f"\n[{place}] {output.text.strip()}")
        differing = [axis for axis, dose in question.options[0].items() if dose != question.options[1][axis]]
        keys = _KEYS.format(differing[0] if len(differing) == 1 else "of an axis")
        said = click.prompt(f"\n{keys}", type=click.Choice(["1", "2", "t", "+", "-", "q"]), show_choices=False)
        if said == "q":
            break
        view = lab.record(profile_id, [_event(said, question.options, differing)])
        click.echo(f"{_doses(view.doses)}  {view.advice.why}\n")
        if view.advice.stop:
            break


@profiles.command("export")
@click.argument("profile_id")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else it is printed.")
@click.pass_obj
def export_profile(ctx: Context, profile_id: str, out: Path | None) -> None:
    """All of a profile as JSON."""
    data = ctx.lab().export_profile(profile_id)
    if out is None:
        click.echo(data)
    else:
        out.write_text(data, encoding="utf-8")
        click.echo(out)


@profiles.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_obj
def import_profile(ctx: Context, file: Path, as_json: bool) -> None:
    """An exported profile as a new one."""
    made = ctx.lab().import_profile(file.read_bytes())
    emit(made, as_json=as_json, text=made.id)


@profiles.command("rm")
@click.argument("profile_id")
@click.pass_obj
def remove_profile(ctx: Context, profile_id: str) -> None:
    """Delete a profile with all that was said."""
    ctx.lab().delete_profile(profile_id)
    click.echo(profile_id)


def _event(said: str, options: list[dict[str, float]], differing: list[str]) -> dict[str, Any]:
    if said in "+-":
        axis = differing[0] if len(differing) == 1 else click.prompt("of which", type=click.Choice(differing))
        amount = "too_much" if said == "+" else "too_little"
        return {"kind": "amount", "options": options, "axis": axis, "amount": amount}
    return {"kind": "compared", "options": options, "best": None if said == "t" else int(said) - 1}


def _doses(doses: dict[str, float]) -> str:
    return "  ".join(f"{axis} {dose:+.2f}" for axis, dose in doses.items()) or "nothing is steered"


def _text(view: Any) -> str:
    lines = [f"{view.name or view.id}, revision {view.revision}: {_doses(view.doses)}"]
    for one in view.believed:
        why = ", ".join(f"{ground.kind} {ground.pull:+.2f}" for ground in one.grounds[:3])
        hand = "set by hand" if one.by_hand is not None else ""
        lines.append(f"  {one.axis:<14} {one.dose:+.2f}  ideal {one.best:+.2f} ± {one.sd:.2f}  {hand or why}".rstrip())
    return "\n".join([*lines, view.advice.why])
