"""The commands `latents`: picture sets, and runs that are trained, watched, stopped, mended and taken along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import yaml

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import as_json
from pilotage.core.errors import InvalidInputError

RECORD = click.option("--record", "recording", multiple=True, metavar="KNOB=VALUE", help="umap_every=0; repeat it.")
SET = click.option("--set", "knobs", multiple=True, metavar="KNOB=VALUE", help="components=12; repeat it.")


@click.group()
def latents() -> None:
    """Train autoencoders and mixture VAEs on pictures, and keep what each epoch made."""


@latents.command("data")
@click.option("--import", "path", type=click.Path(path_type=Path), help="An .npz, IDX files, or a folder of pictures.")
@click.option("--name", default="", help="Of the set; the file's by default.")
@click.option("--side", default=32, show_default=True, help="Pixels a side, for a folder of pictures.")
@click.option("--licence", default="", help="Of the pictures.")
@as_json
@click.pass_obj
def data(ctx: Context, /, path: Path | None, name: str, side: int, licence: str, as_json: bool) -> None:
    """Picture sets to learn from; with --import, take one in."""
    lab = ctx.lab()
    if path is not None:
        found = [lab.import_pictures(path, name, side=side, licence=licence)]
    else:
        found = lab.list_picture_sets()
    lines = [f"{one.name:<14} {one.count:>7} of {one.width}x{one.height}  {len(one.class_names)} classes  {one.licence}"
             for one in found]  # fmt: skip
    emit([one.model_dump(mode="json") for one in found], as_json=as_json, text="\n".join(lines))


@latents.command("train")
@click.argument("picture_set", default="digits")
@click.option("--preset", default="default", show_default=True, help="default, seed, ae or small.")
@click.option("--clone", "cloned", metavar="RUN", help="Begin from the configuration of this run and its pictures.")
@SET
@RECORD
@as_json
@click.pass_obj
def train(ctx: Context, /, picture_set: str, preset: str, cloned: str | None, knobs: tuple[str, ...],
          recording: tuple[str, ...], as_json: bool) -> None:  # fmt: skip
    """Make a run on PICTURE_SET and train it, here and now; ctrl-c stops it."""
    lab, turned, kept = ctx.lab(), _knobs_of(knobs), _knobs_of(recording)
    if cloned and kept:
        raise InvalidInputError("a clone records what its original does", field="recording")
    run = lab.clone_run(cloned, turned) if cloned else lab.launch_run(picture_set, preset, turned, recording=kept)
    _wait(lab, run, as_json=as_json)


@latents.command("example")
@as_json
@click.pass_obj
def example(ctx: Context, as_json: bool) -> None:
    """Open the finished run that ships with Pilotage."""
    run = ctx.lab().open_latent_example()
    emit(run, as_json=as_json, text=_line(run))


@latents.command("list")
@click.option("--state", "states", multiple=True, help="created, running, completed, cancelled, failed; repeat it.")
@click.option("--data", help="On this picture set.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@as_json
@click.pass_obj
def list_runs(ctx: Context, /, states: tuple[str, ...], data: str | None, limit: int, as_json: bool) -> None:
    """Runs, newest first."""
    found, _ = ctx.lab().list_runs(states=states, data=data, limit=limit)
    lines = [_line(one) for one in found]
    emit([one.model_dump(mode="json") for one in found], as_json=as_json, text="\n".join(lines))


@latents.command("show")
@click.argument("run_id")
@as_json
@click.pass_obj
def show(ctx: Context, run_id: str, as_json: bool) -> None:
    """One run: where it stands, how it departs from the plain form, what it has made."""
    run = ctx.lab().show_latent_run(run_id)
    departs = [f"  {one.field}: {one.value} (plain form: {one.plain})" for one in run.differences]
    numbers = [f"  {name}: {value:.4g}" for name, value in run.metrics.items() if isinstance(value, float)]
    error = [f"! {run.error.get('message')}"] if run.error else []
    lines = [_line(run), *error, *departs, *numbers, f"{len(run.artifacts)} files"]
    emit(run, as_json=as_json, text="\n".join(lines))


@latents.command("cancel")
@click.argument("run_id")
@as_json
@click.pass_obj
def cancel(ctx: Context, run_id: str, as_json: bool) -> None:
    """Ask a run to stop; it does within a batch."""
    run = ctx.lab().cancel_run(run_id)
    emit(run, as_json=as_json, text=_line(run))


@latents.command("resume")
@click.argument("run_id")
@as_json
@click.pass_obj
def resume(ctx: Context, run_id: str, as_json: bool) -> None:
    """Go on with a run that was cancelled or failed, from its last checkpoint."""
    lab = ctx.lab()
    _wait(lab, lab.resume_run(run_id), as_json=as_json)


@latents.command("delete")
@click.argument("run_id")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@as_json
@click.pass_obj
def delete(ctx: Context, run_id: str, dry_run: bool, as_json: bool) -> None:
    """Delete a run with its files and events."""
    gone = ctx.lab().delete_run(run_id, dry_run=dry_run)
    said = "deleted" if gone.deleted else "would go"
    emit(gone, as_json=as_json, text=f"{run_id}: {gone.files} files, {gone.bytes / 1e6:.1f} MB {said}")


@latents.command("backfill")
@click.argument("run_id")
@click.option("--kind", "kinds", multiple=True, help="pca or umap; repeat it; both by default.")
@click.option("--epoch", "epochs", multiple=True, type=int, help="Repeat it; all that left latents by default.")
@as_json
@click.pass_obj
def backfill(ctx: Context, run_id: str, kinds: tuple[str, ...], epochs: tuple[int, ...], as_json: bool) -> None:
    """Make what is missing of a run's maps."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415  (--help must not pay for it)

    lab = ctx.lab()
    job = lab.backfill_run(run_id, *((list(kinds),) if kinds else ()), epochs=list(epochs) or None)
    result = raise_if_failed(lab.wait(job.id)).result or {}
    emit(result, as_json=as_json, text=f"{run_id}: {result['made']} files made")


