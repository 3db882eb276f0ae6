"""SteerLab's flat commands as hidden aliases of ours, so that what its README shows works here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.language import MODEL, QUICK, emit_build, evaluate_axis, say
from pilotage.cli.sessions import as_json
from pilotage.core.errors import InvalidInputError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TO_WRITE = 9  # texts of a pole: six to learn from, three to measure on


@click.command("create-template", hidden=True)
@click.argument("preference")
@click.option("--output-dir", "folder", default="data", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def create_template(ctx: Context, preference: str, folder: Path) -> None:
    """Write PREFERENCE_positive.json and PREFERENCE_negative.json, to be edited."""
    lab = ctx.lab()
    lab.axis_template(preference)  # refuses a name that could be a path
    known = lab.shelf.axis(preference) if preference in lab.shelf.names() else None
    folder.mkdir(parents=True, exist_ok=True)
    for pole in ("positive", "negative"):
        path = folder / f"{preference}_{pole}.json"
        if path.exists():
            raise InvalidInputError(f"{path} is there already", field="output_dir")
        texts = [getattr(pair, pole) for pair in known.pairs] if known else [
            f"Text {place} of the {pole} pole of {preference}." for place in range(1, TO_WRITE + 1)
        ]  # fmt: skip
        path.write_text(json.dumps(texts, ensure_ascii=False, indent=1), encoding="utf-8")
        click.echo(path)


@click.command("compute-vectors", hidden=True)
@MODEL
@click.option("--preference", required=True, help="Name of the axis.")
@click.option("--positive-data", required=True, type=FILE)
@click.option("--negative-data", required=True, type=FILE)
@QUICK
@as_json
@click.pass_context
def compute_vectors(context: click.Context, /, model: str, preference: str, positive_data: Path, negative_data: Path,
                    quick: bool, as_json: bool) -> None:  # fmt: skip
    """Make the vectors of an axis from two lists of texts."""
    from pilotage.labs.language.axis_files import read_texts  # noqa: PLC0415
    from pilotage.labs.language.builtin import builtin_names  # noqa: PLC0415

    lab, texts = context.obj.lab(), (read_texts(positive_data), read_texts(negative_data))
    job, axis = lab.compute_vectors(preference, *texts, model, quick=quick)
    notes = [remark.message for remark in axis.remarks]
    if axis.name in builtin_names():
        notes.append(f"yours hides the axis {axis.name} that ships, until `pilotage axes rm {axis.name}`")
    for note in notes:
        click.echo(f"! {note}", err=True)
    emit_build(lab, job, axis.name, model, as_json=as_json)


@click.command("test-vectors", hidden=True)
@MODEL
@click.option("--preference", required=True, help="Name of the axis.")
@click.option("--prompt", default="Tell me about your weekend.", show_default=True)
@click.option("--strength", type=click.FloatRange(-1.5, 1.5), help="One dose; else five side by side.")
@click.option("--max-length", "max_tokens", default=60, show_default=True, type=click.IntRange(1))
@as_json
@click.pass_context
def test_vectors(context: click.Context, /, preference: str, strength: float | None, **options: Any) -> None:
    """Answer one prompt with doses of an axis."""
    one = () if strength is None else (f"{preference}={strength}",)
    beside = preference if strength is None else None
    context.invoke(say, doses=one, beside=beside, profile=None, system="", temperature=0.7, seed=0, **options)


@click.command("list-vectors", hidden=True)
@MODEL
@as_json
@click.pass_obj
def list_vectors(ctx: Context, model: str, as_json: bool) -> None:
    """The vectors that there are for a model."""
    found = [axis.pack for axis in ctx.lab().list_axes(model) if axis.pack is not None]
    lines = [f"{pack.axis:<14} {pack.method}, block {pack.layer}, {pack.model}" for pack in found]
    emit([pack.model_dump(mode="json") for pack in found], as_json=as_json, text="\n".join(lines) or "none")


@click.command("evaluate-steering", hidden=True)
@MODEL
@click.option("--preference", default="formality", show_default=True, help="Name of the axis.")
@QUICK
@as_json
@click.pass_context
def evaluate_steering(context: click.Context, /, preference: str, **options: Any) -> None:
    """Measure what doses of an axis do and damage."""
    context.invoke(evaluate_axis, name=preference, seed=0, **options)


@click.command("list-paper-models", hidden=True)
@as_json
def list_paper_models(as_json: bool) -> None:
    """The models of arXiv 2505.04260, with the layers and coefficients that it used."""
    from pilotage.labs.language.paper import MODELS  # noqa: PLC0415

    rows = [{"model": one.ref, "layers": one.layers, "reach": one.reach} for one in MODELS]
    lines = [f"{one.ref:<36} top {one.layers} layers, -{one.reach:g} to {one.reach:g}" for one in MODELS]
    emit(rows, as_json=as_json, text="\n".join(lines))


@click.command("list-paper-preferences", hidden=True)
@as_json
def list_paper_preferences(as_json: bool) -> None:
    """The axes of arXiv 2505.04260, each with its poles."""
    from pilotage.labs.language.builtin import builtin_axis  # noqa: PLC0415
    from pilotage.labs.language.paper import AXES  # noqa: PLC0415

    found = [builtin_axis(name) for name in AXES]
    lines = [f"{axis.name:<10} {axis.poles.negative} ↔ {axis.poles.positive}" for axis in found]
    rows = [{"name": axis.name, **axis.poles.model_dump(), "description": axis.description} for axis in found]
    emit(rows, as_json=as_json, text="\n".join(lines))


COMMANDS = (create_template, compute_vectors, test_vectors, list_vectors, evaluate_steering, list_paper_models,
            list_paper_preferences)  # fmt: skip
