"""Commands around sessions: generate, models, cancel."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import as_json
from pilotage.core.errors import ModelUnavailableError, NotFoundError, PilotageError


@click.command()
@click.argument("prompt")
@click.option("--model", default="starter", show_default=True, help="starter, a path, or a hub id.")
@click.option("-n", "count", default=1, show_default=True, type=click.IntRange(1, 16), help="How many pictures.")
@click.option("--seed", type=int, help="Drawn and printed if absent.")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="steps, width, height, guidance, scheduler, negative_prompt.",
)
@click.option("--out", default=".", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@as_json
@click.pass_obj
def generate(ctx: Context, prompt: str, model: str, count: int, seed: int | None, pairs: tuple[str, ...], out: Path,
             as_json: bool) -> None:  # fmt: skip
    """Make pictures of PROMPT without steering."""
    from pilotage.app.lab import raise_if_failed  # noqa: PLC0415
    from pilotage.cli.configs import read_config  # noqa: PLC0415
    from pilotage.cli.tables import save_run  # noqa: PLC0415

    lab = ctx.lab()
    request = {key: value for key, value in read_config(None, {"prompt": prompt}, pairs).items() if key != "request"}
    job = raise_if_failed(lab.wait(lab.generate({"prompt": prompt, **request}, model=model, n=count, seed=seed).id))
    run = lab.get_run((job.result or {})["run_id"])
    paths = save_run(lab, run, out)
    made = [sample for sample in run.samples if sample.artifact is not None]
    lines = [f"{path}  seed {sample.seed}" for path, sample in zip(paths, made, strict=True)]
    emit(run, as_json=as_json, text="\n".join(lines))


@click.group()
def models() -> None:
    """Models of pictures and of language: list, show, add, remove."""


@models.command("list")
@as_json
@click.pass_obj
def list_models(ctx: Context, as_json: bool) -> None:
    """The models that can be named without a path."""
    lab = ctx.lab()
    found = [*lab.list_models(), *(_known(lab, info.ref) for info in lab.list_language_models())]
    lines = [f"{info.ref:<20} {info.family:<10} {info.licence:<14} {_size(info):>9} {(info.fingerprint or '')[:12]:<12}"
             f" {info.name}" for info in found]  # fmt: skip
    emit([info.model_dump(mode="json") for info in found], as_json=as_json, text="\n".join(lines))


@models.command("show")
@click.argument("model")
@as_json
@click.pass_obj
def show_model(ctx: Context, model: str, as_json: bool) -> None:
    """One model: what it takes, the words it knows, where it lies."""
    lab = ctx.lab()
    languages = [info.ref for info in lab.list_language_models()]
    info = _known(lab, model) if model in languages else _shown(lab, model)
    emit(info, as_json=as_json, text=info.model_dump_json(indent=2))


@models.command("add")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", default="", help="What to call it; its folder's or file's name by default.")
@click.pass_obj
def add_model(ctx: Context, path: Path, name: str) -> None:
    """Copy a model at PATH into the home's models folder, so that it can be named everywhere."""
    click.echo(ctx.lab().catalog.take_in(path, name))


@models.command("rm")
@click.argument("name")
@click.pass_obj
def remove_model(ctx: Context, name: str) -> None:
    """Remove a model from the home's models folder; sessions made with it stay."""
    ctx.lab().catalog.drop(name)
    click.echo(name)


def _shown(lab: Any, model: str) -> Any:
    """A model by path or hub id: a picture's, or else a language's."""
    try:
        return lab.show_model(model)
    except (ModelUnavailableError, NotFoundError):
        with suppress(PilotageError):
            return _known(lab, model)
        raise


def _size(info: Any) -> str:
    return "" if info.size_mb is None else f"{info.size_mb:.0f} MB"


def _known(lab: Any, model: str) -> Any:
    """What is known of a language model, with the fingerprint of its files as far as they are here."""
    language = lab.catalog.language(model)
    with suppress(ModelUnavailableError):
        return language.info.model_copy(update={"fingerprint": language.info.fingerprint or language.fingerprint()})
    return language.info


@click.command()
@click.argument("job_id")
@as_json
@click.pass_obj
def cancel(ctx: Context, job_id: str, as_json: bool) -> None:
    """Ask a job to stop within one step."""
    job = ctx.lab().cancel(job_id)
    emit(job, as_json=as_json, text=f"{job.id} {job.state}")
