"""Commands around bundles: create, verify, import."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pilotage.cli.context import Context, emit
from pilotage.cli.sessions import SESSION, as_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAMAGED = 1


@click.group()
def bundle() -> None:
    """Take a session to another machine as one zip, and open it there."""


@bundle.command("create")
@click.argument("session_id", metavar=SESSION)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="The zip; SESSION.zip by default.")
@as_json
@click.pass_obj
def create_bundle(ctx: Context, session_id: str, out: Path | None, as_json: bool) -> None:
    """Write a session as one zip: report, replay, events, pictures, settings, checksums."""
    path = out or Path(f"{session_id}.zip")
    made = ctx.lab().bundle(session_id, path)
    lines = [f"{path}  {path.stat().st_size} bytes, {len(made.manifest.files)} files"]
    lines += [f"{name}: no longer kept, so not in it" for name in made.manifest.missing]
    emit(made.manifest.model_dump(mode="json", by_alias=True), as_json=as_json, text="\n".join(lines))


@bundle.command("verify")
@click.argument("file", type=_FILE)
@as_json
def verify(file: Path, as_json: bool) -> None:
    """Check every file of a bundle; leaves with 1 if any is missing, damaged or not listed."""
    from pilotage.reports.checks import verify_bundle  # noqa: PLC0415  (no lab is needed for it)

    found = verify_bundle(file)
    whole = f"{file}: whole; {found.files} files, {found.size} bytes, session {found.session_id}"
    emit(found, as_json=as_json, text="\n".join(found.faults) or whole)
    if found.faults:
        sys.exit(DAMAGED)


@bundle.command("import")
@click.argument("file", type=_FILE)
@as_json
@click.pass_obj
def import_bundle(ctx: Context, file: Path, as_json: bool) -> None:
    """Open a bundle, or the replay.json of one, as a session that is read only; prints its id."""
    session = ctx.lab().import_bundle(file)
    emit(session, as_json=as_json, text=session.id)