@latents.command("export")
@click.argument("run_id")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; RUN_ID.zip by default.")
@click.pass_obj
def export(ctx: Context, run_id: str, out: Path | None) -> None:
    """Write a run with all its files as one zip archive; its index.html opens by a double click."""
    click.echo(ctx.lab().export_run(run_id, out or Path(f"{run_id}.zip")))


@latents.command("steer")
@click.argument("run_id")
@click.option("--epoch", type=int, help="Whose checkpoint; the newest by default.")
@click.option("--axes", default="pca", show_default=True, type=click.Choice(["pca", "components", "classes"]))
@click.option("--point", "points", multiple=True, type=int, help="Begin at this shown picture; repeat it: their mean.")
@as_json
@click.pass_obj
def steer(ctx: Context, /, run_id: str, epoch: int | None, axes: Any, points: tuple[int, ...], as_json: bool) -> None:
    """Name the model that steers in a run's latent space, for `pilotage new --model`."""
    start = ctx.lab().latent_start(run_id, epoch=epoch, axes=axes, points=points)
    emit(start, as_json=as_json, text=start.model)


def _knobs_of(pairs: tuple[str, ...]) -> dict[str, Any]:
    """`KNOB=VALUE` pairs as data.

    Raises:
        InvalidInputError: one that is none.
    """
    knobs = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        try:
            knobs[name] = yaml.safe_load(value)
        except yaml.YAMLError:
            equals = ""
        if not equals or not isinstance(knobs[name], bool | int | float | str):
            raise InvalidInputError(f"{pair!r} is not KNOB=VALUE", field="training", hint="components=12")
    return knobs


def _wait(lab: Any, run: Any, *, as_json: bool) -> None:
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415  (--help must not pay for it)

    click.echo(run.id, err=True)
    raise_if_failed(lab.wait(run.job_id))
    shown = lab.show_latent_run(run.id)
    emit(shown, as_json=as_json, text=_line(shown))


def _line(run: Any) -> str:
    told = [f"{name} {run.metrics[name]:.4g}" for name in ("loss", "recon", "held_out_accuracy")
            if isinstance(run.metrics.get(name), float)]  # fmt: skip
    where = f"{run.id}  {run.state:<9} {run.kind:<5} {run.data:<10} epoch {run.epoch or 0}/{run.epochs}"
    return f"{where}  {', '.join(told)}".rstrip()
