"""The commands `say` and `axes`: texts by doses, and the axes that they go along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import as_json
from pilotage.core.errors import InvalidInputError

MODEL = click.option("--model", default="smollm2", show_default=True, help="smollm2, a path, or a hub id.")
QUICK = click.option("--quick", is_flag=True, help="A glance: fewer and shorter texts.")
SEED = click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of the noise of texts.")


@click.command()
@click.argument("prompt")
@MODEL
@click.option("--dose", "doses", multiple=True, metavar="AXIS=DOSE", help="-1 to 1; repeat it.")
@click.option("--profile", help="A profile whose doses steer; --dose counts before its own.")
@click.option("--beside", metavar="AXIS", help="Answer at five doses of this axis; --dose sets the others.")
@click.option("--system", default="", help="What the model is told before.")
@click.option("--max-tokens", default=128, show_default=True, type=click.IntRange(1, 32_768), help="Of an answer.")
@click.option("--temperature", default=0.7, show_default=True, type=click.FloatRange(0, 5), help="0: no chance.")
@SEED
@as_json
@click.pass_obj
def say(ctx: Context, /, prompt: str, model: str, doses: tuple[str, ...], beside: str | None, as_json: bool,
        **options: Any) -> None:  # fmt: skip
    """Answer PROMPT, steered by doses."""
    from pilotage.language import Language  # noqa: PLC0415  (--help must not pay for it)

    lm, wanted = Language(ctx.lab(), model), doses_of(doses)
    if beside is not None:
        shown = lm.side_by_side(prompt, beside, others=wanted, **options)
        texts = [{"dose": dose, "text": text} for dose, text in zip(shown.doses, shown.texts, strict=True)]
        emit(texts, as_json=as_json, text=str(shown))
    elif as_json:
        (output,) = lm.generate(prompt, doses=wanted, **options)
        emit({"text": output.text, "finish": output.finish, "tokens": len(output.tokens)}, as_json=True, text="")
    else:
        for piece in lm.stream(prompt, doses=wanted, **options):
            click.echo(piece, nl=False)
        click.echo()


@click.group()
def axes() -> None:
    """Axes of language: see, write, make, measure and exchange them."""


@axes.command("list")
@MODEL
@as_json
@click.pass_obj
def list_axes(ctx: Context, model: str, as_json: bool) -> None:
    """All axes, and what each does to a model."""
    found = ctx.lab().list_axes(model)
    lines = [f"{one.name:<14} {one.poles.negative} ↔ {one.poles.positive}  {_standing(one.pack)}" for one in found]
    emit([one.model_dump(mode="json") for one in found], as_json=as_json, text="\n".join(lines))


@axes.command("show")
@click.argument("name")
@MODEL
@as_json
@click.pass_obj
def show_axis(ctx: Context, name: str, model: str, as_json: bool) -> None:
    """One axis: its texts, what is doubtful about them, and what was measured."""
    axis = ctx.lab().show_axis(name, model)
    counted = ", ".join(f"{count} {split}" for split, count in axis.answers.items())
    lines = [f"{axis.name}: {axis.poles.negative} ↔ {axis.poles.positive}", axis.description,
             f"answers a pole: {counted}; licence {axis.licence}", _standing(axis.pack),
             *(f"! {remark.message}" for remark in axis.remarks)]  # fmt: skip
    emit(axis, as_json=as_json, text="\n".join(line for line in lines if line))


@axes.command("create")
@click.argument("name")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; NAME.json by default.")
@click.pass_obj
def create_axis(ctx: Context, name: str, out: Path | None) -> None:
    """Write a file to fill in: pairs of answers that differ in nothing but the axis. `axes import` takes it."""
    content = ctx.lab().axis_template(name)
    path = out or Path(f"{name}.json")
    if path.exists():
        raise InvalidInputError(f"{path} is there already", field="out", hint="Name another file with --out.")
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(path)


@axes.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Of the axis, where the file does not say.")
@click.option("--negative", help="What the negative pole is called.")
@click.option("--positive", help="What the positive pole is called.")
@click.option("--description", help="What changes from pole to pole, and what stays.")
@click.option("--licence", help="Of the texts.")
@MODEL
@as_json
@click.pass_obj
def import_axis(ctx: Context, /, file: Path, name: str, model: str, as_json: bool, **known: str | None) -> None:
    """Take in texts (.json, .jsonl, .csv), or vectors (.safetensors of ours; .gguf and .pt of other tools)."""
    from pilotage.labs.language.axis_files import SUFFIXES, read_axis  # noqa: PLC0415

    lab = ctx.lab()
    if file.suffix.lower() not in SUFFIXES:
        pack = lab.import_vectors(file, model, axis=name)
        hint = "" if pack.usable else f"; calibrate them: pilotage axes build {pack.axis} --calibrate"
        emit(pack, as_json=as_json, text=f"{pack.axis}: vectors for {pack.model}{hint}")
        return
    axis = lab.put_axis(read_axis(file, **_told(name, known)))
    notes = [f"! {remark.message}" for remark in axis.remarks]
    emit(axis, as_json=as_json, text="\n".join([f"{axis.name}: kept; pilotage axes build {axis.name}", *notes]))


@axes.command("build")
@click.argument("name")
@MODEL
@click.option("--method", "methods", multiple=True, help="mean_difference, last_token, pca, logistic_probe; repeat it.")
@click.option("--calibrate", is_flag=True, help="Keep the vectors that are there, and calibrate them.")
@QUICK
@SEED
@as_json
@click.pass_obj
def build_axis(ctx: Context, /, name: str, model: str, methods: tuple[str, ...], calibrate: bool, as_json: bool,
               **options: Any) -> None:  # fmt: skip
    """Make the vectors of an axis for a model: extract, choose layer and method, calibrate, measure."""
    lab = ctx.lab()
    if methods or calibrate:
        options["methods"] = [] if calibrate else methods
    emit_build(lab, lab.build_axis(name, model, **options), name, model, as_json=as_json)


@axes.command("evaluate")
@click.argument("name")
@MODEL
@QUICK
@SEED
@as_json
@click.pass_obj
def evaluate_axis(ctx: Context, /, name: str, model: str, as_json: bool, **options: Any) -> None:
    """Measure what doses of an axis do and damage, with samples at nine doses from one batch."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415

    lab = ctx.lab()
    report = (raise_if_failed(lab.wait(lab.evaluate_axis(name, model, **options).id)).result or {})["report"]
    emit(report, as_json=as_json, text=_report_text(report))


@axes.command("export")
@click.argument("name")
@MODEL
@click.option(
    "--as",
    "kind",
    default="safetensors",
    show_default=True,
    type=click.Choice(["safetensors", "gguf", "texts", "report", "html"]),
    help="Vectors, texts, or measurements: as data, or as a page.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.pass_obj
def export_axis(ctx: Context, name: str, model: str, kind: str, out: Path | None) -> None:
    """Write an axis to a file: its vectors, as a pack or for llama.cpp; its texts; or what was measured."""
    lab = ctx.lab()
    if kind == "texts":
        data = json.dumps(lab.axis_template(lab.show_axis(name, model).name), ensure_ascii=False, indent=1).encode()
    elif kind == "report":
        data = lab.axis_report(name, model).model_dump_json(indent=1).encode()
    elif kind == "html":
        data = lab.axis_page(name, model).encode()
    else:
        data = lab.export_vectors(name, model, format=kind)
    endings = {"texts": ".json", "report": "-report.json"}
    path = out or Path(f"{name}{endings.get(kind, f'.{kind}')}")
    if out is None and path.exists():
        raise InvalidInputError(f"{path} is there already", field="out", hint="Name a file with --out.")
    path.write_bytes(data)
    click.echo(path)


@axes.command("rm")
@click.argument("name")
@click.pass_obj
def remove_axis(ctx: Context, name: str) -> None:
    """Forget an axis of your own with its vectors; one that ships under its name counts again."""
    ctx.lab().delete_axis(name)
    click.echo(name)


def emit_build(lab: Any, job: Any, name: str, model: str, *, as_json: bool) -> None:
    """Wait for the vectors of an axis, and tell what they are worth."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415

    result = raise_if_failed(lab.wait(job.id)).result or {}
    emit(result, as_json=as_json, text=f"{name}: {_standing(lab.show_axis(name, model).pack)}")


def doses_of(pairs: tuple[str, ...]) -> dict[str, float]:
    """`AXIS=DOSE` pairs as data.

    Raises:
        InvalidInputError: one that is none.
    """
    doses = {}
    for pair in pairs:
        axis, _, dose = pair.partition("=")
        try:
            doses[axis] = float(dose)
        except ValueError as cause:
            raise InvalidInputError(f"{pair!r} is not AXIS=DOSE", field="doses", hint="formality=0.5") from cause
    return doses


def _report_text(report: dict[str, Any]) -> str:
    """What was measured, a line a dose, and what the first prompt got."""
    floor = ", ".join(f"{one:+.2f}" for one in report["floor"])
    won = "" if report["won"] is None else f"; {report['won']:.0%} of held-out pairs won"
    lines = [
        f"{report['axis']} ({report['method']}, block {report['layer']}): {report['effect']:.2f} nats a token from -1"
        f" to 1; random directions {floor}; asked in words {report['instructed']:+.2f}{won}",
        *_beside_text(report["composition"]),
        f"{'dose':>6} {'effect':>7} {'perplexity':>10} {'KL':>6} {'distinct':>8}  {report['samples'][0]['prompt']}",
    ]
    texts, zero = report["samples"][0]["texts"], report["gaps"][report["doses"].index(0.0)]
    for dose, gap, damage, text in zip(report["doses"], report["gaps"], report["damage"], texts, strict=True):
        said = " ".join(text.split())[:90]
        lines.append(f"{dose:>+6.2f} {gap - zero:>+7.2f} {damage['perplexity']:>10.2f} {damage['kl']:>6.2f}"
                     f" {damage['distinct']:>8.2f}  {said}")  # fmt: skip
    return "\n".join(lines)


def _beside_text(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    own, beside = f"{found['together']:.2f}; alone {found['alone']:.2f}", f"{found['other']} by itself"
    return [f"with {found['other']} (cosine {found['cosine']:+.2f}), each at {found['dose']:g}: {own};"
            f" {beside} {found['spilled']:+.2f}"]  # fmt: skip


def _told(name: str, known: dict[str, str | None]) -> dict[str, Any]:
    """What the options say of an axis, over its file."""
    negative, positive = known.pop("negative"), known.pop("positive")
    if (negative is None) != (positive is None):
        raise InvalidInputError("name both poles", field="axis.poles")
    poles = {"poles": {"negative": negative, "positive": positive}} if negative else {}
    return {**({"name": name} if name else {}), **poles, **{key: one for key, one in known.items() if one is not None}}


def _standing(pack: Any) -> str:
    if pack is None:
        return "no vectors for this model"
    state = "" if pack.current else "; its texts changed since"
    if not pack.usable:
        return f"vectors that are not calibrated{state}"
    effect = "not measured" if pack.effect is None else f"{pack.effect:.2f} nats a token (random {pack.floor or 0:.2f})"
    worst = max(pack.negative.damage.perplexity, pack.positive.damage.perplexity)
    return f"{effect}; perplexity x{worst:.2f} at the ends{state}"
